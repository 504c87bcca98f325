// SPDX-License-Identifier: GPL-2.0-only
// The generator form does what the plain form does, in JavaScript's own order, and stops where the
// form of frames stops.

import test from 'ava';
import { GENERATORS } from '../../verifier/instrument/link-generators.ts';
import { CASES, object } from './cases.ts';
import { stepped, type Stepped } from './stepped.ts';

/** These are not stopped in: what is caught is thrown past the trampoline, and a pattern that others can reach has no order. */
const REFUSED: ReadonlyMap<string, RegExp> = new Map([
  ['taking apart', /pattern/], ['assigning to an object pattern', /pattern/], ['taking apart with defaults', /pattern/], ['taking apart an array', /pattern/], ['for…of takes items apart', /pattern/],
  ['for…of into a field', /variable of its own/],
]);

const of = (s: Stepped, kind: string): string => s.accesses.filter((a) => a.startsWith(kind)).map((a) => a.slice(2)).join(' ');

for (const [what, body, make, result, reads, writes] of CASES) {
  test(`as generators: ${what}`, (t) => {
    const text = `export function f(o: any): any { ${body} }`;
    const refused = REFUSED.get(what);
    if (refused !== undefined) {
      t.throws(() => stepped(text, make(), GENERATORS), { message: refused });
      return;
    }
    for (const file of ['mm/snippet.ts', 'include/linux/snippet.ts']) {
      const seen = stepped(text, make(), GENERATORS, file);
      t.deepEqual([seen.result, of(seen, 'r'), of(seen, 'w')], [result, reads, writes], file);
    }
  });
}

/** Programs that are easy to get wrong when they are taken apart: both forms and the function as it is agree. */
const PROGRAMS: readonly (readonly [what: string, body: string])[] = [
  ['jumps', `let out = '';
    outer: for (let i = 0; i < 4; i++) {
      for (;;) { if (i === 2) continue outer; if (o.a > 3) break outer; out += i; o.a++; break; }
      block: { if (i === 0) break block; out += '-'; }
      let j = 0; do { j++; if (j === 2) continue; out += j; } while (j < 3);
      while (j-- > o.a) ;
      switch (i) { case 0: out += 'a'; case 1: out += 'b'; break; default: out += 'c'; }
    }
    return out;`],
  ['operands', `let x = 1; const g = (n) => { o.a += n; return o.a; };
    const list = [x, x++, g(x), x, (x = g(1)) + x]; const mixed = x + g(2) * (x += 3) - x; let s = 5; s += g(1); o.b.c = o.b.c + g(1);
    return [...list, mixed, s, o.a > 3 && g(1) || g(2), o.n ?? g(3), o.b.c, \`\${x}\${g(1)}\${x}\`, { x, y: g(1), z: x }.y].join();`],
  ['a labelled continue in do…while tests the condition', `let out = ''; let n = 0;
    outer: do { n++; for (const x of o.b.d) { if (n === 2) continue outer; out += n + ':' + x + ' '; } out += '.'; } while (n < o.b.d.length + 1);
    return out;`],
  ['continue in a switch in a loop', `let out = '';
    for (let i = 0; i < 5; i++) { switch (i) { case 1: continue; case 3: break; default: out += o.b.d[i % 2]; } out += ';'; }
    return out;`],
  ['a switch falls into a declaration, and its default stands in the middle', `let out = '';
    for (let i = 0; i < 4; i++) {
      switch (o.b.d[0] - 3 + i) { case 0: let x; x = o.a; out += x; default: { let x = 7; out += x + 'd'; } case 2: { const y = o.b.c; out += y; break; } case 3: { let x = 9; out += x; } }
    }
    return out;`],
  ['closures that outlive a round of their loop', `const fns = [];
    for (let i = 0; i < 3; i++) { const j = i * 10 + o.a; fns.push(() => i + ':' + j); }
    for (const x of o.b.d) fns.push(() => x);
    let n = 0; while (n < 2) { const m = n; fns.push(() => m); n++; }
    return fns.map((g) => g()).join();`],
  ['a variable of a block begins anew', `let out = ''; for (let i = 0; i < 3; i++) { let seen; out += seen; seen = o.a + i; } return out;`],
  ['compound assignment of a variable keeps what it was', `let s = 1; s += (s = 10, o.a); s -= o.b.c + (s *= 2); let t = null; t ??= o.a; t ||= o.b.c; t &&= o.b.d[0]; return [s, t].join();`],
  ['updates of a variable among operands', `let i = 0; const x = o.b.d[i++] * 100 + o.b.d[i] * 10 + i--; return [x, i, --i, -o.a, i].join();`],
  ['optional chains within chains', `return [o.b?.d?.[o.n?.z ?? 1], o.n?.x.y(o.a++), o.b.d?.map?.((x) => x + o.a).join('-'), o.a].join();`],
  ['a chain in a condition of a condition', `return (o.n?.a ? o.a : o.b?.c ? o.b.d[o.a] : 0) || o.b.c && o.a;`],
  ['a function is called before it is declared', `return g(o.a) + h(2); function g(x) { return x + o.b.c + h(x); } function h(x) { return x * o.b.d[1]; }`],
  ['shadowed names', `let x = o.a; { let x = o.b.c; x += 1; { const x = o.b.d[0]; o.n = x; } o.a = x; } const g = (x) => { const y = x; { const x = y + o.a; return x; } }; return [x, g(5), o.a, o.n].join();`],
  ['a parameter that is given another value', `const g = (x, y = x + o.a) => { x = y; y = o.b.c; return x * 10 + y; }; return [g(1), g(1, 5), g(1, undefined)].join();`],
  ['lists and objects are made from left to right', `const g = () => (o.a += 1); return JSON.stringify({ a: o.a, b: g(), c: o.a, ['d' + o.a]: g(), e: [o.a, ...o.b.d, g(), o.a] });`],
  ['new, typeof, void, comma', `const P = class { constructor(x, y) { this.s = x + y; } }; return [new P(o.a, (o.a = 5, o.b.c)).s, typeof o.zz, void (o.a += 1), o.a].join();`],
  ['a loop that ends in its condition', `let n = 0; for (let i = 0, m = o.b.d.length; i < m && (n += o.b.d[i]) < 100; i += o.a) if (o.b.d[i] === 4) n += 50; do n--; while (o.b.d[0] * n > 150); return n;`],
  ['a closure changes variables while others run', `let s = 0; const each = (list, f) => { for (const x of list) { o.a = x; f(x); } }; each(o.b.d, (x) => { s += x; s *= 2; }); return s;`],
  ['recursion', `const fact = (n) => n < 2 ? o.a : n * fact(n - 1); return fact(5);`],
];

for (const [what, body] of PROGRAMS) {
  test(`both forms and the function as it is: ${what}`, (t) => {
    const plain: unknown = new Function('o', body)(...object());
    const text = `export function f(o: any): any { ${body} }`;
    const frames = stepped(text, object(), null);
    const generators = stepped(text, object(), GENERATORS);
    t.is(generators.result, plain);
    t.deepEqual(frames, generators);
  });
}

test('what a frame cannot keep apart is refused, not made wrong', (t) => {
  const text = 'export function f(o: any): any { const fns: any[] = []; for (let i = 0; i < 2; i++) { let k = i; fns.push(() => { k += o.a; return k; }); } return fns.map((g) => g()).join(); }';
  t.is(stepped(text, object(), GENERATORS).result, '1,2');
  t.throws(() => stepped(text, object(), null), { message: /a closure keeps k of a loop/ });
});

test('a call is a yield: a chain deeper than the stack of JavaScript allows is no matter', (t) => {
  const text = 'function down(o: any, n: number): number { return n === 0 ? o.a : down(o, n - 1) + 1; } export function f(o: any): any { return down(o, 500); }';
  t.is(stepped(text, object(), GENERATORS).result, 501);
});
