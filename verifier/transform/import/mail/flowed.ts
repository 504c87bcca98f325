// SPDX-License-Identifier: GPL-2.0-only
// format=flowed undone (RFC 3676): a blank in front was stuffed in, a blank at the end joins a
// line to the next of the same quote depth. The signature mark is neither.

import type { FileLine, SourceLine } from '../result.ts';

const SIGNATURE = '-- ';

interface Flowed { readonly depth: number; readonly text: string; readonly line: FileLine }

export function unflow(lines: readonly SourceLine[], deleting: boolean): readonly SourceLine[] {
  const out: SourceLine[] = [];
  let run: Flowed[] = [];
  const close = (): void => {
    const depth = run[0]?.depth ?? 0;
    const text = run.map((one) => one.text).join('');
    if (run[0] !== undefined) out.push({ text: `${'>'.repeat(depth)}${depth > 0 && text !== '' ? ' ' : ''}${text}`, line: run[0].line });
    run = [];
  };
  for (const one of lines.map(parsed)) {
    if (run[0]?.depth !== one.depth || one.text === SIGNATURE) close();
    const flows = one.text.endsWith(' ') && one.text !== SIGNATURE;
    run.push(flows && deleting ? { ...one, text: one.text.slice(0, -1) } : one);
    if (!flows) close();
  }
  close();
  return out;
}

function parsed({ text, line }: SourceLine): Flowed {
  const depth = /^>*/.exec(text)?.[0].length ?? 0;
  const rest = text.slice(depth);
  return { depth, text: rest.startsWith(' ') ? rest.slice(1) : rest, line };
}
