// SPDX-License-Identifier: GPL-2.0-only
// A patch mail as a patch of the port: its hunks translated, placed, and every changed line accounted for.
// Whether it applies is apply.ts's to say; what was not understood stands in the account, never in the code.

import { declarationsOf, type Declarations } from '../../tree/declarations.ts';
import type { PortTree } from '../../tree/load.ts';
import { indexFile } from '../../tree/statements.ts';
import { tokens, type Token } from '../../tree/tokens.ts';
import { applyPatch } from '../apply.ts';
import type { Hunk, Lines } from '../hunk.ts';
import { matchHunk, type Group } from '../match.ts';
import type { FunctionHunk, PatchMeta, PortPatch } from '../patch.ts';
import { patchId } from '../patch.ts';
import { withKinds } from './place/kinds.ts';
import { commentLines, type LineAccount } from './account.ts';
import { guarded } from './guard.ts';
import type { CReader } from './c/read.ts';
import { hunksOf, pathOf, type Diff, type DiffFile, type Hunk as CHunk } from './diff/types.ts';
import type { FragmentTranslation } from './translate/fragment.ts';
import { translateFragments } from './translate/fragment.ts';
import { fit, hunkOf, type Fit } from './place/fit.ts';
import { functionsOf, shownBefore } from './place/functions.ts';
import { withTypes } from './place/constants.ts';
import { withHeads } from './place/heads.ts';
import { withHome } from './place/home.ts';
import { itemsOf, type Item, type ItemOrGap } from './place/items.ts';
import { endsLabel, openerOf, withEnds, type Site } from './place/labels.ts';
import { partsOf, type Part } from './place/split.ts';
import { stubsOf, withoutTorn, withStubs } from './place/stubs.ts';
import { withUnread } from './place/unread.ts';

/** A line of the port that the patch brings, and the line of the C file after the patch that it is from. */
export interface CPlace { readonly file: string; readonly function: string; readonly text: string; readonly c: number }

export interface Imported {
  readonly module: PortPatch;
  readonly accounts: readonly LineAccount[];
  /** Context that reads otherwise in the port, and hunks without a place: in words. */
  readonly remarks: readonly string[];
  /** A change that touches nothing of the port by which it could be placed. */
  readonly unplaced: readonly { readonly file: string; readonly line: number; readonly function: string; readonly text: string }[];
  readonly places: readonly CPlace[];
  /** What it says that code from a mail may not: such a patch does not run. */
  readonly refused: readonly string[];
  /** The C hunks of ported files, each with what was made of it. */
  readonly shown: readonly { readonly file: string; readonly hunk: CHunk; readonly items: readonly ItemOrGap[] }[];
}

/** What the model itself stands on: nothing in it is watched when it runs, so no mail changes it. */
const OF_THE_MACHINE: ReadonlySet<string> = new Set(['include/linux/types.ts', 'include/linux/err.ts', 'include/linux/bug.ts', 'include/linux/mmdebug.ts']);

/** The port's file of a C file, by name. */
export function portFileOf(path: string): string { return path.replace(/\.[ch]$/, '.ts'); }

export function importDiff(diff: Diff, meta: PatchMeta, tree: PortTree, reader: CReader): Imported {
  const out: Gathered = { hunks: [], accounts: [], remarks: [], unplaced: [], places: [], shown: [] };
  // Headers first: what they come to declare has its type by the time it is used.
  const isHeader = (file: DiffFile): boolean => pathOf(file).endsWith('.h');
  const files = [...diff.files].sort((a, b) => Number(isHeader(b)) - Number(isHeader(a)));
  let after = tree;
  for (const file of files) {
    const first = out.hunks.length;
    importFile(file, { tree, before: declarationsOf(tree), port: declarationsOf(after), reader }, out);
    const applied = applyPatch(after, { kind: 'port', id: `${patchId(meta)} ${pathOf(file)}`, meta, hunks: out.hunks.slice(first), expects: [] });
    if (applied.ok) after = applied.tree;
  }
  const module: PortPatch = { kind: 'port', id: patchId(meta), meta, hunks: out.hunks, expects: [] };
  const safe = guarded(withHeads(withKinds(module, tree)), tree);
  return { module: safe.module, refused: safe.refused, accounts: out.accounts, remarks: out.remarks, unplaced: out.unplaced, places: out.places, shown: out.shown };
}

interface Gathered {
  readonly hunks: FunctionHunk[];
  readonly accounts: LineAccount[];
  readonly remarks: string[];
  readonly unplaced: { file: string; line: number; function: string; text: string }[];
  readonly places: CPlace[];
  readonly shown: { file: string; hunk: CHunk; items: readonly ItemOrGap[] }[];
}
/** before: what the port declares; port: with what the patch's headers bring. */
interface Port { readonly tree: PortTree; readonly before: Declarations; readonly port: Declarations; readonly reader: CReader }

function importFile(file: DiffFile, { tree, before: declared, port, reader }: Port, out: Gathered): void {
  const path = pathOf(file);
  const module = portFileOf(path);
  const text = tree.files.get(module);
  const posted = hunksOf(file);
  if (text === undefined || !/\.[ch]$/.test(path) || OF_THE_MACHINE.has(module) || module.startsWith('arch/model/')) {
    for (const hunk of posted) account(path, hunk, out, () => ({ kind: 'outside', why: path }));
    return;
  }
  const hunks = posted.map((hunk) => withHome(hunk, module, text));
  const image = (without: '+' | '-') => hunks.map((h) => ({ head: h.section, lines: withoutTornComment(h.lines.filter((l) => l.kind !== without).map((l) => l.text)) }));
  const before = translateFragments(image('+'), reader, { port, module });
  const after = translateFragments(image('-'), reader, { port, module });
  const index = indexFile(module, text);
  const has = (name: string): boolean => index.functions.some((one) => one.name === name);
  const sites = new Map<string, { readonly label: string; readonly c: Lines }[]>();
  const stubs = stubsOf(module, text);
  const placed: { readonly one: FunctionHunk; readonly site: Site }[] = [];
  for (const [n, hunk] of hunks.entries()) {
    const [old, now] = [before[n], after[n]];
    if (old === undefined || now === undefined) continue;
    const functions = functionsOf(hunk);
    const shown = shownBefore(hunk, functions);
    const unported = (at: number): boolean => { const name = functions[at] ?? ''; return name !== '' && shown.has(name) && !has(name); };
    for (const name of new Set(functions.filter((_, at) => unported(at) && hunk.lines[at]?.kind !== ' '))) {
      const home = declared.all.find((one) => one.kind === 'function' && one.name === name && one.module !== module && /^(?:mm|kernel|lib|drivers)\//.test(one.module));
      const at = functions.indexOf(name);
      if (home !== undefined) out.unplaced.push({ file: path, line: hunk.lines[at]?.line ?? hunk.line, function: name, text: `${name}() is in ${home.module.replace(/\.ts$/, '.c')}` });
    }
    const made = itemsOf(hunk, withTypes(old, declared, module), withTypes(now, declared, module));
    const unread = withUnread(made.items, hunk, now).map((one): ItemOrGap => (one.role !== 'gap' && unported(one.from) ? { role: 'gap' } : one));
    const { items: kept, behind } = withStubs(unread, stubs);
    const outside = (at: number): string | null => (unported(at) ? `${path}: ${functions[at]}()` : behind.has(at) ? `${path}: ${functions[at]}(), ${behind.get(at) ?? ''}` : null);
    fates(path, hunk, [[old, '+'], [now, '-']], kept, outside, out);
    out.shown.push({ file: path, hunk, items: kept });
    const labels = made.labels.filter((one) => !unported(one.at));
    const c: Lines = { from: hunk.oldStart, to: hunk.oldStart + Math.max(hunk.oldCount - 1, 0) };
    for (const part of partsOf({ items: withEnds(kept, labels), labels }, has)) {
      const placing = placeOf(part, (fn) => scopesOf(module, text, fn), c);
      const { scopes, fitted } = placing;
      const strict = fitted?.hunk ?? hunkOf(part.items, c);
      const first = part.items.find((one): one is Item => one.role === 'add' || one.role === 'remove');
      const line = hunk.lines[first?.from ?? 0]?.line ?? hunk.line;
      if (strict === null) {
        out.unplaced.push({ file: path, line, function: part.function, text: first?.text.trim() ?? '' });
        continue;
      }
      for (const one of fitted?.missed ?? []) out.remarks.push(`${path}, line ${hunk.lines[one.from]?.line ?? line} of the mail: a context line reads otherwise in the port, and was left out: \`${hunk.lines[one.from]?.text.trim() ?? ''}\``);
      const one: FunctionHunk = { file: module, function: placing.function, hunk: strict };
      const match = scopes.map((scope) => matchHunk(strict, scope)).find((m) => m.kind === 'found');
      const groups = match?.kind === 'found' ? match.groups : [];
      // C may have a function in two arms; of options that are always on or off the port has one.
      if (groups.length > 0 && placed.some((other) => isAgain(groups, other.site.groups))) {
        out.remarks.push(`${path}, line ${line} of the mail: the same change once more, to an arm of ${part.function}() that the port does not have`);
        continue;
      }
      placed.push({ one, site: { hunk: strict, groups } });
      for (const { label } of labels) if (part.items.some((item) => item.role === 'add' && endsLabel(item.text) === label)) sites.set(part.function, [...sites.get(part.function) ?? [], { label, c }]);
      placesInto(out.places, module, hunk, part.items);
    }
  }
  for (const [fn, labels] of sites) {
    const mine = placed.filter(({ one }) => one.function === fn).map(({ site }) => site);
    for (const { label, c } of labels) {
      const opener = openerOf(module, text, fn, label, mine, c);
      if (opener === null) out.unplaced.push({ file: path, line: c.from, function: fn, text: `${label}:` });
      else out.hunks.push({ file: module, function: fn, hunk: opener });
    }
  }
  for (const { one } of placed) out.hunks.push({ ...one, hunk: plain(one.hunk) });
}

type Scopes = readonly (readonly Token[])[];
interface Placing { readonly function: string; readonly scopes: Scopes; readonly fitted: Fit | null }

/** In its function; what is at the top level, also by what stands around it; a function taken away, with its arms. */
function placeOf({ function: fn, items, wider }: Part, scopesIn: (fn: string) => Scopes, c: Lines): Placing {
  const scopes = scopesIn(fn);
  const torn = withoutTorn(items, scopes);
  const fitted = fit(items, scopes, c) ?? (wider.length > items.length ? fit(wider, scopes, c) : null) ?? (torn.length < items.length ? fit(torn, scopes, c) : null);
  if (fitted !== null || !items.some((one) => one.role === 'remove' && new RegExp(`^(?:export )?function ${fn}\\b`).test(one.text))) return { function: fn, scopes, fitted };
  const whole = scopesIn('');
  return { function: '', scopes: whole, fitted: fit(items, whole, c) };
}

/** The middle of a comment, where the hunk does not show how it begins. */
function withoutTornComment(lines: readonly string[]): readonly string[] {
  const end = lines.findIndex((line) => !/^\s*\*(?:[\s/]|$)/.test(line));
  const torn = end === -1 ? lines.length : end;
  return lines.map((line, n) => (n < torn ? line.replace(/^.*?(?:\*\/|$)/, '') : line));
}

/** Without the marks by which the ends of labels were found again. */
function plain(hunk: Hunk): Hunk {
  const items = hunk.items.map((one) => (one.role === 'add' && endsLabel(one.text) !== null ? { ...one, text: one.text.replace(/ \/\/ \w+$/, '') } : one));
  return { ...hunk, items };
}

/** Whether all that a hunk changes is changed by another, in the same place. */
function isAgain(groups: readonly Group[], others: readonly Group[]): boolean {
  const key = (one: Group): string => [one.prev?.token.pos, one.next?.token.pos, ...one.removed.map((r) => r.token.pos), ...one.adds.map((line) => line.text.trim())].join();
  const known = new Set(others.map(key));
  return groups.every((one) => known.has(key(one)));
}

function scopesOf(file: string, text: string, fn: string) {
  const row = tokens(text);
  if (fn === '') return [row];
  return indexFile(file, text).functions.filter((one) => one.name === fn).map((one) => row.filter((token) => one.fullPos <= token.pos && token.end <= one.end));
}

function placesInto(out: CPlace[], file: string, hunk: CHunk, items: readonly ItemOrGap[]): void {
  for (const one of items) {
    const line = one.role === 'gap' ? undefined : hunk.lines[one.from];
    if (one.role === 'add' && line !== undefined && line.kind !== '-') out.push({ file, function: one.function ?? '', text: one.text.trim(), c: line.newLine });
  }
}

function account(file: string, hunk: CHunk, out: Gathered, fate: (at: number) => LineAccount['fate']): void {
  const comments = commentLines(hunk.lines);
  for (const [at, line] of hunk.lines.entries()) {
    if (line.kind !== ' ') out.accounts.push({ file, line: line.line, sign: line.kind, fate: comments.has(at) ? { kind: 'silent' } : fate(at) });
  }
}

/** What joins statements and says nothing alone: it went with them, or they are told. */
const JOINT = /^[\s{}]*(?:else|do)?[\s{}]*$/;

/** Each changed line's fate: of the image it is in. */
function fates(file: string, hunk: CHunk, images: readonly (readonly [FragmentTranslation, '+' | '-'])[], items: readonly ItemOrGap[], outside: (at: number) => string | null, out: Gathered): void {
  const open = new Map<number, string>();
  const made = new Set<number>();
  for (const [translation, without] of images) {
    const at = hunk.lines.flatMap((line, n) => (line.kind === without ? [] : [n]));
    for (const line of translation.cut) open.set(at[line - 1] ?? -1, 'a statement that the hunk does not show whole');
    for (const one of translation.open) open.set(at[one.line - 1] ?? -1, `${one.construct}: ${one.what}`);
    for (const { from, to } of translation.lines) for (let n = from; n <= to; n += 1) made.add(at[n - 1] ?? -1);
    for (const { line } of translation.left) made.add(at[line - 1] ?? -1);
    for (const { line } of translation.labels) made.add(at[line - 1] ?? -1);
  }
  for (const one of items) if (one.role !== 'gap') for (let n = one.from; n <= one.to; n += 1) made.add(n);
  account(file, hunk, out, (at) => {
    const why = outside(at);
    if (why !== null) return { kind: 'outside', why };
    const what = open.get(at);
    if (what !== undefined) return { kind: 'open', what };
    if (made.has(at) || JOINT.test(hunk.lines[at]?.text ?? '')) return { kind: 'translated' };
    return { kind: 'open', what: 'nothing was made of it' };
  });
}
