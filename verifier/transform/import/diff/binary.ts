// SPDX-License-Identifier: GPL-2.0-only
// A binary file in a diff: `Binary files … differ`, or git's own base85 form, which is passed
// over. Its lines are held against their form, so that damage does not end in silence.

import { fail, ok, shown, type Result } from '../result.ts';
import type { Source } from './header.ts';

const LINE = /^[A-Za-z][0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]+$/;

/** The index behind it; null where no binary patch begins. */
export function binaryAt({ file, lines }: Source, at: number): Result<number> | null {
  const text = (lines[at]?.text ?? '').trimEnd();
  if (/^(?:Binary f|F)iles /.test(text) && text.includes(' and ') && text.endsWith(' differ')) return ok(at + 1);
  if (text !== 'GIT binary patch') return null;
  let next = at + 1;
  for (let block = 0; block < 2; block += 1) {
    const head = lines[next];
    if (!/^(?:literal|delta) \d+$/.test(head?.text.trimEnd() ?? '')) {
      // The second block, the way back, may be missing.
      if (block > 0) return ok(next);
      return fail(file, head?.line ?? lines[at]?.line ?? 1, `a binary patch begins with 'literal' or 'delta', not with ${shown(head?.text ?? '')}`);
    }
    next += 1;
    for (; next < lines.length && lines[next]?.text.trim() !== ''; next += 1) {
      const data = (lines[next]?.text ?? '').trimEnd();
      if (!LINE.test(data) || data.length % 5 !== 1) return fail(file, lines[next]?.line ?? 1, `no line of a binary patch: ${shown(data)}`);
    }
    next += 1;
  }
  return ok(next);
}
