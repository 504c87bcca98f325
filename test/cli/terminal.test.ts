// SPDX-License-Identifier: GPL-2.0-only
// Colours and progress: what a terminal gets, and what a pipe does not.

import test from 'ava';
import { wantsColour, type Env } from '../../verifier/cli/colour.ts';
import { kpv, tick, type World } from './world.ts';

const RULE: readonly (readonly [string, Env, boolean, boolean])[] = [
  ['a terminal', {}, true, true],
  ['a pipe', {}, false, false],
  ['TERM=dumb', { TERM: 'dumb' }, true, false],
  ['NO_COLOR', { NO_COLOR: '1' }, true, false],
  ['NO_COLOR that is empty', { NO_COLOR: '' }, true, true],
  ['NO_COLOR over FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '3' }, true, false],
  ['FORCE_COLOR on a pipe', { FORCE_COLOR: '1' }, false, true],
  ['FORCE_COLOR=0 on a terminal', { FORCE_COLOR: '0' }, true, false],
  ['FORCE_COLOR on a dumb pipe', { FORCE_COLOR: '2', TERM: 'dumb' }, false, true],
  ['CI alone on a pipe', { CI: 'true' }, false, false],
];
for (const [name, env, tty, wanted] of RULE) {
  test(`colour: ${name}: ${wanted ? 'yes' : 'no'}`, async (t) => {
    t.is(wantsColour('auto', env, tty), wanted);
    t.true(wantsColour('always', env, tty));
    t.false(wantsColour('never', env, tty));
    const world: World = { env: Object.fromEntries(Object.entries(env).map(([k, v]) => [k, v ?? ''])), tty };
    t.is((await kpv(['review', 'base'], world)).out.includes('\x1b['), wanted);
    t.true((await kpv(['review', 'base', '--color', 'always'], world)).out.includes('\x1b['));
    t.false((await kpv(['review', 'base', '--color', 'never'], world)).out.includes('\x1b['));
    t.false((await kpv(['review', 'base', '--format', 'json', '--color', 'always'], world)).out.includes('\x1b['));
  });
}

const times = (...at: number[]): NonNullable<World['during']> => (seen) => {
  for (const [i, ms] of at.entries()) {
    seen.at(ms);
    seen.options.onProgress(tick(i + 1));
  }
};

test('progress: nothing in the first second, nothing with -q', async (t) => {
  for (const tty of [true, false]) {
    t.is((await kpv(['review', 'base'], { tty, during: times(0, 500, 999) })).err, '');
    t.is((await kpv(['review', 'base', '-q'], { tty, during: times(0, 5000, 50_000) })).err, '');
  }
});

test('progress on a terminal: one line, at most ten a second, erased at the end', async (t) => {
  const { err, out } = await kpv(['review', 'base', '--color', 'never'], { tty: true, during: times(1000, 1050, 1100, 1199, 1200) });
  t.deepEqual(err.split('\r').slice(1).map((part) => /(\d)\/9/.exec(part)?.[1] ?? part), ['1', '3', '5', '\x1b[K']);
  t.false(err.includes('\n'));
  t.false(out.includes('\r'));
});

test('progress elsewhere: a plain line every ten seconds', async (t) => {
  for (const world of [{ tty: false }, { tty: true, env: { CI: '1' } }, { tty: true, env: { TERM: 'dumb' } }]) {
    const { err } = await kpv(['review', 'base'], { ...world, during: times(1000, 5000, 10_999, 11_000, 21_000) });
    t.deepEqual(err.trimEnd().split('\n').map((line) => /^kpv: demo\/v2\/3 {2}(\d)\/9 scenarios/.exec(line)?.[1]), ['1', '4', '5']);
    t.false(/[\r\x1b]/.test(err));
  }
});
