// SPDX-License-Identifier: GPL-2.0-only
// What a mail is: a patch, a cover letter, a reply, or something else. A reply is never a patch,
// even with a diff in it: such a diff is part of an argument, and patchwork files it so, too.

import { findDiff, hasRemains } from '../diff/read.ts';
import { plain, shown } from '../result.ts';
import { readSubject, tagText, type PatchTag } from './tag.ts';
import type { Mail } from './types.ts';

export type Kind =
  | { readonly kind: 'patch'; readonly tag: PatchTag }
  /** A diff in it, of versions say, is none to apply. */
  | { readonly kind: 'cover'; readonly tag: PatchTag; readonly diff: boolean }
  /** The tag of what it answers; whether a diff of its own is in it. */
  | { readonly kind: 'reply'; readonly tag: PatchTag | null; readonly diff: boolean }
  | { readonly kind: 'other'; readonly tag: PatchTag | null };

const QUOTES = /^ ?>(?!>*From )/;
/** `On … wrote:`, in whatever language, above a quote. */
const ATTRIBUTION = /(?:wrote|writes|schrieb|écrit|napisał|пишет|写道)\s*[:：]\s*$/i;

export function kindOf(mail: Mail): Kind {
  const { reply, title, tag } = readSubject(mail.subject);
  const at = findDiff(mail.body);
  const diff = at !== null || ((tag === null ? mail.subject === '' : tag.number !== 0) && hasRemains(mail.body));
  const above = at === null ? mail.body : mail.body.slice(0, at);
  const quotes = above.some((one) => QUOTES.test(one.text));
  const attributed = quotes && above.some((one) => ATTRIBUTION.test(one.text));
  // Pages of archives take the Re: away: then a quote tells. A patch may quote a report in its
  // message, but has a --- below it, as no reply has.
  const lost = mail.form !== 'message' && attributed && !above.some((one) => /^---\s*$/.test(one.text));
  if (reply || lost || (quotes && !diff && (attributed || tag?.number !== 0))) return { kind: 'reply', tag, diff };
  if (tag !== null && tag.number === 0) return { kind: 'cover', tag, diff };
  if (diff) return { kind: 'patch', tag: tag ?? { title, version: 1, number: null, total: null, words: [] } };
  return { kind: 'other', tag };
}

/** A mail in words, for one who wanted a patch. */
export function describe(mail: Mail): string {
  const kind = kindOf(mail);
  const by = mail.from === null ? '' : ` by ${plain(mail.from.name === '' ? mail.from.email : mail.from.name).slice(0, 80)}`;
  const title = shown(readSubject(mail.subject).title);
  const label = kind.tag === null ? '' : tagText(kind.tag);
  const of = label === '' ? '' : ` ${label}`;
  const unread = mail.unread.length === 0 ? '' : `; ${mail.unread.length === 1 ? 'its part' : 'of its parts the first,'} ${plain(mail.unread[0]?.type ?? '').slice(0, 80)}${mail.unread.length === 1 ? ' was' : ', and others were'} not read`;
  const own = ', with a diff of its own, which is not taken for the patch';
  switch (kind.kind) {
    case 'patch': return `a patch${of}${by}: ${title}`;
    case 'cover': return `the cover letter of ${kind.tag.total ?? 0} patches${kind.tag.version === 1 ? '' : `, v${kind.tag.version}`}${by}: ${title}${kind.diff ? own : ''}`;
    case 'reply': return `a reply${by} to ${kind.tag === null ? title : `${kind.tag.number === 0 ? 'the cover letter' : 'the patch'}${of} ${title}`}${kind.diff ? own : ''}`;
    case 'other': {
      if (kind.tag !== null) return `a mail${by} whose subject says patch${of}, ${title}, but no diff is in it${unread}`;
      return mail.form === 'text' ? 'a text without a diff' : `a mail${by} without a diff: ${title}${unread}`;
    }
  }
}
