// SPDX-License-Identifier: GPL-2.0-only
// A replay token comes back as it went out, also through a mailer; a damaged one is refused.

import test from 'ava';
import fc from 'fast-check';
import { decodeToken, encodeToken, type Token } from '../../verifier/delta/token.ts';

const word = fc.string({ minLength: 0, maxLength: 30 });
const name = fc.stringMatching(/^[A-Z][A-Z_]{0,11}$/);
const token: fc.Arbitrary<Token> = fc.record({
  target: word, side: fc.constantFrom('before', 'after'), scenario: word,
  switches: fc.array(fc.tuple(name, fc.stringMatching(/^[a-z0-9]{1,6}$/)), { maxLength: 3 }).map((all) => Object.fromEntries(all)),
  config: word, schedule: word, rule: word, function: word, check: word,
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
  t.false(decodeToken(`kpv1:${Buffer.from('["a"]').toString('base64url')}`).ok);
});
