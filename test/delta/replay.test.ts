// SPDX-License-Identifier: GPL-2.0-only
// Several threads, run: what only an interleaving shows has a witness that tells why, and a token that
// leads to that finding and to no other.

import test from 'ava';
import { replayToken, type Replay } from '../../verifier/delta/replay.ts';
import { DEFAULT_OPTIONS, reviewTarget } from '../../verifier/delta/review.ts';
import { resolveTarget } from '../../verifier/delta/target.ts';
import { decodeToken, encodeToken, type Token } from '../../verifier/delta/token.ts';
import type { Finding } from '../../verifier/report/review.ts';

const ID = 'beside/c/pin-slow.dontneed';

async function found(): Promise<readonly Finding[]> {
  const resolved = resolveTarget('device-coherent/v2/3');
  if (!resolved.ok) throw new Error(resolved.reason);
  const review = await reviewTarget(resolved.target, { ...DEFAULT_OPTIONS, scenarios: ID, switches: { GRAB_FORM: '886d' }, jobs: 1 });
  return review.patches.flatMap((p) => p.findings).filter((f) => f.layer === 'interleaving');
}
const findings = found();

async function replayOf(f: Finding, over: Partial<Token> = {}): Promise<Replay> {
  const decoded = decodeToken(f.replay ?? '');
  if (!decoded.ok) throw new Error(decoded.reason);
  const done = await replayToken(encodeToken({ ...decoded.token, ...over }));
  if (!done.ok) throw new Error(done.reason);
  return done.replay;
}

test('the witness says why: the counts, the freeing, where one stands, and last the statement itself', async (t) => {
  const all = await findings;
  t.true(all.length >= 2);
  for (const f of all) {
    t.is(f.preemptions, 1);
    const last = f.witness.at(-1);
    t.deepEqual([last?.function, last?.line, f.steps], [f.function, f.line, f.witness.length]);
    const values = f.witness.flatMap((s) => s.values);
    t.is(values.filter((v) => v === 'preempted').length, 1);
    t.true(values.some((v) => /^pte\(0x\w+\) 0x\w+ rw -> none$/.test(v)));
    t.true(values.some((v) => /^refcount\(device page 0x\w+\) 2 -> 1$/.test(v)));
    t.is(values.filter((v) => /^device page 0x\w+ freed$/.test(v)).length, 1);
    t.regex(f.message, /; it takes Q: madvise\(MADV_DONTNEED\) on page 0; before the patch in no run, /);
  }
});

test('each token leads back to its own finding, twice to the same steps', async (t) => {
  for (const f of await findings) {
    const again = await replayOf(f);
    t.true(again.reproduces);
    t.is(again.foundAfter, f.steps);
    t.deepEqual(again.steps.slice(0, f.steps), f.witness);
    t.deepEqual([again.finding?.function, again.finding?.line], [f.function, f.line]);
    t.deepEqual((await replayOf(f)).steps, again.steps);
    t.deepEqual(again.sections.map((s) => s.does.replace(/ .*/, '')), ['P:', 'Q:', 'P']);
    t.regex(again.sections[2]?.does ?? '', /^P goes on$/);
  }
});

test('another order, or another finding of the same rule and function, does not reproduce it', async (t) => {
  const [f] = await findings;
  if (f === undefined) return t.fail();
  for (const schedule of ['0.-1.', '1.-0.', '7.3-0.', '0.999999999-1.']) {
    const serial = await replayOf(f, { schedule });
    t.deepEqual([serial.reproduces, serial.finding, serial.foundAfter], [false, null, null], schedule);
    t.regex(serial.reason ?? '', /^the run ends without use-after-free in /);
  }
  const other = await replayOf(f, { finding: '00000000' });
  t.false(other.reproduces);
  t.regex(other.reason ?? '', /^the run has a use-after-free in \w+, but another one: /);
  // A token of old names rule and function only.
  t.true((await replayOf(f, { finding: '' })).reproduces);
});
