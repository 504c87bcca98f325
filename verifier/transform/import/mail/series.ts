// SPDX-License-Identifier: GPL-2.0-only
// The mails of a file as series: patches in their order, the cover letter, what is missing or there
// twice, and the replies as context. Patches belong together by version and total, and by sender
// or thread; a file may hold several versions.

import { shown } from '../result.ts';
import { kindOf } from './kind.ts';
import { readSubject, type PatchTag } from './tag.ts';
import type { Mail, MessageId } from './types.ts';

export interface SeriesPatch { readonly mail: Mail; readonly tag: PatchTag }

export interface Series {
  readonly version: number;
  /** Null where the patches carry no number: then they are in the order of the file. */
  readonly total: number | null;
  /** The cover letter's title, else the first patch's. */
  readonly title: string;
  readonly cover: Mail | null;
  readonly patches: readonly SeriesPatch[];
  readonly missing: readonly number[];
  /** Other mails with a number that is taken; the first of the file counts. */
  readonly doubled: readonly SeriesPatch[];
  readonly replies: readonly Mail[];
}

export interface Thread {
  readonly series: readonly Series[];
  /** Replies to mails that are not here, and what is neither. */
  readonly context: readonly Mail[];
}

/** A patch or a cover letter. */
interface Item { readonly mail: Mail; readonly tag: PatchTag; readonly cover: boolean; readonly at: number }

export function seriesOf(mails: readonly Mail[]): Thread {
  const once = withoutCopies(mails);
  const items: Item[] = [];
  const others: Mail[] = [];
  for (const [at, mail] of once.entries()) {
    const kind = kindOf(mail);
    if (kind.kind === 'patch' || kind.kind === 'cover') items.push({ mail, tag: kind.tag, cover: kind.kind === 'cover', at });
    else others.push(mail);
  }
  const groups = joined(items).flatMap((group) => (hasDoubled(group) ? byThread(group) : [group]));
  const answered = answers(groups, others);
  const series = groups.filter((group) => group.some((one) => !one.cover)).map((group) => ordered(group, answered.get(group) ?? []));
  const placed = new Set(series.flatMap((one) => one.replies));
  const lone = groups.filter((group) => group.every((one) => one.cover)).flatMap((group) => group.map((one) => one.mail));
  return { series, context: [...lone, ...others.filter((mail) => !placed.has(mail))] };
}

/** A mail that came by several lists is one mail. */
function withoutCopies(mails: readonly Mail[]): readonly Mail[] {
  const seen = new Set<MessageId>();
  return mails.filter((mail) => {
    if (mail.messageId === null) return true;
    if (seen.has(mail.messageId)) return false;
    seen.add(mail.messageId);
    return true;
  });
}

function byKey(items: readonly Item[], key: (one: Item) => string): readonly (readonly Item[])[] {
  const out = new Map<string, Item[]>();
  for (const one of items) {
    const group = out.get(key(one));
    if (group === undefined) out.set(key(one), [one]); else group.push(one);
  }
  return [...out.values()];
}

/** Version and total agree, and senders or threads are connected. */
function joined(items: readonly Item[]): readonly (readonly Item[])[] {
  return byKey(items, (one) => `${one.tag.version}/${one.tag.total ?? ''}`).flatMap((group) => {
    const leader = new Map<string, string>();
    const find = (key: string): string => {
      let at = key;
      for (let up = leader.get(at); up !== undefined && up !== at; up = leader.get(at)) at = up;
      leader.set(key, at);
      return at;
    };
    const sender = ({ mail }: Item): string => `from ${(mail.from?.email ?? '') === '' ? mail.from?.name ?? '' : mail.from?.email.toLowerCase() ?? ''}`;
    for (const one of group) leader.set(find(sender(one)), find(`thread ${rootOf(one.mail)}`));
    return byKey(group, (one) => find(sender(one)));
  });
}

function hasDoubled(group: readonly Item[]): boolean {
  const numbers = group.flatMap((one) => (one.tag.number === null ? [] : [one.tag.number]));
  return new Set(numbers).size < numbers.length;
}

/** What a thread begins with, as far as the mail says. */
function rootOf(mail: Mail | null): MessageId { return mail?.references[0] ?? mail?.inReplyTo ?? mail?.messageId ?? ''; }

/** Apart by thread. Mails that name no other are taken in the order of the file: a number that is
 *  there again begins the next posting. */
function byThread(group: readonly Item[]): readonly (readonly Item[])[] {
  const mailsOf = new Map(byKey(group, (one) => rootOf(one.mail)).map((all) => [rootOf(all[0]?.mail ?? null), all.length]));
  const alone = ({ mail }: Item): boolean => mail.references.length === 0 && mail.inReplyTo === null && (rootOf(mail) === '' || mailsOf.get(rootOf(mail)) === 1);
  const loose: Item[][] = [];
  for (const one of group.filter(alone)) {
    const last = loose.at(-1);
    if (last === undefined || last.some((other) => other.tag.number === one.tag.number)) loose.push([one]); else last.push(one);
  }
  return [...byKey(group.filter((one) => !alone(one)), (one) => rootOf(one.mail)), ...loose];
}

/** Each reply to the series of the nearest of its forebears that is here. */
function answers(groups: readonly (readonly Item[])[], others: readonly Mail[]): ReadonlyMap<readonly Item[], readonly Mail[]> {
  const of = new Map(groups.flatMap((group) => group.flatMap((one) => (one.mail.messageId === null ? [] : [[one.mail.messageId, group] as const]))));
  const out = new Map<readonly Item[], Mail[]>();
  for (const mail of others) {
    const forebears = [mail.inReplyTo, ...[...mail.references].reverse()].filter((id) => id !== null);
    const group = forebears.map((id) => of.get(id)).find((one) => one !== undefined);
    if (group === undefined) continue;
    const list = out.get(group);
    if (list === undefined) out.set(group, [mail]); else list.push(mail);
  }
  return out;
}

function ordered(group: readonly Item[], replies: readonly Mail[]): Series {
  const covers = group.filter((one) => one.cover);
  const seen = new Set<number>();
  const patches: Item[] = [];
  const doubled: Item[] = [];
  for (const one of group.filter((item) => !item.cover)) {
    if (one.tag.number !== null && seen.has(one.tag.number)) doubled.push(one); else patches.push(one);
    if (one.tag.number !== null) seen.add(one.tag.number);
  }
  patches.sort((a, b) => (a.tag.number ?? 0) - (b.tag.number ?? 0) || a.at - b.at);
  const tag = (covers[0] ?? patches[0])?.tag;
  const total = tag?.total ?? null;
  return {
    version: tag?.version ?? 1, total, title: tag?.title ?? '', cover: covers[0]?.mail ?? null, replies,
    patches: patches.map(({ mail, tag: own }) => ({ mail, tag: own })),
    missing: Array.from({ length: total ?? 0 }, (_, i) => i + 1).filter((n) => !seen.has(n)),
    doubled: doubled.map(({ mail, tag: own }) => ({ mail, tag: own })),
  };
}

/** What is wrong with the numbers, in words; empty where nothing is. */
export function seriesFaults({ total, patches, missing, doubled }: Series): readonly string[] {
  const beyond = patches.filter(({ tag }) => tag.number !== null && total !== null && (tag.number > total || tag.number < 1));
  return [
    ...(missing.length === 0 ? [] : [`of ${total ?? 0} patches ${ranges(missing)} ${missing.length === 1 ? 'is' : 'are'} not there`]),
    ...doubled.map(({ mail, tag }) => `another patch ${tag.number ?? ''} at line ${mail.line}, ${shown(readSubject(mail.subject).title)}, is left out`),
    ...beyond.map(({ mail, tag }) => `the patch at line ${mail.line} has the number ${tag.number ?? ''} of ${total ?? 0}`),
  ];
}

/** 2, 4-7, 9 */
function ranges(numbers: readonly number[]): string {
  const out: [number, number][] = [];
  for (const n of numbers) {
    const last = out.at(-1);
    if (last !== undefined && last[1] === n - 1) last[1] = n; else out.push([n, n]);
  }
  return out.map(([a, b]) => (a === b ? String(a) : `${a}-${b}`)).join(', ');
}
