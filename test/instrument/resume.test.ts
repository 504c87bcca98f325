// SPDX-License-Identifier: GPL-2.0-only
// The resumable form does what the plain form does: the same accesses in the same order and the same
// result, stopped before every access, and each step undone and done again.

import test from 'ava';
import { Concurrency } from '../../verifier/instrument/concurrency.ts';
import { LinkedPort } from '../../verifier/instrument/link.ts';
import { Sharing, type Cuts } from '../../verifier/instrument/sharing.ts';
import '../../verifier/instrument/transpile.ts';
import { SILENT, type Key, type PortObject } from '../../verifier/instrument/runtime.ts';
import { CASES, object } from './cases.ts';

const EVERYTHING: Cuts = { matters: () => true, cell: (o, k) => ({ o, k }), part: () => null, classOf: (_o, _k, manner) => (manner === 'wrote' ? 1 : 0), life: () => null, lifeClass: () => -1, both: Math.max, conflict: () => true };
const MACHINE = { runOn: (_cpu: number, _task: object, fn: () => void) => { fn(); }, cpu: () => 0, task: () => EVERYTHING, stateKey: () => '' };

interface Resumed { readonly result: unknown; readonly reads: string; readonly writes: string; readonly steps: number }

/** Runs f(...args) one access at a time; every step is undone once. */
function resume(text: string, args: readonly unknown[], file = 'mm/snippet.ts'): Resumed {
  const port = new LinkedPort(new Map([[file, text]]));
  const { runtime } = port;
  let accesses: string[] = [];
  runtime.reset({
    ...SILENT,
    read: (_o: PortObject, k: Key) => { accesses.push(`r ${k}`); },
    write: (_o: PortObject, k: Key) => { accesses.push(`w ${k}`); },
  });
  const f = port.symbol(file, 'f');
  if (typeof f !== 'function') throw new Error('no f');
  runtime.journal.start();
  const several = new Concurrency(runtime, new Sharing(runtime.journal, EVERYTHING, args, false), MACHINE);
  runtime.concurrency = several;
  let result: unknown;
  let given = false;
  const thread = several.add('T', 0, EVERYTHING, () => {
    if (given) return null;
    given = true;
    runtime.journal.note(() => { given = false; });
    return { fn: f, args: [...args], done: (r) => { result = r; } };
  });
  const once = (step: () => void): void => {
    const before = accesses;
    const mark = runtime.journal.mark();
    accesses = [...before];
    step();
    const first = accesses;
    runtime.journal.undo(mark);
    accesses = [...before];
    step();
    if (accesses.join() !== first.join()) throw new Error(`done again it was ${accesses.join()}, not ${first.join()}`);
  };
  once(() => { several.begin(thread); });
  let steps = 0;
  for (; !thread.done; steps += 1) once(() => { several.step(thread); });
  const of = (kind: string): string => accesses.filter((a) => a.startsWith(kind)).map((a) => a.slice(2)).join(' ');
  return { result, reads: of('r'), writes: of('w'), steps };
}

/** Not resumable: these say so when they are come to. */
const REFUSED = new Set(['catch and finally', 'for…in', 'assigning to a pattern', 'assigning to an object pattern', 'for…of into a field',
  'function expressions and methods', 'taking apart', 'taking apart with defaults', 'taking apart an array', 'for…of takes items apart']);

for (const [what, body, make, result, reads, writes] of CASES) {
  test(`resumed: ${what}`, (t) => {
    const text = `export function f(o: any): any { ${body} }`;
    if (REFUSED.has(what)) {
      t.throws(() => resume(text, make()), { message: /form|pattern|name|method|variable of its own/ });
      return;
    }
    const seen = resume(text, make());
    t.deepEqual({ result: seen.result, reads: seen.reads, writes: seen.writes }, { result, reads, writes });
    const header = resume(text, make(), 'include/linux/snippet.ts');
    t.deepEqual([header.result, header.reads, header.writes], [result, reads, writes], 'the same in a header');
  });
}

test('loops, labels, jumps and switches go where they go in the plain form', (t) => {
  const body = `let out = '';
    outer: for (let i = 0; i < 4; i++) {
      for (;;) { if (i === 2) continue outer; if (o.a > 3) break outer; out += i; o.a++; break; }
      block: { if (i === 0) break block; out += '-'; }
      let j = 0; do { j++; if (j === 2) continue; out += j; } while (j < 3);
      while (j-- > o.a) ;
      switch (i) { case 0: out += 'a'; case 1: out += 'b'; break; default: out += 'c'; }
    }
    return out;`;
  const plain: unknown = new Function('o', body)({ a: 1 });
  t.is(resume(`export function f(o: any): any { ${body} }`, [{ a: 1 }]).result, plain);
});

test('operands are evaluated from left to right, whatever changes in between', (t) => {
  const body = `let x = 1; const g = (n: number) => { o.a += n; return o.a; };
    const list = [x, x++, g(x), x, (x = g(1)) + x]; const mixed = x + g(2) * (x += 3) - x; let s = 5; s += g(1); o.b.c = o.b.c + g(1);
    return [...list, mixed, s, o.a > 3 && g(1) || g(2), o.n ?? g(3), o.b.c, \`\${x}\${g(1)}\${x}\`, { x, y: g(1), z: x }.y].join();`;
  const plain: unknown = new Function('o', body.replaceAll(': number', ''))(...object());
  t.is(resume(`export function f(o: any): any { ${body} }`, object()).result, plain);
});

test('closures keep the variables of the function around them, and stop as it does', (t) => {
  const seen = resume(`
    function each(list: any, fn: any): void { for (let i = 0; i < list.length; i++) fn(list[i], i); }
    export function f(o: any): any { let sum = 0; each(o.b.d, (x: number, i: number) => { sum += x * i; o.a = sum; }); return sum; }`, object());
  t.deepEqual([seen.result, seen.writes], [4, 'a a']);
  t.is(seen.steps, seen.reads.split(' ').length + seen.writes.split(' ').length, 'one access a step');
});

test('what a thread made is its own until it is stored into something shared', (t) => {
  const seen = resume('export function f(o: any): any { const mine: any = { x: 1, y: { z: 2 } }; mine.x = 2; mine.y.z = 3; o.n = mine; mine.y.z = 4; return mine.x; }', object());
  t.deepEqual([seen.result, seen.steps], [2, 4], 'n, then y, z and x of what is shared now');
});

test('defaults, rest and missing arguments', (t) => {
  t.is(resume(`function g(a: any, b: any = a + 1, ...c: any[]): any { return [a, b, ...c].join(); }
    export function f(o: any): any { return [g(1), g(1, 5), g(1, undefined, 3, 4), g(o.a, o.b.c, o.b.d.length)].join(';'); }`, object()).result, '1,2;1,5;1,2,3,4;1,2,2');
});

test('what a closure that runs in one go does to the frame around it is undone', (t) => {
  t.is(resume(`function go(o: any, fn: any): void { const list = o.b.d; o.a = 2; list.forEach(fn); o.a = 3; }
    export function f(o: any): any { let s = 0; const add = (x: number) => { s += x; }; go(o, add); let n = 0; go(o, (x: number) => n += x); return s + n; }`, object()).result, 14);
});
