// SPDX-License-Identifier: GPL-2.0-only
// The figures of PORTED.md: the audit by file. They need a kernel, so they are kept from one writing
// of the file to the next until it is written with a kernel again.

import { total, type Audit, type Counts } from '../transform/import/audit.ts';
import { percent } from './audit.ts';

const HEAD = '## Held against C';

/** The section, from its heading to the empty line that ends it. `kernel` names the tree, not where it lies. */
export function figuresOf(audit: Audit, kernel: string): readonly string[] {
  const files = audit.files.filter((one) => one.functions.length > 0);
  const functions = files.reduce((n, one) => n + one.functions.length, 0);
  const { counts } = audit;
  const places = total(counts) - counts.marked + counts.stretches;
  return [
    HEAD,
    '',
    `${kernel}, statement by statement (\`npm run ported -- --kernel DIR\`; \`kpv audit\` names each).`,
    'A function with `reduced` at its own level, or in `TREES.md` without a number, may differ anywhere: what',
    'is not the same in it counts as marked. With what stands behind one mark counted once,',
    `${percent(counts.same, places)} of ${places} places are the same.`,
    '',
    '| file | functions | statements | same | marked | different | missing | only here | same or marked |',
    '|---|---|---|---|---|---|---|---|---|',
    ...files.map((one) => row(`\`${one.file}\``, one.functions.length, one.counts)),
    row('all', functions, counts),
    '',
  ];
}

/** The section as it stands in a PORTED.md; nothing where there is none. */
export function figuresIn(text: string): readonly string[] {
  const lines = text.split('\n');
  const from = lines.indexOf(HEAD);
  if (from < 0) return [];
  const next = lines.findIndex((line, at) => at > from && line.startsWith('## '));
  return lines.slice(from, next < 0 ? lines.length : next);
}

function row(name: string, functions: number, counts: Counts): string {
  const all = total(counts);
  const cells = [functions, all, counts.same, counts.marked, counts.different, counts.missing, counts.added];
  return `| ${name} | ${cells.join(' | ')} | ${percent(counts.same + counts.marked, all)} |`;
}
