// SPDX-License-Identifier: GPL-2.0-only
// A hunk by the functions it is in. What stands at the top level before a function belongs to that
// function's hunk, as its comments and arms do; what stands behind the last one to that.

import type { HunkItems, Item, ItemOrGap } from './items.ts';

export interface Part {
  /** '' for the top level. */
  readonly function: string;
  readonly items: readonly ItemOrGap[];
  /** At the top level: with what the hunk shows of unchanged functions on either side. */
  readonly wider: readonly ItemOrGap[];
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
      parts.push({ function: fn, items: [...ownOf(waiting), one] });
      waiting = [];
    }
  }
  const last = parts.at(-1);
  if (waiting.some((one) => one.role !== 'gap')) {
    if (last === undefined || !ends(last.items) || (last.function !== '' && !changes(waiting))) parts.push({ function: '', items: waiting });
    else last.items.push(...waiting);
  }
  const beside = (at: number): readonly ItemOrGap[] => { const one = parts[at]; return one === undefined || changes(one.items) ? [] : one.items; };
  return parts.flatMap((one, at): Part[] => {
    if (!changes(one.items)) return [];
    const wider = one.function === '' ? [...beside(at - 1), ...one.items, ...beside(at + 1)] : one.items;
    return [{ function: one.function, items: trimmed(one.items), wider: trimmed(wider) }];
  });
}

function changes(items: readonly ItemOrGap[]): boolean { return items.some((one) => one.role === 'add' || one.role === 'remove'); }

/** What stands before a function's head: not the end of the one before it. */
function ownOf(items: readonly ItemOrGap[]): readonly ItemOrGap[] {
  return items.slice(items.findLastIndex((one) => one.role === 'context' && one.text === '}') + 1);
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
