// SPDX-License-Identifier: GPL-2.0-only
// How much do the interleavings see? Each lock that is taken on the way of a few scenarios is left out
// together with its release, and each look at what may have changed meanwhile: a finding or an
// outcome must tell. What nothing tells of is listed with its statement; NOT_TOLD has why.

import test from 'ava';
import { runScenario } from '../../verifier/scenario/run.ts';
import { treesOf } from './harness.ts';
import { drawn, inWords, tell, WATCHED, wholeOf, type Candidate, type Told, type Whole } from './removed-locks.ts';
import { again, beside, inShort, onTheWay, shown, shows, sideOf, threadsOf } from './searches.ts';

/** Executions, or a hundredth of the states: enough for most, and then for all that are searched to their end without the change. */
const BOUNDS = [300, 3_000];
const SEED = 1;
/** 38 of 42 when last measured. */
const TOLD = 0.9;
/** What nothing here can tell of: looked at one by one. By function, and the text of the statement. */
const NOT_TOLD: readonly { readonly function: string; readonly what: RegExp; readonly why: string }[] = [
  {
    function: 'check_pte', what: /^!is_migration_entry\(entry\) && !is_device_exclusive_entry/,
    why: 'an entry of another kind names another page, but for a swap slot whose number is that of the page: swap is not in the model',
  },
  { function: 'check_pte', what: /^!pte_present/, why: 'what is neither present nor a swap entry is empty, and pfn 0 is nobody\'s page' },
  {
    function: 'anon_vma_free', what: /^anon_vma_lock_write/,
    why: 'it waits for a reader that took the lock of what was freed and has not looked at the page yet: that one leaves within its RCU section, and with sequential consistency it cannot see the page mapped',
  },
  { function: 'exit_mm', what: /^mmap_read_lock/, why: 'it is there for a core dump that is under way: core dumps are not in the model' },
];
const { before, after } = treesOf('device-coherent/v2/3');

let searched: Whole | null = null;
function whole(): Whole { return searched ??= wholeOf(after, WATCHED); }
const known = new Map<Candidate, Told>();
function told(c: Candidate): Told {
  const one = known.get(c) ?? tell(whole(), c, BOUNDS);
  known.set(c, one);
  return one;
}

// Nine when last measured; the tenth is the first of NOT_TOLD.
test.serial('ten by a seed: at least nine are noticed', (t) => {
  t.timeout(3_000_000);
  const ten = drawn(whole().candidates, 10, SEED).map(told);
  for (const one of ten) t.log(inWords(one));
  t.is(ten.length, 10);
  t.true(ten.filter((one) => one.scenario !== null).length >= 9);
});

test.serial('each of them', (t) => {
  t.timeout(3_000_000);
  const all = whole().candidates.map(told);
  const kinds = [...new Set(all.map((one) => one.candidate.kind))].sort();
  for (const kind of kinds) {
    const mine = all.filter((one) => one.candidate.kind === kind);
    t.log(`${kind}: ${mine.filter((one) => one.scenario !== null).length} of ${mine.length}`);
  }
  const missed = all.filter((one) => one.scenario === null);
  for (const one of missed) {
    const reason = NOT_TOLD.find((r) => r.function === one.candidate.function && r.what.test(one.candidate.what));
    t.log(`${inWords(one)}: ${reason?.why ?? ''}`);
    t.truthy(reason, inWords(one));
  }
  const count = all.length - missed.length;
  t.log(`${count} of ${all.length}`);
  t.true(count / all.length >= TOLD, `${count} of ${all.length}`);
});

test.serial('beside the driver that takes its page back by itself: the same, by states', (t) => {
  t.timeout(3_000_000);
  const scenario = beside('beside/c/pin-slow.evict', 'stateful');
  const posted = sideOf(after);
  const [plain, run] = [runScenario(sideOf(before), scenario), runScenario(posted, scenario)];
  t.deepEqual([plain.status, run.status], ['ran', 'ran']);
  t.deepEqual(plain.findings.filter(onTheWay), []);
  const freed = shown(run).filter((s) => s.finding.rule === 'use-after-free' && onTheWay(s.finding));
  t.deepEqual([...new Set(freed.map((s) => inShort(s.finding)))].sort(), ['use-after-free check_and_migrate_movable_pages pgmap', 'use-after-free migrate_device_page pgmap']);
  for (const { finding, witness } of freed) {
    t.deepEqual([witness.serial, witness.preemptions], [false, 1]);
    const once = again(posted, scenario, witness);
    t.true(shows(once, finding), witness.schedule);
    t.deepEqual(threadsOf(once), ['P', 'Q']);
  }
});
