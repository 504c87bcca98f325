// SPDX-License-Identifier: GPL-2.0-only
// The head of a file's section: git's own with its extended lines, or the plain pair of --- and
// +++. All that a head says has to agree: which file, whether it comes, goes, moves.

import { fail, ok, shown, type FileLine, type Result, type SourceLine } from '../result.ts';
import { faultOf, hasPrefix, isTreePath, namePair, wholeName, withoutPrefix, type TreePath } from './path.ts';
import type { Change, DiffFile, FileMode, ModeChange } from './types.ts';

/** The lines of one mail, and the file they came from. */
export interface Source { readonly file: string; readonly lines: readonly SourceLine[] }

type WithoutContent<T> = T extends unknown ? Omit<T, 'content'> : never;
export type Head = WithoutContent<DiffFile>;

export type Start = 'git' | 'plain' | 'combined';

export interface HeadRead {
  readonly head: Head;
  /** The index of the first line that is not the head's. */
  readonly next: number;
  /** Whether --- and +++ were there: hunks may follow. */
  readonly hunks: boolean;
}

const HUNK = /^@@ -\d/;
const NULL = '/dev/null';

/** Whether a section begins at this line. */
export function startsSection(lines: readonly SourceLine[], at: number): Start | null {
  const text = lines[at]?.text ?? '';
  if (text.startsWith('diff --git ')) return 'git';
  if (/^diff --(?:cc|combined) /.test(text)) return 'combined';
  return isPair(lines, at) && HUNK.test(lines[at + 2]?.text ?? '') ? 'plain' : null;
}

/** --- and +++, each with a name. */
export function isPair(lines: readonly SourceLine[], at: number): boolean {
  return /^--- \S/.test(lines[at]?.text ?? '') && /^\+\+\+ \S/.test(lines[at + 1]?.text ?? '');
}

/** What the extended lines of a git head said; each at most once. */
type Field = 'old mode' | 'new mode' | 'deleted file mode' | 'new file mode' | 'copy from' | 'copy to' | 'rename from' | 'rename to'
  | 'similarity index' | 'dissimilarity index' | 'index';
type Fields = ReadonlyMap<Field, string>;

const FIELDS: readonly (readonly [Field, RegExp])[] = [
  ['old mode', /^old mode ([0-7]{6})$/],
  ['new mode', /^new mode ([0-7]{6})$/],
  ['deleted file mode', /^deleted file mode ([0-7]{6})$/],
  ['new file mode', /^new file mode ([0-7]{6})$/],
  ['copy from', /^copy from (.+)$/],
  ['copy to', /^copy to (.+)$/],
  ['rename from', /^rename from (.+)$/],
  ['rename to', /^rename to (.+)$/],
  ['similarity index', /^similarity index (\d{1,3})%$/],
  ['dissimilarity index', /^dissimilarity index (\d{1,3})%$/],
  ['index', /^index ([0-9a-f]{4,64}\.\.[0-9a-f]{4,64}(?: [0-7]{6})?)$/],
];

export function readHead(source: Source, at: number): Result<HeadRead> {
  const first = source.lines[at];
  if (first === undefined) return fail(source.file, 1, 'no file section');
  return first.text.startsWith('diff --git ') ? readGitHead(source, at, first) : readPlainHead(source, at, first);
}

function readGitHead(source: Source, at: number, first: SourceLine): Result<HeadRead> {
  const { file, lines } = source;
  const fields = new Map<Field, string>();
  let next = at + 1;
  for (; next < lines.length; next += 1) {
    const line = lines[next];
    const text = (line?.text ?? '').trimEnd();
    const found = FIELDS.map(([name, form]) => ({ name, value: form.exec(text)?.[1] })).find((one) => one.value !== undefined);
    if (line === undefined || found?.value === undefined) break;
    if (fields.has(found.name)) return fail(file, line.line, `'${found.name}' stands twice in the head of one file`);
    fields.set(found.name, found.value);
  }
  const text = first.text.slice('diff --git '.length).trimEnd();
  const prefixed = hasPrefix(text.replace(/^"/, ''));
  const hunks = isPair(lines, next);
  if (!hunks && /^(?:--- \S|\+\+\+ \S)/.test(lines[next]?.text ?? '')) {
    return fail(file, lines[next]?.line ?? first.line, 'the head of a file has only one of the lines --- and +++');
  }
  const names = namesOf(fields, prefixed, text, hunks ? [lines[next]?.text ?? '', lines[next + 1]?.text ?? ''] : null);
  if (!names.ok) return fail(file, first.line, names.reason);
  const head = headOf(first.line, fields, names.old, names.now);
  return head.ok ? ok({ head: head.head, next: hunks ? next + 2 : next, hunks }) : fail(file, first.line, head.reason);
}

type Names = { readonly ok: true; readonly old: string; readonly now: string } | { readonly ok: false; readonly reason: string };

/** The names of the git line, which all other lines that name the file have to repeat. */
function namesOf(fields: Fields, prefixed: boolean, text: string, pair: readonly [string, string] | null): Names {
  const bare = (name: string): string => (prefixed ? withoutPrefix(name) : name);
  const moved = (from: Field, to: Field): readonly [string, string] | null => {
    const [a, b] = [fields.get(from), fields.get(to)].map((one) => (one === undefined ? null : wholeName(one)));
    return a === undefined || a === null || b === undefined || b === null ? null : [a, b];
  };
  const said = moved('rename from', 'rename to') ?? moved('copy from', 'copy to');
  const [minus, plus] = (pair ?? []).map((line) => nameOfLine(line));
  const first = said?.[0] ?? [minus, plus].filter((one) => one !== undefined && one !== null && one !== NULL).map((one) => bare(one ?? ''))[0];
  const split = namePair(text, first === undefined ? null : first.length + (prefixed ? 2 : 0));
  if (split === null) return { ok: false, reason: `the two names of 'diff --git' cannot be told apart in ${shown(text)}` };
  if (prefixed && !split.every(hasPrefix)) return { ok: false, reason: `only one of the two names has a letter in front: ${shown(text)}` };
  const [old, now] = [bare(split[0]), bare(split[1])];
  const other = (line: string | null | undefined, name: string, gone: Field): boolean =>
    line !== undefined && (fields.has(gone) ? line !== NULL : line === null || line === NULL || bare(line) !== name);
  if (other(minus, old, 'new file mode') || other(plus, now, 'deleted file mode')) {
    return { ok: false, reason: `--- and +++ do not name the files of 'diff --git' ${shown(text)}` };
  }
  if (said === null ? old !== now : said[0] !== old || said[1] !== now) {
    return { ok: false, reason: `'diff --git' names two files and no matching rename or copy says so: ${shown(text)}` };
  }
  return { ok: true, old, now };
}

const STAMP = / +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d\d:?\d\d)?\s*$/;
/** A time stamp of nothing: diff -N of a file that is not there. */
const NEVER = /\s(?:1970-01-01|1969-12-31) \d\d:/;

/** The name of a --- or +++ line: without the time stamp that other tools put behind a tab, which
 *  mailers turn into blanks. */
function nameOfLine(line: string): string | null {
  // Longer than any name with its stamp is no name: the path check says so.
  const text = line.slice(4, 4 + 5000);
  return wholeName(text.startsWith('"') ? text : (text.split('\t', 1)[0] ?? '').replace(STAMP, '').trimEnd());
}

type HeadOf = { readonly ok: true; readonly head: Head } | { readonly ok: false; readonly reason: string };

function headOf(line: FileLine, fields: Fields, old: string, now: string): HeadOf {
  const no = (reason: string): HeadOf => ({ ok: false, reason });
  const exclusive = (['new file mode', 'deleted file mode', 'rename from', 'copy from'] as const).filter((one) => fields.has(one));
  if (exclusive.length > 1) return no(`a file cannot have both '${exclusive.join("' and '")}'`);
  for (const [a, b] of [['rename from', 'rename to'], ['copy from', 'copy to'], ['old mode', 'new mode']] as const) {
    if (fields.has(a) !== fields.has(b)) return no(`'${fields.has(a) ? a : b}' without '${fields.has(a) ? b : a}'`);
  }
  if ((fields.has('new file mode') || fields.has('deleted file mode')) && fields.has('old mode')) return no('a file that comes or goes changes no mode');
  if (!isTreePath(old)) return no(refused(old));
  if (!isTreePath(now)) return no(refused(now));
  return { ok: true, head: described(line, fields, old, now) };
}

function described(line: FileLine, fields: Fields, old: TreePath, now: TreePath): Head {
  const mode = (name: Field): FileMode | null => fields.get(name) ?? null;
  const [from, to] = [mode('old mode'), mode('new mode')];
  const modes: ModeChange | null = from === null || to === null ? null : { from, to };
  const similar = fields.get('similarity index');
  const similarity = similar === undefined ? null : Number(similar);
  if (fields.has('new file mode')) return { line, modes, change: { kind: 'create', mode: mode('new file mode') }, oldPath: null, newPath: now };
  if (fields.has('deleted file mode')) return { line, modes, change: { kind: 'delete', mode: mode('deleted file mode') }, oldPath: old, newPath: null };
  const change: Exclude<Change, { kind: 'create' | 'delete' }> = fields.has('rename from') ? { kind: 'rename', similarity }
    : fields.has('copy from') ? { kind: 'copy', similarity } : { kind: 'modify' };
  return { line, modes, change, oldPath: old, newPath: now };
}

/** --- and +++ without a git line: diff -u, quilt. What stands before the first / is the tree's name. */
function readPlainHead(source: Source, at: number, first: SourceLine): Result<HeadRead> {
  const no = (reason: string): Result<HeadRead> => fail(source.file, first.line, reason);
  const [minus = '', plus = ''] = [first.text, source.lines[at + 1]?.text ?? ''];
  const [old, now] = [nameOfLine(minus), nameOfLine(plus)];
  if (old === null || now === null) return no('a quoted name is broken');
  const comes = old === NULL || NEVER.test(minus);
  const goes = now === NULL || NEVER.test(plus);
  if (comes && goes) return no('a file that neither was nor will be');
  const given = [old, now].filter((one) => one !== NULL).map((one, i, all) => (i === 0 && all.length === 2 ? withoutBackup(one, all[1] ?? '') : one));
  // One name before the first / in both is a folder, if it is none of git's letters.
  const strip = given.length === 1 || top(given[0]) !== top(given[1]) || given.every(hasPrefix);
  const [a = '', b = a] = given.map((one) => (strip && one.includes('/') ? withoutPrefix(one) : one));
  if (!isTreePath(a)) return no(refused(a));
  if (!isTreePath(b)) return no(refused(b));
  if (a !== b && !comes && !goes) return no(`--- and +++ name two files: ${shown(a)} and ${shown(b)}`);
  const base = { line: first.line, modes: null };
  const head: Head = comes ? { ...base, change: { kind: 'create', mode: null }, oldPath: null, newPath: b }
    : goes ? { ...base, change: { kind: 'delete', mode: null }, oldPath: a, newPath: null }
      : { ...base, change: { kind: 'modify' }, oldPath: a, newPath: b };
  return ok({ head, next: at + 2, hunks: true });
}

function top(name: string | undefined): string { return name?.split('/')[0] ?? ''; }

/** `x.c.orig` against `x.c`: what was kept beside the file while it was edited. */
function withoutBackup(old: string, now: string): string {
  const bare = old.replace(/(?:\.orig|\.old|\.bak|~)$/, '');
  return bare === now || withoutPrefix(bare) === withoutPrefix(now) ? bare : old;
}

function refused(path: string): string { return `the path ${shown(path)} ${faultOf(path) ?? 'is refused'}`; }
