// SPDX-License-Identifier: GPL-2.0-only
// A finding of several threads in each format: lanes, switches, who frees what, and where it breaks.

import test from 'ava';
import { findPatch } from '../../patches/index.ts';
import { messageParts, preemptionWords } from '../../verifier/report/findings.ts';
import { interleavingLines, isFolded } from '../../verifier/report/interleaving.ts';
import { jsonReport } from '../../verifier/report/json.ts';
import { mailReport } from '../../verifier/report/mail.ts';
import { PLAIN_PAINT } from '../../verifier/report/paint.ts';
import type { Finding, Review, Side, Step } from '../../verifier/report/review.ts';
import { textReport } from '../../verifier/report/text.ts';
import { golden } from './golden.ts';
import { INTERLEAVED } from './interleaved.ts';

const [patch] = INTERLEAVED.patches;
const [finding] = patch?.findings ?? [];
if (patch === undefined || finding === undefined) throw new Error('the data hold no finding');
const FINDING: Finding = finding;
const [scenario] = patch.scenarios;
if (scenario === undefined) throw new Error('the data hold no scenario');

const lines = (f: Finding, width: number, all = false): string[] => interleavingLines(f, { width, all, paint: PLAIN_PAINT });
const withFinding = (f: Finding): Review => ({ ...INTERLEAVED, patches: [{ ...patch, findings: [f] }] });
const step = (n: number, over: Partial<Step>): Step => ({
  n, cpu: 0, thread: 'P', file: 'mm/gup.ts', line: n, function: 'follow_page_pte', text: `statement ${n};`, reads: [], writes: [], values: ['ptl taken'], ...over,
});

test('the text', (t) => { golden(t, 'report/interleaving.txt', textReport(INTERLEAVED)); });
test('the text in a narrow terminal', (t) => {
  const text = textReport(INTERLEAVED, { width: 60 });
  golden(t, 'report/interleaving-narrow.txt', text);
  const table = /CPU0 P[^]*?\n\n/.exec(text)?.[0] ?? '';
  for (const line of table.split('\n')) t.true(line.length <= 60, line);
});
test('the mail', (t) => {
  const mail = mailReport(INTERLEAVED, findPatch, { version: '0.1.0', sourceDate: null });
  golden(t, 'report/interleaving.mbox', mail);
  const table = /^ +CPU0 P[^]*?\n\n/m.exec(mail)?.[0] ?? '';
  t.true(table.split('\n').length > 10);
  for (const line of table.split('\n')) t.true(line.length <= 76, line);
  t.notRegex(mail, /[^\x00-\x7f]/);
  t.regex(mail.replace(/\n/g, ' '), /It takes 1 preemption \(the fewest there are\), and Q: madvise\(MADV_DONTNEED\) on page 0\./);
});
test('JSON has the witness as steps, and goes through as it is', (t) => {
  golden(t, 'report/interleaving.json', jsonReport(INTERLEAVED));
  const { layer, steps, preemptions, witness } = FINDING;
  t.deepEqual({ layer, steps, preemptions }, { layer: 'interleaving', steps: witness.length, preemptions: 1 });
  t.deepEqual(witness.map((s) => s.n), witness.map((_, i) => i + 1));
});

test('any width: within it, each step once, the lanes of the threads', (t) => {
  for (let width = 40; width <= 120; width++) {
    const rows = lines(FINDING, width, true);
    for (const row of rows) t.true(row.length <= width, `${width}: ${row}`);
    t.deepEqual(rows.flatMap((row) => /^(?: {2}|>>) {0,2}(\d+) /.exec(row)?.[1] ?? []).map(Number), FINDING.witness.map((s) => s.n));
    t.regex(rows[0] ?? '', /^ {7}CPU0 P +CPU1 Q/);
  }
});

test('where it was freed, where one thread stands, and where it breaks', (t) => {
  const text = lines(FINDING, 100).join('\n');
  t.is([...text.matchAll(/freed here/g)].length, 1);
  t.is([...text.matchAll(/preemption \d: Q goes on/g)].length, FINDING.preemptions);
  t.regex(text, /^>> 20 {2}migrate_device_page\(\) +==> \[KPV0101\] use-after-free$/m);
  t.true(text.indexOf('freed here') < text.indexOf('==>'));
  t.regex(text, /refcount 3 -> 2[^]*pte 0x1007 rw -> none[^]*refcount 2 -> 1[^]*freed here/);
});

test('a long stretch is counted, and shown when all is asked for', (t) => {
  const [first, ...rest] = FINDING.witness;
  if (first === undefined) return t.fail();
  const stretch = Array.from({ length: 24 }, (_, i) => step(i + 2, {}));
  const long = { ...FINDING, witness: [first, ...stretch, ...rest.map((s) => ({ ...s, n: s.n + 24 }))] };
  t.true(isFolded(long));
  t.regex(lines(long, 100).join('\n'), /\n {7}\u2026 2[45] steps of P\n/);
  t.notRegex(lines(long, 100, true).join('\n'), /\u2026 \d+ steps/);
  t.regex(textReport(withFinding(long)), /-v shows the steps that are only counted here/);
  t.false(isFolded(FINDING));
});

test('who waits is no preemption; four threads have lanes, and what is found at rest has none', (t) => {
  const witness = [
    step(1, {}), step(2, { values: ['waits for ptl, which Q has'] }), step(3, { cpu: 1, thread: 'Q' }), step(4, { cpu: 2, thread: 'R', values: ['preempted'] }),
    step(5, { cpu: 3, thread: 'a_kernel_thread' }), step(6, { cpu: 0, thread: '', function: 'exit_mmap', values: [] }),
  ];
  for (const width of [60, 74, 100]) {
    const rows = lines({ ...FINDING, message: 'about no page', witness }, width);
    t.regex(rows.join('\n'), /^ {7}CPU0 P +CPU1 Q +CPU2 R +CPU3 a_kern/);
    t.regex(rows.join('\n'), /waits for ptl, which Q has/);
    t.regex(rows.join('\n'), /preemption 1: a_kernel_thread goes/);
    t.regex(rows.join('\n'), />> {2}6 {2}exit_mmap\(\)/);
    for (const row of rows) t.true(row.length <= width, row);
  }
});

test('who else it takes is told apart from what is wrong; more than one preemption is only what was found', (t) => {
  t.deepEqual(messageParts(FINDING), {
    what: 'device page 0x1007->pgmap is read by P, but its driver has it on the free list',
    takes: 'Q: madvise(MADV_DONTNEED) on page 0', before: 'in no run', after: 'in 2 runs',
  });
  t.is(preemptionWords({ ...FINDING, preemptions: 0 }), '0 preemptions (the fewest there are)');
  t.is(preemptionWords({ ...FINDING, preemptions: 3 }), '3 preemptions (the fewest found so far)');
  const same = { ...FINDING, state: 'same' as const, witness: [], steps: 0 };
  t.regex(textReport(withFinding(same), { verbose: true }), /= interleaving: 1 preemption \(the fewest there are\)\n {5}= needs: Q: /);
});

test('a cycle of threads: the way to it, and the turn', (t) => {
  const [stem, loop] = [FINDING.witness.slice(0, 4), FINDING.witness.slice(4, 12)];
  const livelock = { ...FINDING, rule: 'livelock', code: 'KPV0401', cycle: { kind: 'adversarial' as const, preemptionsPerTurn: 1, expectedRounds: null, killable: false, stem, loop } };
  const text = textReport(withFinding(livelock));
  t.regex(text, /= cycle: adversarial: it needs a scheduler that is against it, 1 preemption per turn, no signal ends it\n/);
  t.regex(text, /\n {2}the way to it \(4 steps\):\n\n {7}CPU0 P[^]*\n {2}then again and again \(8 steps\):\n\n {7}CPU0 P +CPU1 Q/);
  t.notRegex(text, /==> \[KPV0401\]/);
});

test('a search by states has no executions', (t) => {
  const states = (side: Side): Side => ({ ...side, executions: null, states: 4700, outcomes: side.outcomes.map((o) => ({ ...o, executions: null })) });
  const review: Review = { ...INTERLEAVED, patches: [{ ...patch, scenarios: [scenario, { ...scenario, id: 'beside/p/load.load', before: states(scenario.before), after: states(scenario.after) }] }] };
  const { before } = scenario;
  t.regex(textReport(review), new RegExp(`before {2}2 ran to the end; ${before.executions} executions and 4700 states, `));
  t.regex(textReport(review), /of these, with several threads: 2 \(before /);
  t.regex(mailReport(review, findPatch, { version: '0', sourceDate: 0 }), /^\| states +\| 4700 +\| 4700 +\|$/m);
  const cut = { ...scenario, after: { ...scenario.after, status: 'cut' as const, bound: '20000 executions' } };
  const text = textReport({ ...review, complete: false, patches: [{ ...patch, scenarios: [scenario, cut] }] });
  t.regex(text, /1 cut\s+short, in\s+the\s+others\s+every\s+interleaving/);
  t.regex(text, /1 x 20000 executions/);
});
