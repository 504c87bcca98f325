// SPDX-License-Identifier: GPL-2.0-only
// Numbers of executions that are known exactly: closed forms, brute force, and what other checkers count.
// Too many is a reduction that repeats itself; too few is one that loses behaviours.

import test from 'ava';
import * as programs from '../../verifier/explore/bench-programs.ts';
import { explore, type Program } from '../../verifier/explore/index.ts';

const {
  readers, lastzero, indexer, filesystem, sigma, fib, ainc, inc, lockinc, binc, casrot, trylock, mutexrc, poke, storeBuffering, iriw, sourceExample,
} = programs;

interface Counted { readonly name: string; readonly executions: number | null; readonly blocked: number; readonly complete: boolean }

function counted<S>(program: Program<S>): Counted {
  const { executions, blocked, complete } = explore(program, { algorithm: 'source' });
  return { name: program.name, executions, blocked, complete };
}

/** What was counted and what is known, beside each other. */
type Pair = [Counted[], Counted[]];

function held<S>(table: readonly (readonly [Program<S>, number])[]): Pair {
  const got = table.map(([program]) => counted(program));
  return [got, table.map(([{ name }, executions], i) => ({ name, executions, blocked: got[i]!.blocked, complete: true }))];
}
const all = <S>(make: (n: number) => Program<S>, table: readonly (readonly [number, number])[]): Pair => held(table.map(([n, known]) => [make(n), known]));
const all2 = <S>(make: (n: number, k: number) => Program<S>, table: readonly (readonly [number, number, number])[]): Pair =>
  held(table.map(([n, k, known]) => [make(n, k), known]));

test('readers: 2^n', (t) => t.deepEqual(...all(readers, [[1, 2], [2, 4], [3, 8], [4, 16], [5, 32], [6, 64], [8, 256], [13, 8192]])));
test('lastzero: (n + 3) 2^(n - 2)', (t) => t.deepEqual(...all(lastzero, [[1, 2], [2, 5], [3, 12], [4, 28], [5, 64], [6, 144], [7, 320], [8, 704], [9, 1536], [10, 3328]])));
test('indexer: 8^(n - 11)', (t) => t.deepEqual(...all(indexer, [[11, 1], [12, 8], [13, 64], [14, 512], [15, 4096]])));
test('filesystem: 2^(n - 13)', (t) => t.deepEqual(...all(filesystem, [[13, 1], [14, 2], [15, 4], [16, 8], [17, 16], [18, 32], [19, 64]])));
test('sigma: (2n - 1)!!', (t) => t.deepEqual(...all(sigma, [[1, 1], [2, 3], [3, 15], [4, 105], [5, 945], [6, 10395]])));
test('fib with a main thread', (t) => t.deepEqual(...all((n: number) => fib(n, true), [[1, 11], [2, 140], [3, 1698], [4, 19605], [5, 218243]])));
test('fib, threads only', (t) => t.deepEqual(...all((n: number) => fib(n, false), [[1, 3], [2, 19], [3, 141], [4, 1107], [5, 8953]])));
test('ainc: n!', (t) => t.deepEqual(...all(ainc, [[2, 2], [3, 6], [4, 24], [5, 120], [6, 720], [7, 5040]])));
test('inc and lockinc: (nk)! / (k!)^n', (t) => {
  t.deepEqual(...all2(inc, [[2, 2, 6], [2, 3, 20], [3, 2, 90], [3, 3, 1680]]));
  t.deepEqual(...all2(lockinc, [[2, 1, 2], [3, 1, 6], [4, 1, 24], [5, 1, 120], [6, 1, 720], [7, 1, 5040], [2, 2, 6], [2, 3, 20], [3, 2, 90], [3, 3, 1680]]));
});
test('binc: (n!)^2, with a third variable (n!)^3', (t) => {
  t.deepEqual(...all((n: number) => binc(n), [[2, 4], [3, 36], [4, 576]]));
  t.deepEqual(...all((n: number) => binc(n, true), [[2, 8], [3, 216], [4, 13824]]));
});
test('casrot: a failed cas is one read', (t) => t.deepEqual(...all(casrot, [[2, 2], [3, 5], [4, 14], [5, 43], [6, 144], [7, 523], [8, 2048], [9, 8597]])));
test('trylock: a failed try is a read of the lock word', (t) => t.deepEqual(...all(trylock, [[2, 4], [3, 21], [4, 148]])));
test('mutexrc: n! (nk)! / (k!)^n', (t) => t.deepEqual(...all2(mutexrc, [[2, 1, 4], [2, 2, 12], [2, 3, 40], [3, 1, 36], [3, 2, 540]])));
test('store buffering and IRIW', (t) => {
  t.is(counted(storeBuffering).executions, 3);
  t.is(counted(iriw).executions, 15);
});

test('poke: locks with an index that depends on data; executions exact, abandoned ones apart', (t) => {
  t.deepEqual(...all2(poke, [[3, 1, 6], [3, 2, 33], [3, 3, 160], [5, 3, 844]]));
  t.true(counted(poke(3, 2)).blocked > 0, 'source sets are known to abandon executions here');
});

test('the example that separates source sets from wakeup trees: 5 traces, 5 abandoned', (t) => {
  const { executions, blocked } = counted(sourceExample);
  t.deepEqual([executions, blocked], [5, 5]);
});

test('nothing is abandoned where source sets suffice', (t) => {
  for (const program of [readers(6), ainc(4), casrot(6), storeBuffering, iriw]) t.is(counted(program).blocked, 0, program.name);
});

test('the order in which threads are taken changes no count of executions', (t) => {
  for (const seed of [1, 2, 3]) {
    const run = <S>(program: Program<S>): number | null => explore(program, { algorithm: 'source', seed }).executions;
    t.deepEqual([run(fib(2, true)), run(poke(3, 2)), run(mutexrc(3, 1)), run(trylock(3)), run(lastzero(6)), run(sourceExample)], [140, 33, 36, 21, 144, 5]);
  }
});

test('a program may say what commutes: counters whose value nobody uses', (t) => {
  const program = { ...ainc(5), commutes: (a: string, b: string) => a === 'rmw' && b === 'rmw' };
  t.is(explore(program, { algorithm: 'source' }).executions, 1);
});

test('the same search gives the same result twice', (t) => {
  const run = (): unknown => explore(poke(3, 2), { algorithm: 'source', preemptions: true });
  t.deepEqual(run(), run());
});
