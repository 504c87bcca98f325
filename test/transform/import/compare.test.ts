// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import fc from 'fast-check';
import { compareStatements, type Allowances } from '../../../verifier/transform/import/compare.ts';
import { shapesOf } from '../../../verifier/tree/shape.ts';

const NONE: Allowances = { tree: 0, leftOut: () => false };
const of = (body: string) => shapesOf('x.ts', `function f() {\n${body}\n}`)[0]?.statements ?? [];
const rows = (c: string, port: string, allow = NONE): readonly string[] => compareStatements(of(c), of(port), allow).map((one) => `${one.kind === 'marked' ? one.by : one.kind} ${one.kind === 'added' ? one.port.shown : one.c.shown}`);

test('the same, different, missing, only here', (t) => {
  t.deepEqual(rows('a(); b(); c(); d();', 'a(); x(); c();'), ['same a();', 'different b();', 'same c();', 'missing d();']);
  t.deepEqual(rows('a();', 'a(); b();'), ['same a();', 'added b();']);
});

test('a mark speaks for what stands in its place', (t) => {
  t.deepEqual(rows('a(); b(); c(); d();', "a(); reducedNot(); d();"), ['same a();', 'different b();', 'missing c();', 'same d();']);
  t.deepEqual(rows('a(); b(); c(); d();', "a(); notModelled('why'); d();"), ['same a();', 'notModelled b();', 'notModelled c();', 'same d();']);
  t.deepEqual(rows('if (a) { b(); c(); } d();', "if (a) unreachable('why'); d();"), ['same if (a)', 'unreachable b();', 'unreachable c();', 'same d();']);
});

test('a mark in a block speaks for the block, and for no other', (t) => {
  t.deepEqual(rows('if (a) { b(); c(); d(); } else { e(); }', "if (a) { reduced('why'); c(); } else {}"), ['same if (a)', 'reduced b();', 'same c();', 'reduced d();', 'missing e();']);
  t.deepEqual(rows('a(); b(); c();', "reduced('why'); b();"), ['reduced a();', 'same b();', 'reduced c();']);
  t.deepEqual(rows('a(); b(); c();', "unreachable('why'); b();"), ['unreachable a();', 'same b();', 'missing c();']);
});

test('a declaration goes with the only statements that use it', (t) => {
  t.deepEqual(rows('let n; a(); n = b(); c();', "a(); notModelled('why'); c();"), ['declaration let n;', 'same a();', 'notModelled n = b();', 'same c();']);
  t.deepEqual(rows('let n; a(); n = b(); c();', 'a(); c();'), ['missing let n;', 'same a();', 'missing n = b();', 'same c();']);
  t.deepEqual(rows('let n; n = b(); c(n);', 'c(n);'), ['missing let n;', 'missing n = b();', 'same c(n);']);
  t.deepEqual(rows('let n; a(x.n);', 'a(x.n);'), ['declaration let n;', 'same a(x.n);']);
  t.deepEqual(rows('XA_STATE(n, i); a(); b(n);', "a(); unreachable('why');"), ['declaration XA_STATE(n, i);', 'same a();', 'unreachable b(n);']);
  t.deepEqual(rows('let n; a(n);', 'a(m);'), ['different let n;', 'missing a(n);']);
  t.deepEqual(rows('let n; for (n = 0; n; n++) a();', 'for (let n = 0; n; n++) a();'), ['idiom let n;', 'same for (n = 0; n; n++)', 'same a();']);
});

test('what the tree at hand explains, and what the idioms leave out', (t) => {
  t.deepEqual(rows('a(); b();', 'a(); c();', { ...NONE, tree: 1 }), ['same a();', 'tree b();']);
  t.deepEqual(rows('a(); b(); d();', 'a(); c();', { ...NONE, tree: 1 }), ['same a();', 'different b();', 'missing d();']);
  t.deepEqual(rows('a(); b();', 'a();', { ...NONE, leftOut: (shown) => shown === 'b();' }), ['same a();', 'idiom b();']);
});

test('property: every statement of C is told once, and a function is the same as itself', (t) => {
  const body = fc.array(fc.constantFrom('a();', 'b();', 'if (a) { c(); }', 'while (b) d();', "reduced('why');", 'let n;', 'n = 1;'), { maxLength: 12 }).map((all) => all.join('\n'));
  fc.assert(fc.property(body, body, (c, port) => {
    const all = compareStatements(of(c), of(port), NONE);
    return all.filter((one) => one.kind !== 'added').length === of(c).length;
  }));
  fc.assert(fc.property(body, (text) => compareStatements(of(text), of(text), NONE).every((one) => one.kind === 'same')));
  t.pass();
});
