// SPDX-License-Identifier: GPL-2.0-only
// What a user may read while others run: each window, and what it leaves.

import test from 'ava';
import { port } from './pages.ts';
import { Beside, FIRST, twoTasks } from './threads.ts';

const END = FIRST + 4096;

/** A machine at rest, of which only the shadow is used. */
function bare(): Beside {
  const { steps: _none, ...scenario } = twoTasks();
  return new Beside(port, { ...scenario, steps: [] });
}
/** Whether a load of this value is right. */
function gives(beside: Beside, value: number): boolean {
  try {
    beside.shadow.onAccess(beside.mm('P'), FIRST, false, value);
    return true;
  } catch { return false; }
}

test('without a window a load gives what was stored last', (t) => {
  const b = bare();
  t.true(gives(b, 0));
  b.shadow.onAccess(b.mm('P'), FIRST, true, 7);
  t.true(gives(b, 7));
  t.false(gives(b, 0));
});

test('while a range is zapped a load gives what was there, nothing, or what was stored meanwhile', (t) => {
  const b = bare();
  b.shadow.onAccess(b.mm('P'), FIRST, true, 7);
  const window = b.shadow.zapBegin(b.mm('P'), FIRST, END);
  t.deepEqual([7, 0, 9].map((v) => gives(b, v)), [true, true, false]);
  b.shadow.onAccess(b.mm('P'), FIRST, true, 9);
  t.deepEqual([7, 0, 9].map((v) => gives(b, v)), [true, true, true]);
  b.shadow.zapEnd(window);
  // What was there before has gone; what was stored meanwhile may have gone with it.
  t.false(gives(b, 7));
  t.true(gives(b, 0));
  t.false(gives(b, 9), 'the first load after it has settled the matter');
});

test('a store that came through a zap is the only value there is', (t) => {
  const b = bare();
  const window = b.shadow.zapBegin(b.mm('P'), FIRST, END);
  b.shadow.onAccess(b.mm('P'), FIRST, true, 9);
  b.shadow.zapEnd(window);
  b.shadow.onAccess(b.mm('P'), FIRST, true, 10);
  t.deepEqual([9, 0, 10].map((v) => gives(b, v)), [false, false, true]);
});

test('the first store of all may be zapped, too, by a zap that is under way', (t) => {
  for (const left of [0, 9]) {
    const b = bare();
    const window = b.shadow.zapBegin(b.mm('P'), FIRST, END);
    b.shadow.onAccess(b.mm('P'), FIRST, true, 9);
    b.shadow.zapEnd(window);
    t.deepEqual([5, left, 9 - left].map((v) => gives(b, v)), [false, true, false]);
  }
});

test('a zap that failed may have left what was there', (t) => {
  const b = bare();
  b.shadow.onAccess(b.mm('P'), FIRST, true, 7);
  b.shadow.zapEnd(b.shadow.zapBegin(b.mm('P'), FIRST, END), false);
  t.true(gives(b, 7));
  t.false(gives(b, 0));
});

test('a child has of a page what was there at some moment of the fork', (t) => {
  const child = (b: Beside, value: number): boolean => {
    try {
      b.shadow.onAccess(b.mm('Q'), FIRST, false, value);
      return true;
    } catch { return false; }
  };
  const forked = (): Beside => {
    const b = bare();
    b.shadow.onAccess(b.mm('P'), FIRST, true, 7);
    const window = b.shadow.forkBegin(b.mm('P'));
    b.shadow.onAccess(b.mm('P'), FIRST, true, 8);
    b.shadow.zapEnd(b.shadow.zapBegin(b.mm('P'), FIRST, END));
    b.shadow.forkEnd(window, b.mm('Q'));
    return b;
  };
  t.deepEqual([7, 8, 0, 5].map((v) => child(forked(), v)), [true, true, true, false]);
  t.false(gives(forked(), 8), 'the parent is past it');
});

test('windows are undone', (t) => {
  const b = bare();
  b.shadow.onAccess(b.mm('P'), FIRST, true, 7);
  const { journal } = b.world;
  journal.start();
  const mark = journal.mark();
  const window = b.shadow.zapBegin(b.mm('P'), FIRST, END);
  b.shadow.onAccess(b.mm('P'), FIRST, true, 9);
  b.shadow.zapEnd(window);
  journal.undo(mark);
  t.deepEqual([9, 0, 7].map((v) => gives(b, v)), [false, false, true]);
  journal.stop();
});
