// SPDX-License-Identifier: GPL-2.0-only
// Links compiled files into the modules of one side. Headers import each other in circles, as in
// C; CommonJS with late-bound exports carries that, since the port calls nothing while it loads.

import { Script } from 'node:vm';
import { posix } from 'node:path';
import { compile } from './compile.ts';
import { Runtime } from './runtime.ts';

type Exports = Record<string, unknown>;
type Body = (exports: Exports, require: (specifier: string) => Exports, $: Runtime, $base: number) => void;

/** A port that can run: its modules by path, one runtime. */
export class LinkedPort {
  readonly runtime = new Runtime();
  readonly #texts: ReadonlyMap<string, string>;
  readonly #loaded = new Map<string, Exports>();

  /** texts: resolved text by path below kernel-port/, e.g. `mm/gup.ts`. */
  constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts;
    for (const file of [...texts.keys()].sort()) this.module(file);
    this.#refuseHalfLoaded();
  }

  /** A constant computed from a module that was not loaded yet is NaN: a fault of the port's text. */
  #refuseHalfLoaded(): void {
    for (const [file, exports] of this.#loaded) {
      for (const name of Object.keys(exports)) {
        if (Number.isNaN(exports[name])) throw new Error(`kernel-port/${file}: ${name} is computed from a module that is not loaded yet`);
      }
    }
  }

  /** The exports of a file; throws when the port has no such file. */
  module(file: string): Exports {
    const known = this.#loaded.get(file);
    if (known !== undefined) return known;
    const text = this.#texts.get(file);
    if (text === undefined) throw new Error(`the port has no file ${file}`);
    const exports: Exports = {};
    this.#loaded.set(file, exports);
    const compiled = compile(file, text);
    const base = this.runtime.addSites(compiled.sites);
    const body = bodyOf(file, compiled.js);
    body(exports, (specifier) => this.module(posix.join(posix.dirname(file), specifier)), this.runtime, base);
    return exports;
  }

  /** A symbol by the file that has it, or undefined where this side lacks it. */
  symbol(file: string, name: string): unknown {
    return this.#texts.has(file) ? this.module(file)[name] : undefined;
  }

  files(): readonly string[] { return [...this.#texts.keys()].sort(); }
}

const bodies = new Map<string, Body>();

function bodyOf(file: string, js: string): Body {
  const key = `${file}\n${js}`;
  let body = bodies.get(key);
  if (body === undefined) {
    const script = new Script(`(function (exports, require, $, $base) {${js}\n})`, { filename: `kernel-port/${file}` });
    body = asBody(script.runInThisContext());
    bodies.set(key, body);
  }
  return body;
}

function asBody(value: unknown): Body {
  if (typeof value !== 'function') throw new Error('a compiled module is no function');
  return (exports, require, $, $base) => { Reflect.apply(value, undefined, [exports, require, $, $base]); };
}
