// SPDX-License-Identifier: GPL-2.0-only
// Config arms: what C writes as #ifdef stands in the port between comment directives on lines of
// their own. The text with all arms is what patches apply to; one configuration is that text with
// the other arms' lines blanked, so a line number means the same in every configuration.
// This module knows no TypeScript: the build needs it before anything is compiled.

/** A value for each option (y or n) and for each version switch. */
export type Config = Readonly<Record<string, string>>;

/** What stands behind `//#if`: an option (value y) or a switch with the value it is to have. */
export interface ArmTest { readonly name: string; readonly value: string; readonly negated: boolean }

/** The lines between two directives, both excluded; `tests` are all that must hold, outer first. */
export interface Arm { readonly from: number; readonly to: number; readonly tests: readonly ArmTest[] }

export type ArmFault =
  | { readonly code: 'malformed'; readonly line: number; readonly text: string }
  | { readonly code: 'else-without-if'; readonly line: number }
  | { readonly code: 'second-else'; readonly line: number }
  | { readonly code: 'endif-without-if'; readonly line: number }
  | { readonly code: 'if-without-endif'; readonly line: number }
  | { readonly code: 'unknown-name'; readonly line: number; readonly name: string };

export type ArmScan =
  | { readonly ok: true; readonly arms: readonly Arm[]; readonly directives: readonly number[] }
  | { readonly ok: false; readonly fault: ArmFault };

/** Thrown where a text is expected to be sound: the port's own arms. */
export class ArmError extends Error {
  readonly fault: ArmFault;
  constructor(fault: ArmFault) {
    super(`line ${fault.line}: ${explainArmFault(fault)}`);
    this.name = 'ArmError';
    this.fault = fault;
  }
}

export function explainArmFault(fault: ArmFault): string {
  switch (fault.code) {
    case 'malformed': return `not a directive this port knows: ${fault.text}`;
    case 'else-without-if': return '//#else without //#if';
    case 'second-else': return 'a second //#else for one //#if';
    case 'endif-without-if': return '//#endif without //#if';
    case 'if-without-endif': return '//#if that is never closed';
    case 'unknown-name': return `no option or switch is called ${fault.name}`;
  }
}

/** The version switches of the port, first value the default. */
export const SWITCHES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  GRAB_FORM: ['886d', 'own'],
  PFN_LOCKED: ['old', 'new'],
  ENTRY_WAIT_REF: ['old', 'new'],
  DEV_BASE_REF: ['old', 'new'],
  MEMUNMAP_ORDER: ['old', 'new'],
  MNI_REMOVE: ['old', 'new'],
};

export const OPTIONS = ['MIGRATION', 'DEVICE_PRIVATE', 'DEV_PAGEMAP_OPS', 'DEBUG_VM'] as const;

const defaultSwitches: Config =
  Object.fromEntries(Object.entries(SWITCHES).map(([name, values]) => [name, values[0]]));

const allOn: Config = { ...Object.fromEntries(OPTIONS.map((name) => [name, 'y'])), ...defaultSwitches };

/** The declared configurations. Each turns one option off; Kconfig's own dependencies between
 *  options are not followed, so that a scenario can name exactly one difference. */
export const CONFIGS: Readonly<Record<ConfigName, Config>> = {
  default: allOn,
  'MIGRATION=n': { ...allOn, MIGRATION: 'n' },
  'DEVICE_PRIVATE=n': { ...allOn, DEVICE_PRIVATE: 'n' },
  'DEV_PAGEMAP_OPS=n': { ...allOn, DEV_PAGEMAP_OPS: 'n' },
  'DEBUG_VM=n': { ...allOn, DEBUG_VM: 'n' },
};
export type ConfigName = 'default' | `${(typeof OPTIONS)[number]}=n`;
export const CONFIG_NAMES = Object.keys(CONFIGS) as readonly ConfigName[];

const DIRECTIVE = /^\s*\/\/#(.*)$/;
const IF = /^if\s+(!?)([A-Za-z_]\w*)(?:=(\w+))?\s*$/;

interface Open { readonly line: number; from: number; test: ArmTest; elseSeen: boolean }

/** Finds the arms of a text; lines count from 1. */
export function scanArms(text: string): ArmScan {
  const arms: Arm[] = [];
  const directives: number[] = [];
  const open: Open[] = [];
  const fail = (fault: ArmFault): ArmScan => ({ ok: false, fault });
  const close = (top: Open, line: number): void => {
    arms.push({ from: top.from, to: line - 1, tests: open.map((o) => o.test) });
  };
  const lines = text.split('\n');
  for (const [index, raw] of lines.entries()) {
    const hit = DIRECTIVE.exec(raw.endsWith('\r') ? raw.slice(0, -1) : raw);
    if (hit === null) continue;
    const line = index + 1;
    const body = (hit[1] ?? '').trim();
    const top = open.at(-1);
    directives.push(line);
    if (/^if\b/.test(body)) {
      const test = IF.exec(body);
      if (test === null) return fail({ code: 'malformed', line, text: raw.trim() });
      const [, not = '', name = '', value = 'y'] = test;
      open.push({ line, from: line + 1, test: { name, value, negated: not === '!' }, elseSeen: false });
    } else if (body === 'else') {
      if (top === undefined) return fail({ code: 'else-without-if', line });
      if (top.elseSeen) return fail({ code: 'second-else', line });
      close(top, line);
      top.from = line + 1;
      top.test = { ...top.test, negated: !top.test.negated };
      top.elseSeen = true;
    } else if (body === 'endif') {
      if (top === undefined) return fail({ code: 'endif-without-if', line });
      close(top, line);
      open.pop();
    } else {
      return fail({ code: 'malformed', line, text: raw.trim() });
    }
  }
  const left = open.at(-1);
  if (left !== undefined) return fail({ code: 'if-without-endif', line: left.line });
  arms.sort((a, b) => a.from - b.from || b.to - a.to);
  return { ok: true, arms, directives };
}

/** One configuration of a text: directives and the other arms blank, every line in its place. */
export function resolveArms(text: string, config: Config): string {
  const scan = scanArms(text);
  if (!scan.ok) throw new ArmError(scan.fault);
  if (scan.directives.length === 0) return text;
  const lines = text.split('\n');
  for (const line of scan.directives) lines[line - 1] = '';
  for (const arm of scan.arms) {
    for (const test of arm.tests) {
      if (!Object.hasOwn(config, test.name)) throw new ArmError({ code: 'unknown-name', line: arm.from - 1, name: test.name });
    }
    if (arm.tests.every((test) => armTestHolds(test, config))) continue;
    lines.fill('', arm.from - 1, arm.to);
  }
  return lines.join('\n');
}

function armTestHolds(test: ArmTest, config: Config): boolean {
  return (config[test.name] === test.value) !== test.negated;
}

/** `MIGRATION`, `!MIGRATION`, `GRAB_FORM=own`, `!GRAB_FORM=own`: as a directive would say it. */
function armTestText(test: ArmTest): string {
  return `${test.negated ? '!' : ''}${test.name}${test.value === 'y' ? '' : `=${test.value}`}`;
}

/** The condition of a line: '' outside all arms. */
export function armAt(scan: ArmScan, line: number): string {
  if (!scan.ok) return '';
  let best: Arm | undefined;
  for (const arm of scan.arms) if (arm.from <= line && line <= arm.to && (best === undefined || arm.tests.length > best.tests.length)) best = arm;
  return best === undefined ? '' : best.tests.map(armTestText).join(' ');
}
