// SPDX-License-Identifier: GPL-2.0-only
// No access of the port is lost to the syntax that makes it. Each snippet is compiled and run; what
// the monitor was told is held against what the snippet does, and the value against plain JavaScript.

import test from 'ava';
import { LinkedPort } from '../../verifier/instrument/link.ts';
import '../../verifier/instrument/transpile.ts';
import { ExecutionEnd, SILENT, type Key, type PortObject } from '../../verifier/instrument/runtime.ts';
import { CASES, list, object } from './cases.ts';

interface Seen { readonly result: unknown; readonly reads: string; readonly writes: string; readonly calls: string; readonly events: number }

/** Runs f(...args) of a file; an access is named by its key. */
function run(text: string, args: readonly unknown[], file = 'mm/snippet.ts'): Seen {
  const port = new LinkedPort(new Map([[file, text]]));
  const reads: Key[] = [];
  const writes: Key[] = [];
  const calls: Key[] = [];
  port.runtime.reset({
    ...SILENT,
    read: (_o: PortObject, k: Key) => { reads.push(k); },
    write: (_o: PortObject, k: Key) => { writes.push(k); },
    call: (_o: PortObject, k: Key) => { calls.push(k); },
  });
  const f = port.symbol(file, 'f');
  if (typeof f !== 'function') throw new Error('no f');
  const result: unknown = Reflect.apply(f, undefined, args);
  return { result, reads: reads.join(' '), writes: writes.join(' '), calls: calls.join(' '), events: port.runtime.events };
}

for (const [what, body, make, result, reads, writes, calls = ''] of CASES) {
  test(`seen: ${what}`, (t) => {
    const seen = run(`export function f(o: any): any { ${body} }`, make());
    t.deepEqual({ result: seen.result, reads: seen.reads, writes: seen.writes, calls: seen.calls }, { result, reads, writes, calls });
    t.is(seen.events, [...reads.split(' '), ...writes.split(' ')].filter((k) => k !== '').length, 'each access is one event');
    const header = run(`export function f(o: any): any { ${body} }`, make(), 'include/linux/snippet.ts');
    t.deepEqual([header.result, header.reads, header.writes], [result, reads, writes], 'the same in a header');
  });
}

test('default parameters of a function of the file are read', (t) => {
  const seen = run('export function g(o: any, x = o.a, { c } = o.b): any { return x + c; }\nexport function f(o: any): any { return g(o); }', object());
  t.deepEqual([seen.result, seen.reads], [3, 'a b c']);
});

test('a const that holds a function with a body is a function of the file; a macro is none', (t) => {
  const port = new LinkedPort(new Map([['mm/snippet.ts', 'export const macro = (o: any): number => o.a;\nexport const f = (o: any): number => {\n  return macro(o);\n};\n']]));
  const frames: string[] = [];
  const reads: string[] = [];
  port.runtime.reset({ ...SILENT, enter: (frame) => { frames.push(frame.function); }, read: (_o, k) => { reads.push(`${k} in ${port.runtime.here()?.text}`); } });
  const f = port.symbol('mm/snippet.ts', 'f');
  t.is(typeof f === 'function' ? Reflect.apply(f, undefined, [{ a: 1 }]) : null, 1);
  t.deepEqual(frames, ['f']);
  t.deepEqual(reads, ['a in return macro(o);']);
});

test('left alone: class bodies, and predicates of the blocking primitive', (t) => {
  const seen = run(`
    class box { held: any = null; get inner(): any { return this.held.a; } }
    function block_until(ready: () => boolean): void { while (!ready()) throw new Error('blocked'); }
    export function f(o: any): any { const b = new box(); b.held = o; block_until(() => o.a === 1); return b.inner; }`, object());
  t.deepEqual([seen.result, seen.reads, seen.writes], [1, 'inner', 'held']);
});

test('NULL is found wherever it is followed', (t) => {
  for (const body of ['o.n.x;', 'o.n.x = 1;', 'o.n.x += 1;', 'o.n.x++;', 'o.n.x ??= 1;', 'o.n.x();', 'o.n[0];', 'delete o.n.x;', "'x' in o.n;", 'const { x } = o.n;', 'for (const x of o.n) ;',
    '[...o.n];', '[o.n.x] = [1];', 'o?.n.x;']) {
    t.is(t.throws(() => run(`export function f(o: any): any { ${body} }`, object()), { instanceOf: ExecutionEnd })?.reason, 'finding', body);
  }
});

// --- statements ---------------------------------------------------------------------------------

const STATEMENTS = `export function f(o: any): number {
  let i: number, sum = 0;
  const two = 2;
  if (o.a)
    sum += 1;
  else
    sum += 100;
  out: {
    if (two === 2) break out;
    sum += 100;
  }
  again: for (i = 0; i < 3; i++) {
    while (true) {
      if (i === 1)
        continue again;
      break;
    }
    sum += 10;
  }
  do {
    sum++;
  } while (sum < 25);
  for (const x of [1, 2]) sum += x;
  switch (sum) {
    case 28:
      sum = 29;
      break;
    default:
      sum = 0;
  }
  try {
    throw o;
  } catch {
    sum += 1;
  } finally {
    sum += 1;
  }
  const inner = (x: number): number => {
    if (x)
      return x;
    return 7;
  };
  return inner(sum);
}
`;

test('each statement has its mark, and marks say what was reached', (t) => {
  for (const file of ['mm/snippet.ts', 'include/linux/snippet.ts']) {
    const port = new LinkedPort(new Map([[file, STATEMENTS]]));
    const { runtime } = port;
    runtime.reset(SILENT);
    const f = port.symbol(file, 'f');
    t.is(typeof f === 'function' ? Reflect.apply(f, undefined, [{ a: 1 }]) : null, 31);
    const lines = (hit: boolean): number[] => [...new Set(runtime.sites.flatMap((s, n) => (s.covers && (runtime.reached[n] === 1) === hit ? [s.line] : [])))].sort((a, b) => a - b);
    const reached = [2, 3, 4, 5, 9, 12, 13, 14, 15, 16, 18, 21, 23, 24, 25, 26, 27, 32, 34, 36, 38, 39, 40, 43];
    // A do statement is marked where it tests: in the frame of a C file alone.
    t.deepEqual(lines(true), file.startsWith('mm/') ? [...reached, 22].sort((a, b) => a - b) : reached);
    t.deepEqual(lines(false), [7, 10, 28, 29, 41]);
  }
});

// --- loops --------------------------------------------------------------------------------------

const LOOPS: readonly (readonly [string, string])[] = [
  ['while', 'while (o.a) ;'],
  ['do', 'do { } while (o.a);'],
  ['for', 'for (;;) ;'],
  ['for with a head', 'for (let i = 0; i < 2; i = 1 - i) o.a = i;'],
  ['labelled', 'again: for (;;) continue again;'],
  ['labelled, from within', 'again: while (o.a) { for (;;) continue again; }'],
  ['labelled do', 'again: do { while (o.a) continue again; } while (o.a);'],
  ['alone under an if', 'if (o.a) while (o.a) ;'],
  ['alone under a label and an if', 'if (o.a) again: for (;;) { if (o.a) continue again; }'],
  ['in a case', 'switch (o.a) { case 1: for (;;) ; }'],
  ['in for…of', 'for (const x of [1]) for (;;) o.a = x;'],
  ['in try, catch and finally', 'try { throw 1; } catch (e) { for (;;) ; }'],
  ['in a nested function', 'const g = (): void => { for (;;) ; }; g();'],
];

for (const [what, body] of LOOPS) {
  test(`a loop has its head: ${what}`, (t) => {
    const port = new LinkedPort(new Map([['mm/snippet.ts', `export function f(o: any): void { ${body} }`]]));
    port.runtime.reset({ ...SILENT, cycle: (loop) => { throw new ExecutionEnd('cycle', `round ${loop.rounds}`); } });
    port.runtime.loops.enabled = true;
    port.runtime.loops.stateOf = (locals) => ({ full: JSON.stringify(locals), bare: '', counts: [] });
    const f = port.symbol('mm/snippet.ts', 'f');
    if (typeof f !== 'function') { t.fail(); return; }
    t.is(t.throws(() => { Reflect.apply(f, undefined, [{ a: 1 }]); }, { instanceOf: ExecutionEnd })?.reason, 'cycle');
  });
}

test('the state of a loop has every name in reach: parameters, patterns, items, closures', (t) => {
  const port = new LinkedPort(new Map([['mm/snippet.ts', `
    export function f({ a }: any, [b]: any): void {
      let { c } = { c: 0 }, d = 0;
      for (const e of [5]) {
        const g = (h: number): void => { for (let i = 0; ; ) { let late = 0; late++; c++; } };
        g(6);
      }
    }`]]));
  port.runtime.reset(SILENT);
  port.runtime.loops.enabled = true;
  let seen: readonly unknown[] = [];
  port.runtime.loops.stateOf = (locals) => { seen = locals; throw new ExecutionEnd('limit', 'seen'); };
  const f = port.symbol('mm/snippet.ts', 'f');
  if (typeof f !== 'function') { t.fail(); return; }
  t.throws(() => { Reflect.apply(f, undefined, [{ a: 1 }, [2]]); }, { instanceOf: ExecutionEnd });
  t.deepEqual(seen, [1, 2, 19, 0, 5, 6, 0]);
});

test('for…of over many equal items is no cycle', (t) => {
  const port = new LinkedPort(new Map([['mm/snippet.ts', 'export function f(o: any): number { let n = 0; for (const x of o) n = x; return n; }']]));
  port.runtime.reset(SILENT);
  port.runtime.loops.enabled = true;
  const f = port.symbol('mm/snippet.ts', 'f');
  t.is(typeof f === 'function' ? Reflect.apply(f, undefined, [Array.from({ length: 200 }, () => 3)]) : null, 3);
});

test('a loop without an end and without an access is cut', (t) => {
  const port = new LinkedPort(new Map([['mm/snippet.ts', 'export function f(): void { for (let i = 0; ; i++) ; }']]));
  port.runtime.reset(SILENT);
  port.runtime.maxEvents = 1000;
  const f = port.symbol('mm/snippet.ts', 'f');
  if (typeof f !== 'function') { t.fail(); return; }
  t.is(t.throws(() => { Reflect.apply(f, undefined, []); }, { instanceOf: ExecutionEnd })?.reason, 'limit');
});
