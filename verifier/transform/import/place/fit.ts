// SPDX-License-Identifier: GPL-2.0-only
// Finds where a part of a hunk stands. All of it side by side first. Where the port has its own lines
// in between, or says a context line otherwise, that line is left out and told; but what is removed is
// always there to the token, each change touches something that is, more of the context is there
// than is not, and there is one place. Everything else is a conflict.

import { tokens, type Token } from '../../../tree/tokens.ts';
import { HunkError, makeHunk, type Hunk, type Lines } from '../../hunk.ts';
import { matchHunk } from '../../match.ts';
import type { Item, ItemOrGap } from './items.ts';

export interface Fit {
  readonly hunk: Hunk;
  /** Context lines that are not in the port as they were translated. */
  readonly missed: readonly Item[];
}

/** scopes: the places it may be in, as tokens. Null where it fits none, or more than one way. */
export function fit(items: readonly ItemOrGap[], scopes: readonly (readonly Token[])[], c: Lines): Fit | null {
  const whole = attempt(items, [], scopes, c);
  if (whole !== null) return whole;
  const missed = items.filter((one): one is Item => one.role === 'context' && !scopes.some((scope) => stands(one, scope)));
  const context = items.filter((one) => one.role === 'context' && tokens(one.text).length > 0).length;
  if (missed.length * 2 > context) return null;
  const there = items.map((one): ItemOrGap => (missed.some((m) => m === one) ? { role: 'gap' } : one));
  for (const loosened of [there, loose(there, 'context'), loose(there, 'before'), loose(there, 'behind')]) {
    const found = attempt(loosened, missed, scopes, c);
    if (found !== null) return found;
  }
  return null;
}

function attempt(items: readonly ItemOrGap[], missed: readonly Item[], scopes: readonly (readonly Token[])[], c: Lines): Fit | null {
  const hunk = hunkOf(items, c);
  if (hunk === null) return null;
  const found = scopes.map((scope) => matchHunk(hunk, scope));
  return found.filter((one) => one.kind === 'found').length === 1 && !found.some((one) => one.kind === 'several') ? { hunk, missed } : null;
}

export function hunkOf(items: readonly ItemOrGap[], c: Lines): Hunk | null {
  try {
    return makeHunk(tidy(items).map((one) => (one.role === 'gap' ? one : { role: one.role, text: one.text })), c);
  } catch (e) {
    if (e instanceof HunkError) return null;
    throw e;
  }
}

/** No gap at the ends, none twice. */
function tidy(items: readonly ItemOrGap[]): readonly ItemOrGap[] {
  const once = items.filter((one, n) => one.role !== 'gap' || (n > 0 && items[n - 1]?.role !== 'gap'));
  return once.at(-1)?.role === 'gap' ? once.slice(0, -1) : once;
}

/** Gaps between lines of context, and on one side of each change: the other side still has to touch it. */
function loose(items: readonly ItemOrGap[], where: 'context' | 'before' | 'behind'): readonly ItemOrGap[] {
  return items.flatMap((one, n): readonly ItemOrGap[] => {
    const last = items[n - 1];
    if (last === undefined || one.role === 'gap' || last.role === 'gap') return [one];
    const from = last.role === 'context';
    const to = one.role === 'context';
    const gap = (from && to) || (where === 'before' && from && !to) || (where === 'behind' && !from && to);
    return gap ? [{ role: 'gap' }, one] : [one];
  });
}

export function stands(one: Item, scope: readonly Token[]): boolean {
  const row = tokens(one.text);
  if (row.length === 0) return true;
  for (let at = 0; at + row.length <= scope.length; at += 1) if (row.every((token, n) => scope[at + n]?.text === token.text)) return true;
  return false;
}
