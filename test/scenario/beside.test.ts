// SPDX-License-Identifier: GPL-2.0-only
// Scenarios with several threads: what an id says, that a search ends, and what Alistair Popple and
// Jason Gunthorpe said of v2 3 (2858338.J0npWUQLIM@nvdebian, 20211208135345.GC6467@ziepe.ca): a page
// that was given back is used on, and may be gone.

import test from 'ava';
import { identity } from '../../verifier/check/finding.ts';
import { besideFull, besideNamed, besideOf, besideId, besideScenarios, refuseBeside } from '../../verifier/scenario/beside.ts';
import type { RunnableSide } from '../../verifier/scenario/link-side.ts';
import { runScenario, type Run } from '../../verifier/scenario/run.ts';
import type { Scenario } from '../../verifier/scenario/scenario.ts';
import { linkSide } from '../../verifier/scenario/side.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import { treesOf } from '../delta/harness.ts';

const v2 = treesOf('device-coherent/v2/3');
const after = linkSide(v2.after.files, CONFIGS.default);
const base = linkSide(treesOf('device-coherent/v2/1').before.files, CONFIGS.default);

function scenario(id: string): Scenario {
  const s = besideNamed(id);
  if (s === null) throw new Error(`${id} is no scenario`);
  return s;
}
function run(side: RunnableSide, id: string): Run { return runScenario(side, scenario(id)); }
/** `rule in function`, of the findings that only an interleaving shows. */
function interleaved(r: Run): string[] {
  return [...new Set(r.findings.filter((f) => r.search?.witnesses.get(identity(f))?.serial === false).map((f) => `${f.rule} in ${f.site?.function}`))].sort();
}
const rules = (r: Run): string[] => [...new Set(r.findings.map((f) => f.rule))].sort();

test('a set-up that does not come to its end cuts the scenario, and says so', (t) => {
  const text = v2.after.files.get('mm/migrate.ts') ?? '';
  const broken = text.replace(/(export function migrate_vma_finalize\([^]*?\{\n)/, "$1  unreachable('a test');\n").replace(/^(import )/m, "import { unreachable } from '../arch/model/marks.ts';\n$1");
  const files = new Map([...v2.after.files, ['mm/migrate.ts', /^import \{[^}]*\bunreachable\b[^}]*marks/m.test(text) ? text.replace(/(export function migrate_vma_finalize\([^]*?\{\n)/, "$1  unreachable('a test');\n") : broken]]);
  const r = run(linkSide(files, CONFIGS.default), 'beside/c/evict.dontneed');
  t.is(r.status, 'cut');
  t.regex(r.bound ?? '', /the set-up does not come to its end: outside the model: a test/);
});

test('an id says what runs, and every scenario has the id it is found by', (t) => {
  const seen = new Set<string>();
  for (const s of besideFull()) {
    t.is(besideNamed(s.id)?.id, s.id);
    t.false(seen.has(s.id), s.id);
    seen.add(s.id);
  }
  for (const s of besideScenarios()) t.true(seen.has(s.id), s.id);
  const b = besideOf('beside/c/pin-remote-get,unpin.child-exit.dontneed,unload+never+nowait');
  t.deepEqual(b?.parties.map((p) => p.map((a) => a.word)), [['pin-remote-get', 'unpin'], ['exit'], ['dontneed', 'unload']]);
  t.is(b === null ? null : besideId(b), 'beside/c/pin-remote-get,unpin.child-exit.dontneed,unload+never+nowait');
  t.is(besideNamed('beside/c/pin-slow.dontneed')?.threads?.length, 2);
});

test('an id that says something else is none', (t) => {
  for (const id of [
    'beside/c/pin-slow', 'beside/x/pin-slow.dontneed', 'beside/c/pin-slow.sleep', 'beside/c/pin-slow.dontneed+always', 'beside/c/pin-slow.dontneed+nowait+never',
    'beside/c/pin-slow.dontneed+', 'beside/c/pin-slow..dontneed', 'gup/c/pin-slow.dontneed', 'beside/n/pin-slow.evict', 'beside/c/pin-slow.take', 'beside/c/pin-slow.child-hold',
    'beside/c/pin-slow.dontneed+range', 'beside/c/load.exit',
  ]) t.is(besideNamed(id), null, id);
});

test('what is refused is refused for a reason, and nothing of the full suite is', (t) => {
  const b = besideOf('beside/c/pin-slow.dontneed');
  t.truthy(b === null ? null : refuseBeside({ ...b, options: ['range'] }));
  for (const s of besideFull()) {
    const of = besideOf(s.id);
    t.is(of === null ? 'none' : refuseBeside(of), null, s.id);
  }
});

test('every scenario gives back what it took: handles, memory, drivers', (t) => {
  for (const s of besideFull()) {
    const acts = (s.ending ?? []).map((e) => e.do);
    const during = (s.threads ?? []).flatMap((th) => th.steps.map((step) => step.do));
    for (const a of during) if ('pin' in a) t.true(acts.some((e) => 'unpin' in e && e.unpin === a.pin), s.id);
    for (const a of s.steps) {
      if ('driver' in a.do && a.do.driver === 'create') t.true([...during, ...acts].some((e) => 'driver' in e && e.driver === 'remove'), s.id);
    }
    const exits = new Set([...(s.ending ?? []), ...(s.threads ?? []).flatMap((th) => th.steps.map((step) => ({ by: th.by, do: step.do })))]
      .filter((e) => 'call' in e.do && e.do.call === 'exit').map((e) => e.by));
    const made = [...s.steps.map((e) => e.do), ...during];
    const all = [...s.tasks, ...made.flatMap((a) => ('call' in a && (a.call === 'clone' || a.call === 'fork') ? [a.child] : []))];
    t.deepEqual([...exits].sort(), all.sort(), s.id);
  }
});

test('MADV_DONTNEED beside the pin: v2 3 uses a page that is on the free list (C41, C47, S-G6)', (t) => {
  const r = run(after, 'beside/c/pin-slow.dontneed');
  t.is(r.status, 'ran');
  t.deepEqual(interleaved(r), ['use-after-free in check_and_migrate_movable_pages', 'use-after-free in migrate_device_page']);
  for (const w of r.search?.witnesses.values() ?? []) t.true(w.preemptions <= 1);
  t.deepEqual(r.search?.outcomes.map((o) => o.key).filter((k) => !k.includes('end=')), ['P.pin=1 Q.dontneed=0 page0=none', 'P.pin=1 Q.dontneed=0 page0=system']);
});

test('without v2 3, and with v3 3, nothing is used that was given back', (t) => {
  const v3 = treesOf('device-coherent/v3/3');
  for (const tree of [v2.before, v3.after]) {
    const r = run(linkSide(tree.files, CONFIGS.default), 'beside/c/pin-slow.dontneed');
    t.is(r.status, 'ran');
    t.deepEqual(rules(r).filter((rule) => rule === 'use-after-free' || rule === 'unprotected-read'), []);
  }
});

test('searches end, and say the same twice', (t) => {
  const said = (r: Run): unknown => [r.status, r.search?.executions, r.search?.states, r.search?.outcomes, r.findings.map((f) => f.message)];
  for (const id of ['beside/c/pin-slow.munmap', 'beside/c/pin-remote.dontneed', 'beside/c/evict.child-dontneed', 'beside/n/pin-slow.dontneed']) {
    const r = run(after, id);
    t.is(r.status, 'ran', id);
    t.is(r.bound, null, id);
    t.deepEqual(said(run(after, id)), said(r), id);
  }
});

test('executions and states come to the same outcomes and findings', (t) => {
  for (const id of ['beside/c/pin-remote.dontneed', 'beside/c/evict.child-dontneed', 'beside/p/load.dontneed']) {
    const by = (search: 'source' | 'stateful'): Run => runScenario(after, { ...scenario(id), search });
    const [a, b] = [by('source'), by('stateful')];
    // Where a finding ends an execution, how far the others had come is not told apart.
    const whole = (r: Run): unknown => r.search?.outcomes.map((o) => o.key).filter((k) => !k.includes('end='));
    t.deepEqual(whole(a), whole(b), id);
    t.deepEqual([...a.search?.witnesses.keys() ?? []].sort(), [...b.search?.witnesses.keys() ?? []].sort(), id);
  }
});

test('a fault beside MADV_DONTNEED uses a private page that is on the free list, in v5.15 too (C42)', (t) => {
  for (const side of [base, after]) t.deepEqual(interleaved(run(side, 'beside/p/load.dontneed')), ['use-after-free in do_swap_page']);
});

test('a grace period ends when the last of its readers leaves', (t) => {
  t.deepEqual(rules(run(after, 'beside/c/pin-slow.child-exit')).filter((rule) => rule === 'deadlock' || rule === 'lost-wakeup'), []);
});

test('where a flush does not wait for interrupts that are off, the fast path can be overtaken by the last put', (t) => {
  const waits = run(after, 'beside/c/pin-fast.dontneed');
  const goesOn = run(after, 'beside/c/pin-fast.dontneed+nowait');
  t.is(waits.status, 'ran');
  t.is(goesOn.status, 'ran');
  t.true((goesOn.search?.states ?? goesOn.search?.executions ?? 0) > (waits.search?.states ?? waits.search?.executions ?? 0));
});

test('a side without coherent memory cannot run what needs it, and runs the rest', (t) => {
  t.is(run(base, 'beside/c/pin-slow.dontneed').status, 'unsupported');
  t.is(run(base, 'beside/p/load.dontneed').status, 'ran');
});
