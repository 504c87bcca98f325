// SPDX-License-Identifier: GPL-2.0-only
// What only an interleaving shows: device-coherent v2 3/11 gives its pins back and then asks the
// driver of a page that nothing keeps any more; a reference held meanwhile would cure that and brings
// something else; v3 does without; and the fault on a private page of the base is of the same kind.

import test from 'ava';
import type { RunFinding } from '../../verifier/check/finding.ts';
import { exploreScenario } from '../../verifier/scenario/explored.ts';
import { gupScenario, PLAIN } from '../../verifier/scenario/gup.ts';
import { runScenario, type Run } from '../../verifier/scenario/run.ts';
import type { Scenario } from '../../verifier/scenario/scenario.ts';
import { loadPort, type PortTree } from '../../verifier/tree/load.ts';
import { replaced, treesOf } from './harness.ts';
import { again, beside, chainOf, inShort, onTheWay, outcomesOf, shown, shows, sideOf, threadsOf, WITHOUT_REFERENCE } from './searches.ts';

const GUP = 'mm/gup.ts';
const v2 = treesOf('device-coherent/v2/3');
const v3 = treesOf('device-coherent/v3/3');
const posted = sideOf(v2.after);

/** A pin that lasts, and beside it what takes the page away: each is searched to its end. */
const TAKEN_AWAY: readonly Scenario[] = [beside('beside/c/pin-slow.dontneed', 'source'), beside('beside/c/pin-slow.munmap', 'source')];
const FREED = [
  'use-after-free check_and_migrate_movable_pages pgmap',
  'use-after-free migrate_device_page pgmap',
];

const searches = new Map<string, Run>();
function searched(name: string, tree: PortTree, scenario: Scenario): Run {
  const key = `${name} ${scenario.id} ${scenario.search ?? ''}`;
  const run = searches.get(key) ?? runScenario(name === 'posted' ? posted : sideOf(tree), scenario);
  searches.set(key, run);
  return run;
}
function names(findings: readonly RunFinding[]): readonly string[] { return [...new Set(findings.map(inShort))].sort(); }

test.serial('v2 3/11: the driver is asked of a page that has been freed', (t) => {
  const seen: RunFinding[] = [];
  for (const scenario of TAKEN_AWAY) {
    const before = searched('before', v2.before, scenario);
    const after = searched('posted', v2.after, scenario);
    t.deepEqual([before.status, after.status], ['ran', 'ran'], `${scenario.id} is searched to its end`);
    t.true((after.search?.executions ?? 0) > 1, scenario.id);
    t.deepEqual(before.findings.filter(onTheWay).map(inShort), [], scenario.id);
    for (const { finding, witness } of shown(after).filter((s) => onTheWay(s.finding))) {
      seen.push(finding);
      t.is(finding.object, 'pgmap');
      // Nobody need take it away for nothing to keep it.
      t.is(witness.serial, finding.rule === 'unprotected-read', inShort(finding));
      t.is(witness.preemptions, witness.serial ? 0 : 1, inShort(finding));
      const run = again(posted, scenario, witness);
      t.true(shows(run, finding), `${scenario.id}: ${inShort(finding)} by ${witness.schedule}`);
      if (finding.rule !== 'use-after-free') continue;
      t.deepEqual(threadsOf(run), ['P', 'Q'], 'it takes two');
      // One preemption fewer, and it is not to be seen.
      const whole = again(posted, scenario, { ...witness, schedule: '0.' });
      t.false(shows(whole, finding), 'one thread after the other');
    }
  }
  const freed = seen.filter((f) => f.rule === 'use-after-free');
  t.deepEqual(names(freed), FREED);
  // The call itself: what the driver's migrate_to_ram is found by.
  t.true(freed.some((f) => f.site.function === 'migrate_device_page' && f.site.text.includes('page.pgmap.ops.migrate_to_ram(vmf)')));
  for (const f of freed) t.deepEqual(chainOf(f).slice(0, 3), ['model_pin', 'pin_user_pages', '__gup_longterm_locked']);
});

/** v2 3/11 with a reference of its own to the page, from before the pins go until the driver has answered. */
function holding(tree: PortTree): PortTree {
  let held = replaced(tree, GUP, '      page_index = i;\n      break unpin_pages;', '      page_index = i;\n      get_page(head);\n      break unpin_pages;');
  held = replaced(held, GUP, '  if (is_device_page(head))\n    return migrate_device_page(start + page_index * PAGE_SIZE, head);', [
    '  if (is_device_page(head)) {',
    '    ret = migrate_device_page(start + page_index * PAGE_SIZE, head);',
    '    put_page(head);',
    '    return ret;',
    '  }',
  ].join('\n'));
  return replaced(held, GUP, ' try_get_page, untagged_addr,', ' get_page, try_get_page, untagged_addr,');
}
const held = holding(v2.after);
/** The same, and the migration of a device page does not mind that reference. */
const allowed = replaced(held, 'mm/migrate.ts', 'expected_count += Number(is_device_page(page));', 'expected_count += 2 * Number(is_device_page(page));');

function minus(a: readonly string[], b: readonly string[]): readonly string[] { return a.filter((x) => !b.includes(x)); }
/** What comes and goes from one search to another. */
function changes(from: Run, to: Run): { readonly gone: readonly string[]; readonly come: readonly string[] } {
  const all = (run: Run): readonly string[] => [...names(run.findings), ...outcomesOf(run).map((o) => `outcome ${o}`)];
  return { gone: minus(all(from), all(to)), come: minus(all(to), all(from)) };
}
const ON_THE_WAY = [
  'unprotected-read check_and_migrate_movable_pages pgmap', 'unprotected-read migrate_device_page pgmap',
  'use-after-free check_and_migrate_movable_pages pgmap', 'use-after-free migrate_device_page pgmap',
];

test.serial('with a reference held meanwhile the page is safe, and never moves', (t) => {
  const [dontneed, munmap] = TAKEN_AWAY;
  if (dontneed === undefined || munmap === undefined) throw new Error('no scenarios');
  for (const scenario of TAKEN_AWAY) {
    const run = searched('held', held, scenario);
    t.is(run.status, 'ran', scenario.id);
    t.deepEqual(run.findings.filter((f) => WITHOUT_REFERENCE.has(f.rule)).map(inShort), [], scenario.id);
  }
  t.deepEqual(changes(searched('posted', v2.after, dontneed), searched('held', held, dontneed)), {
    // Pinned first and zapped then is what can no longer be: the pin waits for the zap.
    gone: [...ON_THE_WAY, 'outcome P.pin=1 Q.dontneed=0 page0=none', 'outcome end=use-after-free'],
    come: [],
  });
  t.deepEqual(changes(searched('posted', v2.after, munmap), searched('held', held, munmap)), {
    gone: [...ON_THE_WAY.filter((f) => f.startsWith('unprotected')), 'outcome P.pin=1 Q.munmap=0 page0=none'],
    // The endless round holds mmap_lock, and munmap waits for it.
    come: ['deadlock __vm_munmap mmap_lock', 'outcome end=deadlock end=stuck(P,Q)'],
  });
});

test.serial('what the reference brings comes from the migration that it refuses', (t) => {
  // Let the migration pass over the reference: all that was not a read without one is as posted again.
  for (const scenario of TAKEN_AWAY) {
    const { gone, come } = changes(searched('posted', v2.after, scenario), searched('allowed', allowed, scenario));
    t.deepEqual([gone.filter((g) => !ON_THE_WAY.includes(g) && !g.endsWith('end=use-after-free')), come], [[], []], scenario.id);
  }
  // One thread shows the refusal: the same state again and again, the new page put back unused, the old one mapped again.
  const alone = gupScenario(PLAIN);
  const run = runScenario(sideOf(held), alone, { trace: true, maxEvents: 3_000_000 });
  t.deepEqual(changes(withSearch(runScenario(posted, alone)), withSearch(run)).come, ['unbounded-retry __gup_longterm_locked device page', 'outcome end=never']);
  if (run.cycle === null) { t.fail('no cycle'); return; }
  const turn = run.trace.slice(run.cycle.from, run.cycle.to).map((s) => `${s.function} ${s.text} ${(s.values ?? []).join()}`);
  t.true(turn.some((s) => s.startsWith('check_and_migrate_movable_pages get_page(head)')), turn.join('\n'));
  t.true(turn.some((s) => s.startsWith('migrate_vma_finalize put_page(newpage)') && s.includes('1 -> 0')), turn.join('\n'));
  t.true(turn.some((s) => s.startsWith('remove_migration_pte set_pte_at') && s.includes('migration entry 0x1007 rw -> 0x1007 rw')), turn.join('\n'));
  t.deepEqual(runScenario(sideOf(allowed), alone).findings.filter((f) => f.rule === 'unbounded-retry'), []);
});
/** A run of one thread beside searches. */
function withSearch(run: Run): Run {
  return { ...run, search: { executions: 1, blocked: 0, states: null, points: 0, outcomes: [{ key: run.outcome, executions: 1 }], witnesses: new Map() } };
}

test.serial('v3 3/10 asks no driver, and reads no page that it does not hold', (t) => {
  for (const scenario of TAKEN_AWAY) {
    const run = searched('v3', v3.after, scenario);
    t.is(run.status, 'ran', scenario.id);
    t.true((run.search?.executions ?? 0) > 1, scenario.id);
    t.deepEqual(run.findings.filter((f) => WITHOUT_REFERENCE.has(f.rule)).map(inShort), [], scenario.id);
  }
});

// mm/memory.c of 5.15.40, do_swap_page(): pte_unmap_same() compares nothing where a pte is one word,
// no lock is held and no reference taken when `vmf->page->pgmap->ops->migrate_to_ram(vmf)` is called.
for (const [id, search] of [['beside/p/load.munmap', 'source'], ['beside/p/load.dontneed', 'stateful']] as const) {
  test.serial(`${id}: the plain base hands a private page to its driver that nothing keeps`, (t) => {
    const base = sideOf(loadPort());
    const scenario = beside(id, search);
    const run = runScenario(base, scenario);
    t.is(run.status, 'ran');
    const reads = shown(run).filter((s) => WITHOUT_REFERENCE.has(s.finding.rule));
    // munmap waits until the fault is over: what it frees, nobody is about to read.
    t.deepEqual(reads.map((s) => [inShort(s.finding), s.witness.serial, s.witness.preemptions]), [
      ['unprotected-read do_swap_page pgmap', true, 0],
      ...(id.endsWith('dontneed') ? [['use-after-free do_swap_page pgmap', false, 1]] : []),
    ]);
    for (const { finding, witness } of reads) {
      t.is(finding.site.text, 'ret = vmf.page.pgmap.ops.migrate_to_ram(vmf);');
      t.true(shows(again(base, scenario, witness), finding), witness.schedule);
    }
  });
}

test.serial('beside/p/load.load: two faults on one private page, and the second finds it freed', (t) => {
  const base = sideOf(loadPort());
  const scenario = beside('beside/p/load.load', 'source');
  // A part of the search: the whole is large. What it has found is found all the same.
  const part = exploreScenario(base, scenario, { algorithm: 'source', maxExecutions: 60, maxEvents: 3_000 });
  t.not(part.bounds.length, 0);
  const freed = part.findings.filter((f) => f.finding.rule === 'use-after-free');
  t.deepEqual(freed.map((f) => [inShort(f.finding), f.witness.serial, f.witness.preemptions]), [['use-after-free do_swap_page pgmap', false, 1]]);
  for (const { finding, witness } of freed) {
    const run = again(base, scenario, witness);
    t.true(shows(run, finding));
    t.deepEqual(threadsOf(run), ['P', 'Q']);
  }
});
