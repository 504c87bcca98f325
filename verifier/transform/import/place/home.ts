// SPDX-License-Identifier: GPL-2.0-only
// The function of a hunk whose `@@` line does not say it: git shows a label there where a tree has no
// driver for C, and cuts a long head in the middle. It is the one function of the port's file that has
// the names which the hunk shows; whether the lines stand there is for placing to say, to the token.

import { indexFile } from '../../../tree/statements.ts';
import { tokens } from '../../../tree/tokens.ts';
import type { Hunk } from '../diff/types.ts';

/** Of the names that the hunk shows, how many the function has to have: the port leaves some out. */
const MOST = 0.7;

const LABEL = /^\w+:\s*$/;
const CUT = /^[A-Za-z_][\w\s*]*\b(\w+)$/;
const WORD = /\b[A-Za-z_]\w+\b/g;
const OF_C = new Set('break case char const continue default do else enum extern for goto if inline int likely long return short signed sizeof static struct switch typedef union unlikely unsigned void volatile while'.split(' '));

/** The hunk with the head of its function, where that can be told; as it is where its head says it. */
export function withHome(hunk: Hunk, file: string, text: string): Hunk {
  const start = startOf(hunk.section);
  if (start === null || hunk.lines.some((line) => line.kind !== '+' && /^[A-Za-z_].*\(/.test(line.text) && !/;\s*$/.test(line.text))) return hunk;
  const shown = namesIn(hunk);
  const found = indexFile(file, text).functions
    .filter((one) => one.name.startsWith(start))
    .map((one) => ({ name: one.name, has: sharedWith(shown, text.slice(one.pos, one.end)) }))
    .sort((a, b) => b.has - a.has);
  const [first, second] = found;
  if (first === undefined || first.has === second?.has) return hunk;
  // A name that is cut is a name all the same: where its function has not these lines, nothing has.
  if (start === '' && (first.has === 0 || first.has < MOST * shown.size)) return hunk;
  return { ...hunk, section: `${first.name}()` };
}

/** How the name begins; null where the section says it whole, or says something else. */
function startOf(section: string): string | null {
  if (section === '' || LABEL.test(section)) return '';
  return section.includes('(') || /[;={]/.test(section) || /^(?:struct|union|enum)\s+\w+\s*$/.test(section) ? null : CUT.exec(section)?.[1] ?? null;
}

function namesIn(hunk: Hunk): ReadonlySet<string> {
  const code = hunk.lines.filter((line) => line.kind !== '+' && !/^\s*(?:\/?\*|#)/.test(line.text)).map((line) => line.text.replace(/\/\*.*?(?:\*\/|$)|"(?:\\.|[^"\\])*"/g, ' '));
  return new Set(code.flatMap((line) => line.match(WORD) ?? []).filter((word) => !OF_C.has(word)));
}

function sharedWith(shown: ReadonlySet<string>, text: string): number {
  const own = new Set(tokens(text).map((token) => token.text));
  return [...shown].filter((name) => own.has(name)).length;
}
