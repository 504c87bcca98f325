// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { saidAgain } from '../../verifier/claims/ledger/again.ts';
import { CLAIMS, claimNamed } from '../../verifier/claims/ledger/index.ts';
import { UNDECIDABLE, whyNotInWords } from '../../verifier/claims/ledger/undecidable.ts';

/** The ids up to C62, with the letters of those that are split. */
const SPLIT: Readonly<Record<number, string>> = { 8: 'ab', 10: 'ab', 11: 'abc', 24: 'abc', 25: 'ab', 31: 'abc', 35: 'ab', 39: 'abcd', 40: 'ab', 43: 'ab', 46: 'ab', 52: 'abcde', 56: 'ab', 61: 'ab' };
const IDS = Array.from({ length: 62 }, (_, i) => i + 1).flatMap((n) => [...(SPLIT[n] ?? ' ')].map((letter) => `C${String(n).padStart(2, '0')}${letter.trim()}`));

const MESSAGE_ID = /^[A-Za-z0-9][A-Za-z0-9.+_-]*@[A-Za-z0-9.-]+$/;
const DAY = /^20(21|22|24|25)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

test('the ledger has every claim up to C62, in order', (t) => {
  t.is(IDS.length, 84);
  t.deepEqual(CLAIMS.map((c) => c.id).filter((id) => Number.parseInt(id.slice(1), 10) <= 62), IDS);
});

test('ids are unique, in order and found by name', (t) => {
  const ids = CLAIMS.map((c) => c.id);
  t.deepEqual([...new Set(ids)].sort(), ids);
  for (const claim of CLAIMS) t.is(claimNamed(claim.id), claim);
  t.is(claimNamed('C63'), undefined);
});

test('each claim has an author, a day and a place', (t) => {
  for (const { id, author, date, messageId, where } of CLAIMS) {
    t.regex(author, /^\p{L}+( \([^)]+\))?( \p{L}+)+$/u, id);
    t.regex(date, DAY, id);
    t.is(new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10), date, id);
    t.true((messageId === null) !== (where === null), `${id}: a Message-ID, or the lists where none is known`);
    if (messageId !== null) t.regex(messageId, MESSAGE_ID, id);
    t.not(where, '', id);
  }
});

test('a mail has one author', (t) => {
  const authors = new Map<string, string>();
  for (const { id, author, messageId } of CLAIMS) {
    if (messageId === null) continue;
    t.is(authors.get(messageId) ?? author, author, `${id}: ${messageId}`);
    authors.set(messageId, author);
  }
});

test('statements are short, and no two are equal', (t) => {
  const seen = new Map<string, string>();
  for (const { id, statement } of CLAIMS) {
    const plain = statement.toLowerCase().replace(/[^a-z0-9]+/g, ' ').trim();
    t.is(seen.get(plain), undefined, `${id} says what ${seen.get(plain)} says`);
    seen.set(plain, id);
    t.true(statement.length >= 30 && statement.length <= 330, `${id}: ${statement.length} characters`);
    t.regex(statement, /^\S.*[.?]$/, id);
  }
});

test('functions are C names; what is run or read names one, each kind stands once', (t) => {
  for (const { id, functions, kinds } of CLAIMS) {
    for (const name of functions) t.regex(name, /^[a-z_][a-z0-9_]*$/, id);
    t.is(new Set(functions).size, functions.length, id);
    t.true(kinds.length > 0 && new Set(kinds).size === kinds.length, id);
    if (kinds.some((kind) => kind !== 'design')) t.true(functions.length > 0, id);
  }
});

test('what nothing here decides has a reason, and nothing else has', (t) => {
  const other = new Set([...UNDECIDABLE].filter(([, why]) => why.kind === 'fs-dax' || why.kind === 'not-carried').map(([id]) => id));
  t.deepEqual([...UNDECIDABLE.keys()], CLAIMS.filter((c) => other.has(c.id) || c.kinds.every((kind) => kind === 'design')).map((c) => c.id));
  for (const [id, why] of UNDECIDABLE) {
    t.regex(whyNotInWords(why), /^\S[^\n]+[^.\s]$/, id);
    if (why.kind === 'plan') for (const other of why.seeAlso) t.false(UNDECIDABLE.has(other) || claimNamed(other) === undefined, `${id} points to ${other}`);
  }
});

test('what was said again was said later, in another mail', (t) => {
  const said = CLAIMS.filter((c) => saidAgain(c.id).length > 0);
  t.true(said.length >= 7);
  for (const { id, date, messageId } of said) {
    for (const mail of saidAgain(id)) {
      t.regex(mail.date, DAY, id);
      t.true(mail.date >= date, id);
      if (mail.messageId !== null) t.regex(mail.messageId, MESSAGE_ID, id);
      t.not(mail.messageId, messageId, id);
    }
  }
});
