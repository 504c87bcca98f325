// SPDX-License-Identifier: GPL-2.0-only
// Mails in any order become series: ordered, with what is missing or doubled said.

import test from 'ava';
import fc from 'fast-check';
import { seriesFaults, seriesOf, type Mail, type Thread } from '../../../../verifier/transform/import/index.ts';
import { mailsOf, mbox, message } from '../fixture.ts';

const ROOT = 'zero@demo.invalid';
const patch = (n: number, more: { readonly total?: number; readonly version?: string; readonly id?: string; readonly from?: string; readonly root?: string } = {}): string => message({
  subject: `[PATCH${more.version === undefined ? '' : ` ${more.version}`} ${n}/${more.total ?? 4}] patch ${n}`, id: more.id ?? `p${n}${more.version ?? ''}@demo.invalid`,
  parent: more.root ?? ROOT, references: [more.root ?? ROOT], from: more.from ?? 'A Person <a@demo.invalid>',
});
const cover = (version = ''): string => message({ subject: `[PATCH${version} 0/4] the whole`, id: ROOT }, 'Hello.\n');
const reply = (to: string, id: string): string => message({ subject: 'Re: [PATCH 2/4] patch 2', id, parent: to, references: [ROOT, to], from: 'B <b@demo.invalid>' }, '> x\n\nNo.\n');

const threadOf = async (mails: readonly string[]): Promise<Thread> => seriesOf(await mailsOf(mbox(mails)));
const numbers = (thread: Thread): readonly (readonly (number | null)[])[] => thread.series.map((one) => one.patches.map(({ tag }) => tag.number));

test('in any order of the file', async (t) => {
  const all = [cover(), patch(1), patch(2), patch(3), patch(4), reply('p2@demo.invalid', 'r1@demo.invalid'), reply('r1@demo.invalid', 'r2@demo.invalid')];
  await fc.assert(fc.asyncProperty(fc.shuffledSubarray(all, { minLength: all.length }), async (mails) => {
    const thread = await threadOf(mails);
    t.deepEqual(numbers(thread), [[1, 2, 3, 4]]);
    t.like(thread.series[0], { version: 1, total: 4, title: 'the whole', missing: [], doubled: [] });
    t.is(thread.series[0]?.cover?.messageId, ROOT);
    // A reply to a reply that stands further down is found by its references.
    t.deepEqual(thread.series[0]?.replies.map((one: Mail) => one.messageId).toSorted(), ['r1@demo.invalid', 'r2@demo.invalid']);
    t.deepEqual(thread.context, []);
  }), { numRuns: 30 });
});

test('a missing number is said', async (t) => {
  const thread = await threadOf([patch(5, { total: 9 }), patch(2, { total: 9 }), patch(9, { total: 9 })]);
  t.deepEqual(thread.series[0]?.missing, [1, 3, 4, 6, 7, 8]);
  t.deepEqual(thread.series.flatMap(seriesFaults), ['of 9 patches 1, 3-4, 6-8 are not there']);
});

test('a number that is there twice: the first counts, the other is said', async (t) => {
  const thread = await threadOf([patch(1), patch(2), patch(2, { id: 'again@demo.invalid' }), patch(3), patch(4)]);
  t.deepEqual(numbers(thread), [[1, 2, 3, 4]]);
  t.deepEqual(thread.series[0]?.doubled.map(({ mail }) => mail.messageId), ['again@demo.invalid']);
  t.regex(thread.series.flatMap(seriesFaults).join(), /^another patch 2 at line \d+, 'patch 2', is left out$/);
});

test('a mail that came twice is one', async (t) => {
  const thread = await threadOf([patch(1), patch(2), patch(2), patch(3), patch(4)]);
  t.deepEqual(thread.series.flatMap(seriesFaults), []);
});

test('a number beyond the total is said', async (t) => {
  const thread = await threadOf([1, 2, 3, 4, 5].map((n) => patch(n)));
  t.regex(thread.series.flatMap(seriesFaults).join(), /^the patch at line \d+ has the number 5 of 4$/);
});

test('versions of one thread, and series of two authors, are apart', async (t) => {
  const versions = await threadOf([patch(2, { version: 'v2', total: 2 }), patch(1, { total: 2 }), patch(1, { version: 'v2', total: 2 }), patch(2, { total: 2 })]);
  t.deepEqual(versions.series.map((one) => [one.version, one.missing.length]), [[2, 0], [1, 0]]);
  const authors = await threadOf([patch(1, { total: 2 }), patch(2, { total: 2 }),
    patch(1, { total: 2, id: 'o1@demo.invalid', from: 'O <o@demo.invalid>', root: 'other@demo.invalid' }), patch(2, { total: 2, id: 'o2@demo.invalid', from: 'O <o@demo.invalid>', root: 'other@demo.invalid' })]);
  t.deepEqual(numbers(authors), [[1, 2], [1, 2]]);
  t.deepEqual(authors.series.flatMap(seriesFaults), []);
});

test('two series of one author with the same total are told apart by their threads', async (t) => {
  const thread = await threadOf([patch(1, { total: 2 }), patch(1, { total: 2, id: 'o1@demo.invalid', root: 'other@demo.invalid' }),
    patch(2, { total: 2 }), patch(2, { total: 2, id: 'o2@demo.invalid', root: 'other@demo.invalid' })]);
  t.deepEqual(thread.series.map((one) => one.patches.map(({ mail }) => mail.messageId)), [['p1@demo.invalid', 'p2@demo.invalid'], ['o1@demo.invalid', 'o2@demo.invalid']]);
});

test('one series posted twice without threads is two', async (t) => {
  const one = (n: number, id: string): string => message({ subject: `[PATCH ${n}/2] patch ${n}`, id });
  const thread = await threadOf([one(1, 'a1@demo.invalid'), one(2, 'a2@demo.invalid'), one(1, 'b1@demo.invalid'), one(2, 'b2@demo.invalid')]);
  t.deepEqual(thread.series.map((all) => all.patches.map(({ mail }) => mail.messageId)), [['a1@demo.invalid', 'a2@demo.invalid'], ['b1@demo.invalid', 'b2@demo.invalid']]);
});

test('two postings without cover letters, each threaded to its first patch, in any order of the file', async (t) => {
  const one = (n: number, id: string, root?: string): string => message({ subject: `[PATCH ${n}/2] patch ${n}`, id, ...(root === undefined ? {} : { parent: root, references: [root] }) });
  const [a, b] = ['a1@demo.invalid', 'b1@demo.invalid'];
  const thread = await threadOf([one(1, a), one(1, b), one(2, 'b2@demo.invalid', b), one(2, 'a2@demo.invalid', a)]);
  t.deepEqual(thread.series.map((all) => all.patches.map(({ mail }) => mail.messageId)), [[a, 'a2@demo.invalid'], [b, 'b2@demo.invalid']]);
  // What answers a mail that is not here is not joined to another posting by its number.
  const apart = await threadOf([one(1, a, 'x@demo.invalid'), one(1, b, 'y@demo.invalid'), one(2, 'c2@demo.invalid', 'z@demo.invalid')]);
  t.deepEqual(apart.series.map((all) => all.patches.length), [1, 1, 1]);
});

test('patches without numbers keep the order of the file', async (t) => {
  const thread = await threadOf(['b', 'a', 'c'].map((title) => message({ subject: `[PATCH] ${title}`, id: '' })));
  t.deepEqual(thread.series.map((one) => [one.total, one.patches.map(({ tag }) => tag.title)]), [[null, ['b', 'a', 'c']]]);
});

test('replies alone, and a cover letter alone, are context', async (t) => {
  const thread = await threadOf([reply('gone@demo.invalid', 'r@demo.invalid'), cover()]);
  t.deepEqual(thread.series, []);
  t.is(thread.context.length, 2);
});
