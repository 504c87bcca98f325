// SPDX-License-Identifier: GPL-2.0-only
// Which lines of the patch a finding is about. The project holds no C and quotes none: what is
// shown is the hunk as kpv's own port has it, indented so that nobody's tools take it for a patch.

import type { HunkItem, PatchModule } from '../transform/index.ts';
import type { Finding } from './review.ts';

/** Lines shown to either side of the one that is meant. */
const AROUND = 3;

const bare = (text: string): string => text.replace(/\s+/g, '').replace(/;$/, '');

export interface PatchLines { readonly file: string; readonly lines: readonly string[] }

/** The lines of the hunk around the first place of the story that stands in the patch; null when none does. */
export function hunkAbout(f: Finding, patch: PatchModule): PatchLines | null {
  for (const place of f.places) {
    const statement = bare(place.label.replace(/^called from /, ''));
    for (const { file, hunk } of patch.hunks) {
      if (file !== place.file.replace(/^kernel-port\//, '')) continue;
      const at = hunk.items.findIndex((item) => item.role === 'add' && says(statement, bare(item.text)));
      if (at >= 0) return { file, lines: window(hunk.items, at) };
    }
  }
  return null;
}

/** A statement may run over several lines of a hunk: its first line speaks for it. */
function says(statement: string, line: string): boolean {
  return line.length >= 8 && (statement === line || statement.startsWith(line) || (statement.length >= 12 && line.includes(statement)));
}

function window(items: readonly HunkItem[], at: number): string[] {
  const out: string[] = [];
  for (const item of items.slice(Math.max(0, at - AROUND), at + AROUND + 1)) {
    if (item.role === 'gap') out.push('  ...');
    else out.push(`  ${{ context: ' ', add: '+', remove: '-' }[item.role]}${item.text}`.trimEnd());
  }
  return out;
}
