// SPDX-License-Identifier: GPL-2.0-only
// kernel-port/TREES.md: the functions whose text differs because the tree at hand is not plain v5.15,
// with the reason. The file is for people; its tables are read as they stand.

export function treesOf(text: string): ReadonlyMap<string, string> {
  const rows = new Map<string, string>();
  for (const [, file = '', fn = '', reason = ''] of text.matchAll(/^\| `([^`]+)` \| `([^`]+)` \| (.*?) \|$/gm)) rows.set(`${file} ${fn}`, reason);
  return rows;
}
