// SPDX-License-Identifier: GPL-2.0-only
// The headers of a reply, and what goes into them. Nothing here looks at a clock: the date comes
// from the patch or from the caller, the Message-ID from the content.

import type { PatchMeta, Person } from '../transform/index.ts';

const SELF = 'kpv@kpv.invalid';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number): string => String(n).padStart(2, '0');

export interface HeaderInput {
  readonly meta: PatchMeta;
  readonly messageId: string;
  /** Seconds since 1970. */
  readonly date: number;
  readonly ascii: boolean;
  readonly version: string;
}

export function headers({ meta, messageId, date, ascii, version }: HeaderInput): string[] {
  const references = [...new Set([meta.coverId, meta.messageId])].filter((id) => id !== '').map((id) => `<${id}>`);
  const to = senderOf(meta);
  const cc = distinct([...(to === meta.author ? [] : [person(meta.author)]), ...meta.to, ...meta.cc]).filter((one) => ![to.email.toLowerCase(), SELF].includes(addressOf(one).toLowerCase()));
  return [
    `Message-ID: <${messageId}>`,
    `In-Reply-To: <${meta.messageId}>`,
    folded('References:', references, ''),
    `From: kpv <${SELF}>`,
    `To: ${person(to)}`,
    ...(cc.length === 0 ? [] : [folded('Cc:', cc.map(encodedAddress), ',')]),
    `Subject: ${encoded(`Re: ${subjectOf(meta)}`)}`,
    `Date: ${rfc5322(date)}`,
    'MIME-Version: 1.0',
    `Content-Type: text/plain; charset=${ascii ? 'us-ascii' : 'utf-8'}`,
    `Content-Transfer-Encoding: ${ascii ? '7bit' : '8bit'}`,
    `User-Agent: kpv ${version}`,
  ];
}

/** `[PATCH v2 03/11] subject`, as git format-patch numbers it. */
export function subjectOf(meta: PatchMeta): string { return `[${meta.prefix ?? `PATCH${meta.version === 'v1' ? '' : ` ${meta.version}`}`}${numberOf(meta)}] ${meta.subject}`; }

function numberOf({ number, of }: PatchMeta): string { return of <= 1 ? '' : ` ${String(number).padStart(String(of).length, '0')}/${of}`; }

/** `v2 03/11` */
export function patchLabel(meta: PatchMeta, number = meta.number): string { return `${meta.version}${numberOf({ ...meta, number })}`; }

/** In UTC, as every reader of mail can compare it. */
export function rfc5322(seconds: number): string {
  const d = new Date(seconds * 1000);
  return `${DAYS[d.getUTCDay()]}, ${two(d.getUTCDate())} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()} `
    + `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} +0000`;
}

export function secondsOf(date: string): number {
  const at = Date.parse(date);
  if (Number.isNaN(at)) throw new Error(`a patch with a date that cannot be read: ${date}`);
  return Math.floor(at / 1000);
}

/** Whose mail it is: a patch may be somebody else's. */
function senderOf({ sender, author }: PatchMeta): Person { return sender ?? author; }

/** The line over a reply, in the sender's own time. */
export function attribution(meta: PatchMeta): string {
  const [, sign = '+', hours = '00', minutes = '00'] = /([+-])(\d\d)(\d\d)\s*(?:\(.*\))?$/.exec(meta.date) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 * (sign === '-' ? -1 : 1);
  const d = new Date((secondsOf(meta.date) + offset) * 1000);
  const h = d.getUTCHours();
  const clock = `${two(h % 12 === 0 ? 12 : h % 12)}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}${h < 12 ? 'AM' : 'PM'}`;
  return `On ${DAYS[d.getUTCDay()]}, ${MONTHS[d.getUTCMonth()]} ${two(d.getUTCDate())}, ${d.getUTCFullYear()} at ${clock} ${sign}${hours}${minutes}, ${senderOf(meta).name} wrote:`;
}

function person({ name, email }: Person): string {
  const shown = /[^\x20-\x7e]/.test(name) ? encoded(name) : /[^\w\s'-]/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : name;
  return `${shown} <${email}>`;
}

function addressOf(one: string): string { return (/<([^<>]*)>\s*$/.exec(one)?.[1] ?? one).trim(); }

function encodedAddress(one: string): string {
  const name = one.replace(/<[^<>]*>\s*$/, '').trim();
  return /[^\x20-\x7e]/.test(name) && name !== one ? `${encoded(name)} <${addressOf(one)}>` : one;
}

function distinct(all: readonly string[]): string[] {
  const seen = new Set<string>();
  return all.filter((one) => {
    const key = addressOf(one).toLowerCase();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** RFC 2047 where it must be, in words of at most 75 characters that split no character. */
function encoded(text: string): string {
  if (!/[^\x20-\x7e]/.test(text)) return text;
  const words: string[] = [];
  let chunk = '';
  for (const c of text) {
    if (Buffer.byteLength(chunk + c) > 42) {
      words.push(chunk);
      chunk = '';
    }
    chunk += c;
  }
  return [...words, chunk].map((w) => `=?utf-8?B?${Buffer.from(w, 'utf8').toString('base64')}?=`).join('\n ');
}

/** Items after a name, on as many lines as they need, each further line led by a blank. */
function folded(name: string, items: readonly string[], mark: string): string {
  let line = name;
  const out: string[] = [];
  for (const [i, item] of items.entries()) {
    const text = i + 1 < items.length ? item + mark : item;
    if (i > 0 && line.length + 1 + text.length > 76) {
      out.push(line);
      line = '';
    }
    line += ` ${text}`;
  }
  return [...out, line].join('\n');
}
