// SPDX-License-Identifier: GPL-2.0-only
// Damaged patch mails taken all the way: read, translated, placed, guarded, applied.

import { performance } from 'node:perf_hooks';
import { applyPatch } from '../../../verifier/transform/index.ts';
import { errorText, importDiff, moduleText, readDiff, readMails, seriesOf } from '../../../verifier/transform/import/index.ts';
import { openReader } from '../../../verifier/transform/import/c/read.ts';
import { DEMO, diffOf } from './demo.ts';
import { random } from './fixture.ts';
import { mutated } from './mail/mutated.ts';

const FN = 'int open_boxes(struct box **boxes, int nr)';
const mail = (diff: string): string => `From: A <a@demo.invalid>\nSubject: [PATCH] mm/boxes: x\nMessage-ID: <x@demo.invalid>\n\nx\n---\n\n${diff}-- \n2.40.0\n`;
/** Whole ones, of every form that the importer has words for. */
export const WHOLE: readonly string[] = [
  diffOf('mm/boxes.c', { fn: FN, lines: [' \t\tif (boxes[i]->full)', ' \t\t\tcontinue;', '+\t\tpeek(boxes[i]);', ' \t\tboxes[i]->flags |= BOX_OPEN;', ' \t\topened++;'] }),
  diffOf('mm/boxes.c', { fn: FN, lines: [' \t\tif (boxes[i]->full)', '-\t\t\tcontinue;', '+\t\t\tgoto out;', ' \t\tboxes[i]->flags |= BOX_OPEN;'] }, { fn: FN, lines: [' \t\treturn -1;', '+out:', ' \tpeek(boxes[0]);', ' \treturn opened;'] }),
  diffOf('mm/boxes.c', { fn: FN, lines: [' \treturn opened;', ' }', ' ', '+static int look(unsigned long where)', '+{', '+\tstruct box b = { .nr = 1, .flags = 2 };', '+', '+\tif (!where || b.nr)', '+\t\treturn -1;', '+\tpeek(box_at(where + 1));', '+\treturn 0;', '+}', '+', ' int shut_boxes(struct box **boxes, int nr)', ' {'] }),
  diffOf('include/linux/box.h', { fn: 'enum box_flag {', lines: [' enum box_flag {', ' \tBOX_OPEN = 1,', '+\tBOX_LENT,', ' \tBOX_SOLD,', ' };'] }),
].map(mail);

/** Words of the hunks swapped, doubled or taken out: the diff still reads. */
export function swapped(text: string, seed: number): Buffer {
  const below = random(seed);
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.startsWith('@@'));
  const to = lines.findIndex((line) => line === '-- ');
  const words = lines.slice(from, to).join(' ').match(/\w+|[^\w\s]+/g) ?? [];
  for (let n = below(4); n >= 0; n -= 1) {
    const at = from + 1 + below(Math.max(to - from - 1, 1));
    const line = lines[at] ?? '';
    if (!/^[-+ ]/.test(line)) continue;
    const own = line.slice(1).match(/\w+|[^\w\s]+/g) ?? [];
    const word = own[below(Math.max(own.length, 1))] ?? '';
    const other = [words[below(Math.max(words.length, 1))] ?? '', '', `${word} ${word}`, 'frobnicate', '(', '}'][below(6)] ?? '';
    if (word !== '') lines[at] = `${line.charAt(0)}${line.slice(1).replace(word, () => other)}`;
  }
  return Buffer.from(lines.join('\n'), 'utf8');
}

export interface Swept { readonly applied: number; readonly conflicts: number; readonly refused: number; readonly slowest: { readonly ms: number; readonly seed: number }; readonly problems: readonly string[] }

export async function swept(from: number, count: number): Promise<Swept> {
  const reader = await openReader();
  let [applied, conflicts, refused] = [0, 0, 0];
  let slowest = { ms: 0, seed: 0 };
  const problems: string[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const began = performance.now();
    try {
      const text = WHOLE[seed % WHOLE.length] ?? '';
      const ended = await one(seed % 3 === 0 ? mutated(text, seed) : swapped(text, seed), reader);
      if (ended === 'applied') applied += 1;
      else if (ended === 'conflict') conflicts += 1;
      else if (!/[\n\r]/.test(ended)) refused += 1;
      else problems.push(`seed ${seed}: more than a line: ${ended}`);
    } catch (error) {
      problems.push(`seed ${seed}: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
    }
    const ms = performance.now() - began;
    if (ms > slowest.ms) slowest = { ms, seed };
  }
  return { applied, conflicts, refused, slowest, problems };
}

async function one(bytes: Buffer, reader: Awaited<ReturnType<typeof openReader>>): Promise<string> {
  const mails = await readMails(bytes, 'demo');
  if (!mails.ok) return errorText(mails.error);
  for (const { mail: posted } of seriesOf(mails.value).series.flatMap((s) => s.patches)) {
    const diff = readDiff(posted.body, 'demo');
    if (!diff.ok) return errorText(diff.error);
    const made = importDiff(diff.value, { series: 'mail', version: 'v1', number: 1, of: 1, subject: posted.subject, author: { name: '', email: '' }, date: '', to: [], cc: [], messageId: '', coverId: '', files: [], notModelled: [] }, DEMO, reader);
    moduleText(made);
    if (made.refused.length > 0 || made.unplaced.length > 0) return 'conflict';
    return applyPatch(DEMO, made.module).ok ? 'applied' : 'conflict';
  }
  return 'no patch';
}
