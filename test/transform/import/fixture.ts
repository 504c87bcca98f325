// SPDX-License-Identifier: GPL-2.0-only
// Invented patches and mails for the tests of reading them.

import {
  readDiff, readMails, type Diff, type DiffLine, type Hunk, type Mail, type Result, type SourceLine,
} from '../../../verifier/transform/import/index.ts';

export const lines = (text: string): readonly SourceLine[] => text.replace(/\n$/, '').split('\n').map((one, i) => ({ text: one, line: i + 1 }));

export const read = (text: string): Result<Diff> => readDiff(lines(text), 'demo.patch');

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.line}: ${result.error.reason}`);
  return result.value;
}

export const mailsOf = async (text: string | Uint8Array, name = 'demo.mbox'): Promise<readonly Mail[]> =>
  must(await readMails(typeof text === 'string' ? Buffer.from(text, 'utf8') : text, name));

export async function mailOf(text: string | Uint8Array): Promise<Mail> {
  const [one, ...others] = await mailsOf(text);
  if (one === undefined || others.length > 0) throw new Error(`${others.length + 1} mails`);
  return one;
}

/** Two hunks; the second ends in a blank context line. */
export const DIFF = `diff --git a/lib/demo.c b/lib/demo.c
index 1111111..2222222 100644
--- a/lib/demo.c
+++ b/lib/demo.c
@@ -3,7 +3,8 @@ struct frob {
 int frob(int x)
 {
 \tint y = x;
-\treturn y;
+\tif (y)
+\t\treturn y + 1;
 }
${' '}
 int frobnicate(void)
@@ -20,4 +21,5 @@ int frobnicate(void)
 \tx = 1;
 \ty = 2;
+\tz = 3;
 }
${' '}
`;

const SIGNATURE = '-- \n2.40.0\n';

export const BODY = `frob() forgot the other case.

Signed-off-by: A Person <a@demo.invalid>
---
 lib/demo.c | 4 +++-
 1 file changed, 3 insertions(+), 1 deletion(-)

${DIFF}${SIGNATURE}`;

export interface Head {
  readonly subject?: string;
  readonly id?: string;
  readonly from?: string;
  readonly parent?: string;
  readonly references?: readonly string[];
  readonly more?: readonly string[];
}

export function message({ subject = '[PATCH] lib/demo: frob the other case', id = 'one@demo.invalid', from = 'A Person <a@demo.invalid>', parent, references = [], more = [] }: Head, body = BODY): string {
  const head = [
    `From: ${from}`, 'To: list@demo.invalid', 'Cc: B Person <b@demo.invalid>, C <c@demo.invalid>', `Subject: ${subject}`,
    'Date: Mon, 6 Dec 2021 12:52:43 -0600', ...(id === '' ? [] : [`Message-ID: <${id}>`]),
    ...(parent === undefined ? [] : [`In-Reply-To: <${parent}>`]),
    ...(references.length === 0 ? [] : [`References: ${references.map((one) => `<${one}>`).join('\n ')}`]), ...more,
  ];
  return `${head.join('\n')}\n\n${body}`;
}

export const mbox = (mails: readonly string[]): string =>
  mails.map((one) => `From mboxrd@z Thu Jan  1 00:00:00 1970\n${one.replace(/^(>*From )/gm, (all) => (all === 'From ' ? all : `>${all}`))}\n`).join('');

/** What hunks make of the lines before; throws where a line is not there. */
export function apply(before: readonly string[], hunks: readonly Hunk[]): readonly string[] {
  const out: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    const start = hunk.oldCount === 0 ? hunk.oldStart : hunk.oldStart - 1;
    out.push(...before.slice(at, start));
    at = start;
    for (const one of hunk.lines) {
      if (one.kind !== '+') {
        if (before[at] !== one.text || one.oldLine !== at + 1) throw new Error(`line ${at + 1}`);
        at += 1;
      }
      if (one.kind !== '-') {
        out.push(one.text);
        if (one.newLine !== out.length) throw new Error(`new line ${out.length}`);
      }
    }
  }
  return [...out, ...before.slice(at)];
}

/** A diff without its places in a mail: for comparing two. */
export function placeless(diff: Diff): unknown {
  const bare = (one: DiffLine): unknown => ({ ...one, line: 0 });
  return diff.files.map((file) => ({
    ...file, line: 0,
    content: file.content.kind === 'binary' ? file.content : { kind: 'text', hunks: file.content.hunks.map((hunk) => ({ ...hunk, line: 0, trimmed: 0, lines: hunk.lines.map(bare) })) },
  }));
}

/** Numbers from a seed: mulberry32. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
