// SPDX-License-Identifier: GPL-2.0-only
// The lines of a mail that a finding is about, as a reply quotes them.

import type { Finding } from '../report/review.ts';
import type { Hunk } from '../transform/import/index.ts';
import { portFileOf } from '../transform/import/index.ts';
import type { MailPatch } from './mails.ts';

/** Lines on either side. */
const AROUND = 4;

/** Null where the finding is at nothing that the mail shows. */
export function quoteOf(one: MailPatch): (f: Finding) => readonly string[] | null {
  return (f) => {
    const line = f.c.line;
    if (line === null) return null;
    for (const { file, hunk } of one.imported.shown) {
      const at = portFileOf(file) === f.file ? hunk.lines.findIndex((l) => l.kind !== '-' && l.newLine === line) : -1;
      if (at !== -1) return [`@@ -${hunk.oldStart},${hunk.oldCount} +${hunk.newStart},${hunk.newCount} @@ ${hunk.section}`.trimEnd(), ...around(hunk, at)];
    }
    return null;
  };
}

function around(hunk: Hunk, at: number): readonly string[] {
  const from = Math.max(0, at - AROUND);
  const to = Math.min(hunk.lines.length, at + AROUND + 1);
  return [
    ...(from > 0 ? ['[...]'] : []), ...hunk.lines.slice(from, to).map((line) => `${line.kind}${line.text}`), ...(to < hunk.lines.length ? ['[...]'] : []),
  ];
}
