// SPDX-License-Identifier: GPL-2.0-only
// A replay of several threads: turns, where the finding is, and the same as the kernel's tracer prints it.

import test from 'ava';
import type { Replay } from '../../verifier/delta/replay.ts';
import { besideNamed } from '../../verifier/scenario/beside.ts';
import { golden } from '../report/golden.ts';
import { INTERLEAVED } from '../report/interleaved.ts';
import { kpv } from './world.ts';

const finding = INTERLEAVED.patches[0]?.findings[0];
const scenario = besideNamed(finding?.scenario ?? '');
if (finding === undefined || scenario === null) throw new Error('the data hold no finding');
const steps = finding.witness;
const back = steps.findLastIndex((s) => s.thread === 'Q') + 2;

const replayed = (over: Partial<Replay>): Replay => ({
  token: {
    target: 'device-coherent/v2/3', side: 'after', scenario: scenario.id, switches: { GRAB_FORM: '886d' }, config: 'default', schedule: '0.139-1.337-0.',
    rule: finding.rule, function: finding.function, finding: '', check: '00000000',
  },
  reproduces: true, finding, steps, foundAfter: steps.length, scenario, outcome: 'Q.dontneed=0 end=use-after-free', reason: null,
  sections: [
    { from: 1, does: 'P: pin page 0 of P by the slow path, FOLL_LONGTERM | FOLL_WRITE (pin)' },
    { from: steps.findIndex((s) => s.thread === 'Q') + 1, does: 'Q: madvise(MADV_DONTNEED) on page 0 (dontneed)' }, { from: back, does: 'P goes on' },
  ],
  ...over,
});
const run = (words: readonly string[], over: Partial<Replay> = {}): ReturnType<typeof kpv> =>
  kpv(['replay', 'kpv1:abc', ...words], { replay: async () => ({ ok: true, replay: replayed(over) }) });

test('turn by turn, to the finding', async (t) => {
  const { code, out, err } = await run([]);
  t.deepEqual([code, err], [0, '']);
  golden(t, 'cli/replay-interleaving.txt', out);
  t.regex(out, /\nP goes on\n +\d+ {2}CPU0 P {2}migrate_device_page [^\n]*\n {2}==> here: \[KPV0101\] use-after-free\n/);
});

test('as ftrace: task and pid, CPU, a time that only goes on, function and text', async (t) => {
  const { code, out, err } = await run(['--trace', 'ftrace']);
  t.deepEqual([code, err], [0, '']);
  golden(t, 'cli/replay-interleaving.ftrace', out);
  const entries = out.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  t.is(entries.length, steps.length);
  let before = 0;
  for (const [i, line] of entries.entries()) {
    const [, comm, pid, cpu, at, fn] = /^ *(\S+)-(\d+) +\[(\d{3})\] [.a-zA-Z0-9]{4} +(\d+\.\d{6}): ([^\s:]+): \S.*$/.exec(line) ?? [];
    t.deepEqual([comm, Number(cpu), fn], [steps[i]?.thread, steps[i]?.cpu, steps[i]?.function], line);
    t.is(Number(pid), comm === 'P' ? 101 : 102);
    t.true(Number(at) > before);
    before = Number(at);
  }
});

test('ftrace: user code, blanks in names, many steps', async (t) => {
  const [first] = steps;
  if (first === undefined) return t.fail();
  const { out } = await run(['--trace', 'ftrace'], { steps: [{ ...first, n: 1_000_002, thread: 'a thread-with a long name', function: '', text: '', values: ['two\nlines'] }] });
  t.regex(out, /^ a_thread_with_a-101 {5}\[000\] \.\.\.\. {5}1\.000002: user_mode: two lines$/m);
});

test('what does not reproduce: exit 1 in each form, and why', async (t) => {
  const none = { reproduces: false, finding: null, foundAfter: null, reason: 'the run ends without it' };
  const text = await run([], none);
  t.is(text.code, 1);
  t.regex(text.out, /It does not reproduce: the run ends without it\.\n$/);
  const trace = await run(['--trace', 'ftrace'], none);
  t.is(trace.code, 1);
  t.regex(trace.err, /^kpv: it does not reproduce: the run ends without it\n$/);
  t.notRegex(trace.out, /KPV/);
  const json: unknown = JSON.parse((await run(['--format', 'json'], none)).out);
  t.is(typeof json === 'object' && json !== null ? Reflect.get(json, 'reproduces') : null, false);
});

test('forms that there are not', async (t) => {
  for (const [words, says] of [
    [['--trace', 'perfetto'], /perfetto is not built yet/], [['--trace', 'ftarce'], /takes text or ftrace, not 'ftarce' \(did you mean|takes text or ftrace, not 'ftarce'/],
    [['--trace', 'ftrace', '--format', 'json'], /ftrace is a form of text/],
  ] as const) {
    const { code, out, err } = await run(words);
    t.deepEqual([code, out], [2, '']);
    t.regex(err, says);
  }
});
