// SPDX-License-Identifier: GPL-2.0-only
// kernel-port/TREES.md: the functions whose text differs because the tree at hand is not plain v5.15,
// with the reason. The file is for people; its tables are read as they stand.

/** By file and function: how many statements of C the row speaks for; a row that gives no number, all. */
export function treesOf(text: string): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const [, file = '', fn = '', reason = ''] of text.matchAll(/^\| `([^`]+)` \| `([^`]+)` \| (.*?) \|$/gm)) {
    const limit = / \((\d+)\)$/.exec(reason)?.[1];
    rows.set(`${file} ${fn}`, limit === undefined ? Infinity : Number(limit));
  }
  return rows;
}
