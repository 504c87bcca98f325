// SPDX-License-Identifier: GPL-2.0-only
// Mails with damage of every sort, from a seed; and what reading one must never do.

import { performance } from 'node:perf_hooks';
import {
  commitOf, describe, errorText, kindOf, printDiff, readDiff, readMails, remarkText, seriesFaults, seriesOf, type ReadError,
} from '../../../../verifier/transform/import/index.ts';
import { lines, random } from '../fixture.ts';

const WORDS = ['From a Mon Mar 22 10:58:35 2021', '--- a/x.c', '+++ b/x.c', '@@ -1,3 +1,3 @@', '@@ -0,0 +1 @@', 'diff --git a/x.c b/x.c', 'diff --git "a/\\', '-- ', '---', '\\ No newline at end of file',
  'GIT binary patch', 'literal 99999999', 'rename from ../../x', 'new file mode 100644', '> ', '\t', '\r', '\u00ff\u00fe', '\u001b[2J', '', ' ', '=', '=0A=', 'Content-Type: multipart/mixed; boundary="x"', '--x', '--x--',
  'Content-Transfer-Encoding: base64', 'Content-Type: text/plain; charset=utf-16; format=flowed', 'Subject: =?utf-8?B?////?=', 'Subject: [PATCH 9999/9999] x', 'Subject: Re: x', 'Message ID x', 'Commit Message', 'Comments', 'Patch',
  'commit 0123456789abcdef0123456789abcdef01234567', '@@ -999999999,999999999 +1,999999999 @@'];

/** One to six damages: bytes, lines, blocks, words of the trade. */
export function mutated(text: string, seed: number): Buffer {
  const below = random(seed);
  let bytes = Buffer.from(text, 'utf8');
  for (let n = below(6); n >= 0; n -= 1) {
    const all = bytes.toString('latin1').split('\n');
    const [at, to] = [below(all.length), below(all.length)];
    const line = all[at] ?? '';
    switch (below(13)) {
      case 0: all.splice(at, 1); break;
      case 1: all.splice(at, 0, line); break;
      case 2: all.splice(at, 0, WORDS[below(WORDS.length)] ?? ''); break;
      case 3: [all[at], all[to]] = [all[to] ?? '', line]; break;
      case 4: all.splice(Math.min(at, to), below(12)); break;
      case 5: all[at] = line.slice(below(4)); break;
      case 6: all[at] = line.replace(/\d+/, String([0, 1, below(100), 4294967296, 99999999999][below(5)])); break;
      case 7: all[at] = `${line}${all.splice(at + 1, 1)[0] ?? ''}`; break;
      case 8: all.length = at + 1; break;
      case 9: all[at] = line.repeat(1 + below(50)); break;
      case 10: all.splice(to, 0, ...all.slice(at, at + below(30))); break;
      case 11: all[at] = `${line.slice(0, below(line.length + 1))}${String.fromCharCode(1 + below(255))}${line.slice(below(line.length + 1))}`; break;
      case 12: all[at] = `${WORDS[below(WORDS.length)] ?? ''}${line}`; break;
    }
    bytes = Buffer.from(all.join('\n'), 'latin1');
  }
  return bytes;
}

export type Ended = 'patch' | 'no patch' | 'refused';
export interface Outcome { readonly ended: Ended; readonly problems: readonly string[]; readonly ms: number }

/** Reads it to the end, as an importer would. A throw is the caller's to see. */
export async function outcomeOf(content: Buffer): Promise<Outcome> {
  const problems: string[] = [];
  const last = content.toString('latin1').split('\n').length + 1;
  const from = performance.now();
  const oneLine = (text: string): void => { if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) problems.push(`not one line: ${JSON.stringify(text)}`); };
  const refused = (error: ReadError): void => {
    oneLine(errorText(error));
    if (error.line < 1 || error.line > last) problems.push(`line ${error.line} of ${last}`);
    if (error.reason.length > 300) problems.push(`a reason of ${error.reason.length} characters`);
  };
  const done = (ended: Ended): Outcome => ({ ended, problems, ms: performance.now() - from });
  const mails = await readMails(content, 'demo');
  if (!mails.ok) {
    refused(mails.error);
    return done('refused');
  }
  for (const mail of mails.value) oneLine(describe(mail));
  const { series } = seriesOf(mails.value);
  for (const one of series) for (const fault of seriesFaults(one)) oneLine(fault);
  let ended: Ended = 'no patch';
  for (const { mail } of series.flatMap((one) => one.patches)) {
    if (kindOf(mail).kind !== 'patch') problems.push('a series of what is no patch');
    commitOf(mail);
    const diff = readDiff(mail.body, 'demo');
    if (!diff.ok) {
      refused(diff.error);
      return done('refused');
    }
    ended = 'patch';
    for (const remark of diff.value.remarks) oneLine(remarkText(remark));
    const text = printDiff(diff.value);
    const again = readDiff(lines(text.join('\n')), 'again');
    if (!again.ok) problems.push(`printed, it is refused: ${errorText(again.error)}`);
    else if (printDiff(again.value).join('\n') !== text.join('\n')) problems.push('printed and read again it differs');
  }
  return done(ended);
}

/** The same; where it took longer than it may, the least of three times: other work on the machine
 *  takes time, too. */
export async function timed(content: Buffer, most: number): Promise<Outcome> {
  const first = await outcomeOf(content);
  let ms = first.ms;
  for (let again = 0; again < 2 && ms >= most; again += 1) ms = Math.min(ms, (await outcomeOf(content)).ms);
  return { ...first, ms };
}

/** Every form in turn, damaged by each seed. */
export async function sweep(forms: readonly string[], from: number, count: number): Promise<{ readonly ends: Readonly<Record<Ended, number>>; readonly problems: readonly string[]; readonly slowest: number }> {
  const ends: Record<Ended, number> = { patch: 0, 'no patch': 0, refused: 0 };
  const problems: string[] = [];
  let slowest = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const one = await timed(mutated(forms[seed % forms.length] ?? '', seed), 1000);
    ends[one.ended] += 1;
    problems.push(...one.problems.map((problem) => `seed ${seed}: ${problem}`));
    slowest = Math.max(slowest, one.ms);
  }
  return { ends, problems, slowest };
}
