// SPDX-License-Identifier: GPL-2.0-only
// A hunk by the functions it is in. What stands at the top level before a function belongs to that
// function's hunk, as its comments and arms do; what stands behind the last one to that.

import type { HunkItems, Item, ItemOrGap } from './items.ts';

export interface Part {
  /** '' for the top level. */
  readonly function: string;
  readonly items: readonly ItemOrGap[];
}

/** has: whether the port's file has the function before the patch. */
export function partsOf({ items }: HunkItems, has: (name: string) => boolean): readonly Part[] {
  const parts: { function: string; items: ItemOrGap[] }[] = [];
  /** At the top level: it is not known yet whose it is. */
  let waiting: ItemOrGap[] = [];
  for (const one of items) {
    const last = parts.at(-1);
    if (one.role === 'gap') {
      (waiting.length > 0 ? waiting : last?.items ?? waiting).push(one);
      continue;
    }
    const fn = ownerOf(one, has);
    if (fn === '') waiting.push(one);
    else if (last?.function === fn) {
      last.items.push(...waiting, one);
      waiting = [];
    } else {
      parts.push({ function: fn, items: [...waiting, one] });
      waiting = [];
    }
  }
  const last = parts.at(-1);
  if (waiting.some((one) => one.role !== 'gap')) {
    if (last === undefined || !ends(last.items)) parts.push({ function: '', items: waiting });
    else last.items.push(...waiting);
  }
  return parts.map((one) => ({ ...one, items: trimmed(one.items) })).filter((one) => one.items.some((item) => item.role === 'add' || item.role === 'remove'));
}

/** A function that the patch brings stands at the top level of the port that is. */
function ownerOf(one: Item, has: (name: string) => boolean): string {
  return one.function === null || !has(one.function) ? '' : one.function;
}

function ends(items: readonly ItemOrGap[]): boolean {
  const last = items.findLast((one): one is Item => one.role !== 'gap');
  return last?.text === '}';
}

function trimmed(items: readonly ItemOrGap[]): readonly ItemOrGap[] {
  let from = 0;
  let to = items.length;
  while (from < to && items[from]?.role === 'gap') from += 1;
  while (to > from && items[to - 1]?.role === 'gap') to -= 1;
  return items.slice(from, to);
}
