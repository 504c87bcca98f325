// SPDX-License-Identifier: GPL-2.0-only
// The change of a tree as a unified diff, with the paths git would give it.

import { createTwoFilesPatch } from 'diff';
import { changedFiles, type PortTree } from '../tree/load.ts';

export function unifiedDiff(before: PortTree, after: PortTree): string {
  return changedFiles(before, after).map((file) => {
    const path = `kernel-port/${file}`;
    const text = createTwoFilesPatch(`a/${path}`, `b/${path}`, before.files.get(file) ?? '', after.files.get(file) ?? '', undefined, undefined, { context: 3 });
    return `diff --git a/${path} b/${path}\n${text.replace(/^=+\n/, '').replace(/^(---|\+\+\+) ([^\t\n]*)\t?$/gm, '$1 $2')}`;
  }).join('');
}
