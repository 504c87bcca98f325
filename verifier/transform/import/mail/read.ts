// SPDX-License-Identifier: GPL-2.0-only
// Bytes to mails, whatever they are: an mbox, a message, an archive's page, a bare diff. The form
// is told by what stands at the beginning.

import { fail, ok, type Result, type SourceLine } from '../result.ts';
import { readBare } from './archive/bare.ts';
import { readOneLine } from './archive/one-line.ts';
import { readPage } from './archive/page.ts';
import { readPatchwork } from './archive/patchwork.ts';
import { readPipermail } from './archive/pipermail.ts';
import { BOUNDS } from './bounds.ts';
import { byteLines, textLines, type ByteLine } from './bytes.ts';
import { hasHeaders } from './headers.ts';
import { isMbox, splitMbox } from './mbox.ts';
import { readMessage } from './message.ts';
import type { Mail } from './types.ts';

/** As `git log -p` begins each commit, the newest first. */
const COMMIT = /^commit [0-9a-f]{40}\b/;

/** All mails of a file in its order: at least one. */
export async function readMails(content: Uint8Array, file: string): Promise<Result<readonly Mail[]>> {
  const lines = byteLines(content, file);
  if (!lines.ok) return lines;
  if (!isMbox(lines.value)) return readOne(lines.value, file);
  const all = splitMbox(lines.value);
  if (all.length > BOUNDS.mails) return fail(file, 1, `${all.length} mails, and the most that are read is ${BOUNDS.mails}`);
  const mails: Mail[] = [];
  for (const one of all) {
    const mail = await readMessage(one, file);
    if (!mail.ok) return mail;
    mails.push(mail.value);
  }
  return ok(mails);
}

async function readOne(lines: readonly ByteLine[], file: string): Promise<Result<readonly Mail[]>> {
  const from = lines.findIndex((one) => one.bytes.trim() !== '');
  // A separator of a form that no mbox has is no part of the mail below it.
  const used = lines.slice(/^>?From \S/.test(lines[from]?.bytes ?? '') && hasHeaders(lines.slice(from + 1)) ? from + 1 : from);
  const oneLine = used.length > 3 ? null : readOneLine(textLines(used), file);
  if (oneLine !== null) return ok([oneLine]);
  if (hasHeaders(used)) {
    const mail = await readMessage(used, file);
    return mail.ok ? ok([mail.value]) : mail;
  }
  const texts: readonly SourceLine[] = textLines(used);
  const patchwork = readPatchwork(texts, file);
  const commits = COMMIT.test(texts[0]?.text ?? '') ? texts.filter((one) => COMMIT.test(one.text)) : [];
  if (commits[1] !== undefined) return fail(file, commits[1].line, 'a second commit: write several with git format-patch, which keeps their order');
  return ok(patchwork ?? [readPipermail(texts, file) ?? readPage(texts, file) ?? readBare(texts, file)]);
}
