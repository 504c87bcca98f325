// SPDX-License-Identifier: GPL-2.0-only
// Links compiled files into the modules of one side. Headers import each other in circles, as in
// C; CommonJS with late-bound exports carries that, since the port calls nothing while it loads.

import { Script } from 'node:vm';
import { posix } from 'node:path';
import { compile } from './compile.ts';
import type { Form } from './rewrite.ts';
import { Runtime } from './runtime.ts';

type Exports = Record<string, unknown>;
interface Body {
  /** Constants and classes that it exports: functions are there from the first line on. */
  readonly declares: readonly string[];
  readonly run: (exports: Exports, require: (specifier: string) => Exports, $: Runtime, $base: number, $g: object | null) => void;
}

/** A form of functions other than the usual one, and what their code calls beside the runtime (`$g`). */
export interface OtherForm { readonly form: Form; readonly hooks: (runtime: Runtime) => object }

/** A port that can run: its modules by path, one runtime. */
export class LinkedPort {
  readonly runtime = new Runtime();
  /** The fields that some function writes. */
  readonly written = new Set<string>();
  readonly #texts: ReadonlyMap<string, string>;
  readonly #loaded = new Map<string, Exports>();
  readonly #form: Form;
  readonly #hooks: object | null;

  /** texts: resolved text by path below kernel-port/, e.g. `mm/gup.ts`. */
  constructor(texts: ReadonlyMap<string, string>, other: OtherForm | null = null) {
    this.#form = other?.form ?? 'frames';
    this.#hooks = other?.hooks(this.runtime) ?? null;
    this.#texts = texts;
    for (const file of [...texts.keys()].sort()) this.module(file);
    this.#refuseHalfLoaded();
    this.#markEvents();
  }

  /** The port's own list of functions that are one event each (arch/model/events.ts). */
  #markEvents(): void {
    const table = this.symbol('arch/model/events.ts', 'ONE_EVENT');
    if (typeof table !== 'object' || table === null) return;
    for (const file of Object.keys(table)) {
      const names: unknown = Reflect.get(table, file);
      for (const name of names === 'all' ? Object.keys(this.module(file)) : Array.isArray(names) ? names.map(String) : []) {
        const fn = this.symbol(file, name);
        if (typeof fn === 'function') this.runtime.oneEvent(fn);
        else if (names !== 'all') throw new Error(`kernel-port/arch/model/events.ts: ${file} has no function ${name}`);
      }
    }
  }

  /** What `export *` hands on is not declared before it is there: what comes of asking too early shows as NaN at least. */
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
    const compiled = compile(file, text, this.#form);
    for (const k of compiled.written) this.written.add(k);
    const base = this.runtime.addSites(compiled.sites);
    const body = bodyOf(file, compiled.js);
    for (const name of body.declares) declare(exports, file, name);
    body.run(exports, (specifier) => this.module(posix.join(posix.dirname(file), specifier)), this.runtime, base, this.#hooks);
    return exports;
  }

  /** A symbol by the file that has it, or undefined where this side lacks it. */
  symbol(file: string, name: string): unknown {
    return this.#texts.has(file) ? this.module(file)[name] : undefined;
  }

  files(): readonly string[] { return [...this.#texts.keys()].sort(); }
}

/**
 * An export without its value yet. A constant computed from one would be NaN, undefined in an array
 * or, under `|`, a number that is merely wrong; so asking too early is a fault of the port's text.
 * The value replaces all this by a plain property.
 */
function declare(exports: Exports, file: string, name: string): void {
  let there = false;
  let value: unknown;
  Object.defineProperty(exports, name, {
    configurable: true, enumerable: true,
    // export * of a module that still loads takes this getter along.
    get: () => {
      if (!there) throw new Error(`kernel-port/${file}: ${name} is wanted before the module is loaded`);
      return value;
    },
    set: (v: unknown) => {
      there = true;
      value = v;
      Object.defineProperty(exports, name, { configurable: true, enumerable: true, writable: true, value: v });
    },
  });
}

/** How TypeScript declares what a CommonJS module exports. */
const DECLARATION = /^(?:exports\.[\w$]+ = )+void 0;$/gm;

const bodies = new Map<string, Body>();

/** What a module of the port has no use for, hidden from it: a second wall behind tree/sandbox.ts. */
const HIDDEN = ['WebSocket', 'EventSource', 'Worker', 'process', 'globalThis', 'global', 'Function', 'Buffer', 'console', 'fetch', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', 'module',
  'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'structuredClone', 'navigator', 'performance'];

function bodyOf(file: string, js: string): Body {
  const key = `${file}\n${js}`;
  let body = bodies.get(key);
  if (body === undefined) {
    const declares = [...js.matchAll(DECLARATION)].flatMap(([line]) => [...line.matchAll(/exports\.([\w$]+) =/g)].flatMap((m) => m[1] ?? []));
    const script = new Script(`(function (exports, require, $, $base, $g, ${HIDDEN.join(', ')}) {${js.replace(DECLARATION, '')}\n})`, { filename: `kernel-port/${file}` });
    body = { declares, run: asRun(script.runInThisContext()) };
    bodies.set(key, body);
  }
  return body;
}

function asRun(value: unknown): Body['run'] {
  if (typeof value !== 'function') throw new Error('a compiled module is no function');
  return (exports, require, $, $base, $g) => { Reflect.apply(value, undefined, [exports, require, $, $base, $g]); };
}
