// SPDX-License-Identifier: GPL-2.0-only
// The forms the port has of one function: an option that is off, a version switch. C of one tree has
// one form of a switch; which one is found by trying.

import { CONFIGS, SWITCHES, type Config } from '../../tree/arms.ts';
import type { ShapeFunction } from '../../tree/shape.ts';

export interface Variant {
  readonly function: string;
  /** '' for the default, `MIGRATION=n`. */
  readonly option: string;
  /** The configurations to try, by the switches set in each. */
  readonly configs: readonly { readonly name: string; readonly config: Config }[];
}

export function variantsOf(shapes: readonly ShapeFunction[]): readonly Variant[] {
  const names = [...new Set(shapes.map((one) => one.name))];
  return names.flatMap((name) => {
    const own = shapes.filter((one) => one.name === name);
    const tests = own.flatMap((one) => [one.arm, ...one.statements.map((s) => s.arm)]).flatMap((arm) => arm.split(' '));
    const switches = [...new Set(tests.map((test) => /^!?(\w+)=/.exec(test)?.[1] ?? '').filter((one) => Object.hasOwn(SWITCHES, one)))].sort();
    const options = ['', ...new Set(own.flatMap((one) => one.arm.split(' ')).filter((test) => /^!\w+$/.test(test)).map((test) => `${test.slice(1)}=n`))].sort();
    return options.map((option) => ({ function: name, option, configs: settings(switches).map((set) => ({ name: set.join(' '), config: configOf(option, set) })) }));
  });
}

function settings(switches: readonly string[]): readonly (readonly string[])[] {
  return switches.reduce<readonly (readonly string[])[]>((sets, name) => sets.flatMap((set) => (SWITCHES[name] ?? []).map((value) => [...set, `${name}=${value}`])), [[]]);
}

function configOf(option: string, set: readonly string[]): Config {
  const base = Object.entries(CONFIGS).find(([name]) => name === option)?.[1] ?? CONFIGS.default;
  return { ...base, ...Object.fromEntries(set.map((one): [string, string] => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)])) };
}
