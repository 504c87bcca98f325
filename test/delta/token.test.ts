// SPDX-License-Identifier: GPL-2.0-only
// A replay token comes back as it went out, also through a mailer; a damaged one is refused.

import test from 'ava';
import fc from 'fast-check';
import { replayToken } from '../../verifier/delta/replay.ts';
import { decodeToken, encodeToken, type Token } from '../../verifier/delta/token.ts';

const word = fc.string({ minLength: 0, maxLength: 30 });
const name = fc.stringMatching(/^[A-Z][A-Z_]{0,11}$/);
const token: fc.Arbitrary<Token> = fc.record({
  target: word, side: fc.constantFrom('before', 'after'), scenario: word,
  switches: fc.array(fc.tuple(name, fc.stringMatching(/^[a-z0-9]{1,6}$/)), { maxLength: 3 }).map((all) => Object.fromEntries(all)),
  config: word, schedule: word, rule: word, function: word, finding: word, check: word,
});

test('out and back', (t) => {
  fc.assert(fc.property(token, (one) => {
    t.deepEqual(decodeToken(encodeToken(one)), { ok: true, token: one });
  }));
});

test('it is safe in a URL, and a mailer may wrap and quote it', (t) => {
  fc.assert(fc.property(token, fc.integer({ min: 1, max: 70 }), (one, width) => {
    const text = encodeToken(one);
    t.regex(text, /^kpv1:[A-Za-z0-9_-]+$/);
    const lines = text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
    t.deepEqual(decodeToken(`<${lines.map((line) => `> ${line}`).join('\r\n')}>`), { ok: true, token: one });
  }));
});

test('what is cut short or something else is refused with a reason', (t) => {
  fc.assert(fc.property(token, fc.nat(), (one, n) => {
    const text = encodeToken(one);
    const cut = decodeToken(text.slice(0, n % text.length));
    t.false(cut.ok);
    t.true(!cut.ok && cut.reason.length > 0);
  }));
  t.false(decodeToken('kpv2:abc').ok);
  const fields = ['demo/v2/3', 'x', 'gup/c', '', 'default', '', 'bug-on', 'f', '00000000'];
  t.false(decodeToken(`kpv1:${Buffer.from(JSON.stringify(fields)).toString('base64url')}`).ok);
  t.false(decodeToken(`kpv1:${Buffer.from('["a"]').toString('base64url')}`).ok);
});

test('a token that cannot be meant is refused before anything is run', async (t) => {
  const good: Token = {
    target: 'base', side: 'after', scenario: 'gup/n/slow.long.w.own.once.none.page.drained.never.load.now', switches: {}, config: 'default', schedule: '',
    rule: 'bug-on', function: 'f', finding: '', check: '00000000',
  };
  const why = async (over: Partial<Token>): Promise<string> => {
    const done = await replayToken(encodeToken({ ...good, ...over }));
    return done.ok ? 'it ran' : done.reason;
  };
  t.regex(await why({ rule: 'nonsense' }), /rule that this build does not know: nonsense/);
  t.regex(await why({ schedule: '0.x' }), /carries a schedule/);
  t.regex(await why({ switches: { GRAB_FORM: 'zz' } }), /GRAB_FORM has no value 'zz'/);
  t.regex(await why({ switches: { FOO: '1' } }), /no switch 'FOO'/);
  t.regex(await why({ scenario: 'gup/x' }), /scenario that this build does not know/);
  t.regex(await why({}), /made on other sources/);
});
