// SPDX-License-Identifier: GPL-2.0-only
// One hunk of C as a hunk of the port: the lines of both images, as they were translated, set against
// each other. What reads the same before and after is context; what was not translated is a gap.

import { diffArrays } from 'diff';
import type { Hunk as CHunk } from '../diff/types.ts';
import type { FragmentTranslation } from '../translate/fragment.ts';

/** A line of the port's hunk, with the lines of the C hunk (indices, both ends included) it is from. */
export interface Item {
  readonly role: 'context' | 'add' | 'remove';
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** The function it stands in; '' at the top level, null where the hunk does not say. */
  readonly function: string | null;
}
export type ItemOrGap = Item | { readonly role: 'gap' };

/** A label of C that the patch brings, and where it stands. */
export interface NewLabel { readonly label: string; readonly at: number; readonly function: string | null }

export interface HunkItems { readonly items: readonly ItemOrGap[]; readonly labels: readonly NewLabel[] }

interface Side { readonly lines: readonly Item[]; readonly at: readonly number[] }

export function itemsOf(hunk: CHunk, before: FragmentTranslation, after: FragmentTranslation): HunkItems {
  const old = sideOf(hunk, before, '+', 'remove');
  const now = sideOf(hunk, after, '-', 'add');
  const merged = lastParameter(inOrder(old.lines, now.lines));
  const silent = silentLines(hunk, before, after, old, now);
  const known = new Set(before.labels.map((one) => one.label));
  // Where the hunk shows its gotos too, its block was made with them.
  const made = new Set(after.lines.map((one) => /^\s*(\w+): \{$/.exec(one.text)?.[1]));
  const labels = after.labels.filter((one) => !known.has(one.label) && !made.has(one.label)).map(({ label, line }): NewLabel => {
    const at = now.at[line - 1] ?? 0;
    return { label, at, function: now.lines.find((one) => one.from >= at)?.function ?? now.lines.at(-1)?.function ?? null };
  });
  return { items: withGaps(withBlanks(merged, hunk), silent), labels };
}

/** The lines of one image, by the hunk's own lines. without: what is not part of it. */
function sideOf(hunk: CHunk, made: FragmentTranslation, without: '+' | '-', role: 'add' | 'remove'): Side {
  const at = hunk.lines.flatMap((line, n) => (line.kind === without ? [] : [n]));
  let fn: string | null = null;
  let inside = false;
  const lines = made.lines.flatMap(headByParameters).map(({ text, from, to }): Item => {
    const head = /^(?:export )?function (\w+)\($|^(?:export )?function (\w+)\(\)/.exec(text);
    if (head !== null) [fn, inside] = [head[1] ?? head[2] ?? '', true];
    // What is indented before any head belongs to the function that the hunk names.
    else if (!inside && /^\s/.test(text)) fn ??= named(hunk.section);
    else if (!inside && !/^\s/.test(text) && text !== '}') fn = '';
    const item: Item = { role, text: plainly(text), from: at[from - 1] ?? 0, to: at[to - 1] ?? hunk.lines.length - 1, function: fn };
    if (text === '}' || text === '};') [fn, inside] = ['', false];
    return item;
  });
  return { lines, at };
}

/** A function's head with a line for each parameter: one more is then one line more. */
function headByParameters<L extends { readonly text: string }>(line: L): readonly L[] {
  const head = /^((?:export )?function \w+\()([^]+)(\): [^]* \{)$/.exec(line.text);
  if (head === null) return [line];
  const [, opens = '', inner = '', closes = ''] = head;
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= inner.length; at += 1) {
    const c = inner.charAt(at);
    if (/[<([{]/.test(c)) depth += 1;
    else if (/[>)\]}]/.test(c) && inner.charAt(at - 1) !== '=') depth -= 1;
    else if (at === inner.length || (c === ',' && depth === 0)) {
      parts.push(`  ${inner.slice(from, at).trim()},`);
      from = at + 1;
    }
  }
  return [opens, ...parts, closes].map((text) => ({ ...line, text }));
}

/** `(a[i]).f` as the port writes it: `a[i].f`. */
function plainly(text: string): string { return text.replace(/(?<![\w\])])\((\w[\w.]*\[[^[\]()]*\])\)(?=[.[;,)]|$)/g, '$1'); }

/** A parameter that comes last: the comma is on the one before, so that one is written anew. */
function lastParameter(items: readonly Item[]): readonly Item[] {
  return items.flatMap((one, n): readonly Item[] => {
    const next = items.slice(n + 1).findIndex((other) => other.role !== 'add');
    const closes = next > 0 && /^\): /.test(items[n + 1 + next]?.text ?? '');
    return one.role === 'context' && closes && /^ {2}\w+: .*,$/.test(one.text) ? [{ ...one, role: 'remove' }, { ...one, role: 'add' }] : [one];
  });
}

/** The function that is named behind the second @@. */
function named(section: string): string | null { return /(\w+)\s*\(/.exec(section)?.[1] ?? null; }

/** Both images as one: what the hunk shows as context is that, and so are equal lines between; what goes stands before what comes. */
function inOrder(old: readonly Item[], now: readonly Item[]): readonly Item[] {
  const out: Item[] = [];
  let a = 0;
  let b = 0;
  const ends: readonly (readonly [number, number])[] = [...fixedPoints(old, now), [old.length, now.length]];
  for (const [nextOld, nextNow] of ends) {
    out.push(...between(old.slice(a, nextOld), now.slice(b, nextNow)));
    const [was, is] = [old[nextOld], now[nextNow]];
    if (was !== undefined && is !== undefined) out.push({ ...is, role: 'context', function: was.function });
    [a, b] = [nextOld + 1, nextNow + 1];
  }
  return out;
}

/** Rows of both images that are from the same lines of C and say the same, in the order of both. */
function fixedPoints(old: readonly Item[], now: readonly Item[]): readonly (readonly [number, number])[] {
  const key = (one: Item): string => `${one.from} ${one.to} ${one.text.trim()}`;
  const there = new Map<string, number[]>();
  for (const [at, one] of now.entries()) there.set(key(one), [...there.get(key(one)) ?? [], at]);
  const out: [number, number][] = [];
  for (const [at, one] of old.entries()) {
    const found = there.get(key(one))?.find((n) => n > (out.at(-1)?.[1] ?? -1));
    if (found !== undefined) out.push([at, found]);
  }
  return out;
}

function between(old: readonly Item[], now: readonly Item[]): readonly Item[] {
  const text = (one: Item): string => one.text.trim();
  const out: Item[] = [];
  let a = 0;
  let b = 0;
  for (const part of diffArrays(old.map(text), now.map(text))) {
    for (let n = 0; n < part.value.length; n += 1) {
      const was = part.added ? undefined : old[a];
      const is = part.removed ? undefined : now[b];
      if (!part.added) a += 1;
      if (!part.removed) b += 1;
      if (was !== undefined && is !== undefined) out.push({ ...is, role: 'context', function: was.function });
      else out.push(...(was ?? is) === undefined ? [] : [was ?? is].flatMap((one) => one ?? []));
    }
  }
  return out;
}

/** Lines of the hunk that say something and of which nothing was made, neither on purpose nor otherwise. */
function silentLines(hunk: CHunk, before: FragmentTranslation, after: FragmentTranslation, old: Side, now: Side): ReadonlySet<number> {
  const out = new Set<number>();
  for (const [made, side] of [[before, old], [after, now]] as const) {
    for (const line of [...made.cut, ...made.open.map((one) => one.line)]) {
      const at = side.at[line - 1];
      if (at !== undefined && hunk.lines[at]?.text.trim() !== '') out.add(at);
    }
  }
  return out;
}

/** A blank line that the patch adds next to a line it adds stays. */
function withBlanks(items: readonly Item[], hunk: CHunk): readonly Item[] {
  return items.flatMap((one, n) => {
    const last = items[n - 1];
    if (last === undefined || (one.role !== 'add' && last.role !== 'add')) return [one];
    const blank = hunk.lines.findIndex((line, at) => at > last.to && at < one.from && line.kind === '+' && line.text.trim() === '');
    return blank === -1 ? [one] : [{ ...one, role: 'add', text: '', from: blank, to: blank }, one];
  });
}

function withGaps(items: readonly Item[], silent: ReadonlySet<number>): readonly ItemOrGap[] {
  const out: ItemOrGap[] = [];
  let last = -1;
  for (const one of items) {
    let gap = false;
    for (let at = last + 1; at < one.from; at += 1) gap ||= silent.has(at);
    if (gap && out.length > 0) out.push({ role: 'gap' });
    out.push(one);
    last = Math.max(last, one.to);
  }
  return out;
}
