// SPDX-License-Identifier: GPL-2.0-only
// The review as replies to the patch mails, in one mboxrd. kpv writes files and never sends: a
// person reads the reply and sends it under their own name. One reply per patch that is worth one.
//
// What the tools that read lists would trip over is kept out (b4 glues trailers to patches,
// patchwork cuts at underscores, mbox readers split at "From "): see harmless() below.

import { createHash } from 'node:crypto';
import type { PatchModule } from '../transform/index.ts';
import { isNews } from './findings.ts';
import { plainSigns } from './layout.ts';
import { mailBody, type Posted } from './mail-body.ts';
import { headers, secondsOf } from './mail-headers.ts';
import type { PatchReview, Review } from './review.ts';

export interface MailOptions {
  readonly version: string;
  /** SOURCE_DATE_EPOCH; without it a reply is a second younger than its patch. */
  readonly sourceDate: number | null;
}

/** A patch that the project has no mail data of cannot be answered. */
export function mailReport(review: Review, moduleOf: (id: string) => PatchModule | undefined, options: MailOptions, quoteOf: (id: string) => Posted['quote'] = () => null): string {
  const messages = review.patches.filter((p) => isWorthAReply(p) || isAskedFor(p, review)).flatMap((p) => {
    const module = moduleOf(p.id);
    return module === undefined ? [] : [message(about(p, review), p, { module, quote: quoteOf(p.id) }, options)];
  });
  return messages.map((text) => `From mboxrd@z Thu Jan  1 00:00:00 1970\n${text.replace(/^(>*From )/gm, '>$1')}\n`).join('');
}

export function isWorthAReply(p: PatchReview): boolean {
  switch (p.verdict) {
    case 'conflict': case 'regression': case 'fix': case 'mixed': case 'behaviour-change': return true;
    case 'no-change': case 'not-exercised': case 'outside-port': return p.findings.some(isNews);
  }
}

/** The review without the limits that are another patch's. */
function about(p: PatchReview, review: Review): Review {
  const others = review.patches.filter((one) => one !== p).map((one) => `${one.id}: `);
  return { ...review, limits: review.limits.filter((l) => !others.some((id) => l.startsWith(id))) };
}

/** Whoever names one patch wants its answer, even where that is that it is not in the port. */
function isAskedFor(p: PatchReview, review: Review): boolean { return p.verdict === 'outside-port' && review.target === p.id; }

function message(review: Review, p: PatchReview, posted: Posted, { version, sourceDate }: MailOptions): string {
  const { module } = posted;
  const body = harmless(mailBody(review, p, posted).map(plainSigns));
  const date = sourceDate ?? secondsOf(module.meta.date) + 1;
  const digest = createHash('sha256').update(JSON.stringify([module.meta, date, version, body])).digest('hex').slice(0, 16);
  const messageId = `kpv.${digest}.${p.number}@kpv.invalid`;
  const text = [...body, '', ...tags(p, messageId), '-- ', `kpv ${version}, report digest ${digest}`].join('\n');
  const ascii = !/[^\x00-\x7f]/.test(text);
  return `${headers({ meta: module.meta, messageId, date, ascii, version }).join('\n')}\n\n${text}\n`;
}

/** Only people give tags: these are offered behind a bar, which no tool takes for one. */
function tags(p: PatchReview, messageId: string): string[] {
  if (!p.findings.some(isNews)) return [];
  return [
    'If a later version answers this, these tags may be of use:',
    '| Reported-by: kpv <kpv@kpv.invalid>', `| Closes: https://lore.kernel.org/r/${messageId}/`, '',
  ];
}

/** No line that a tool takes for a trailer, a cut, a patch or a signature. */
export function harmless(lines: readonly string[]): string[] {
  return lines.map((line) => {
    if (/^[>|]/.test(line)) return line;
    if (/^\s*(\w\S+):\s.*\S+@\S+/.test(line) || /^\s*(fixes|link|buglink|closes|obsoleted-by|change-id|base-commit):\s/i.test(line)) return line.replace(/:(\s)/, ' -$1');
    if (/^_+$/.test(line) || /^---/.test(line) || /^(-- ?|diff |@@ |Index: |-- >8)/.test(line)) return `  ${line}`;
    return line;
  });
}
