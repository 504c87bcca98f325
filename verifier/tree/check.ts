// SPDX-License-Identifier: GPL-2.0-only
// The type layer: each configuration of the tree before and after through the TypeScript checker.
// Only what a C compiler (or sparse) would object to counts: a wrong kind, a wrong number of
// arguments, a missing name, a configuration that no longer builds. TypeScript's own strictness
// (definite assignment, unused, implicit any) and boolean against number are no findings.

import { CONFIGS, type Config } from './arms.ts';
import { resolveFrom } from './imports.ts';
import { Kept } from './kept.ts';
import { changedFiles, treeHash, type PortTree } from './load.ts';
import { parse } from './parse.ts';
import { portProgram, type PortProgram } from './program.ts';
import { indexFile, type Statement } from './statements.ts';
import { ts } from './ts.ts';
import { inWords } from './words.ts';

export interface TypeIssue {
  readonly rule: 'type-mismatch' | 'config-break';
  /** TypeScript's number, without TS. */
  readonly code: number;
  readonly file: string;
  readonly line: number;
  readonly function: string;
  /** The normalised statement it stands in. */
  readonly statement: string;
  readonly text: string;
  /** The configuration it was seen in; `default` before any other. */
  readonly config: string;
}

export interface TypeCheck {
  readonly before: readonly TypeIssue[];
  readonly after: readonly TypeIssue[];
  /** Matched by rule, function, statement and text, not by line. */
  readonly added: readonly TypeIssue[];
  readonly removed: readonly TypeIssue[];
  /** The files that were looked at. */
  readonly files: readonly string[];
}

export interface CheckOptions {
  readonly configs?: Readonly<Record<string, Config>>;
  /** Version switches of the side, over the configurations' own. */
  readonly switches?: Config;
  /** Switches that were checked before: only files with an arm on what differs are looked at again. */
  readonly besides?: Config;
}

/** Checks the files that differ, and those that import them, on both sides. */
export function checkTypes(before: PortTree, after: PortTree, options: CheckOptions = {}): TypeCheck {
  const changed = changedFiles(before, after);
  // Who imports a file sees its exports alone: where those are as they were, nothing new can be said there.
  const seen = changed.filter((file) => surface(before, file) !== surface(after, file));
  const files = [...new Set([...changed, ...importers(before, seen), ...importers(after, seen)])].sort()
    .filter((file) => differs(before, after, file, options));
  const old = checkTree(before, files, options);
  const now = checkTree(after, files, options);
  return { before: old, after: now, added: without(now, old), removed: without(old, now), files };
}

/** What a file exports: heads of functions, all else whole. */
function surface(tree: PortTree, path: string): string {
  const text = tree.files.get(path) ?? '';
  const source = parse(path, text);
  return source.statements.filter((one) => ts.isExportDeclaration(one)
    || (ts.canHaveModifiers(one) && ts.getModifiers(one)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword) === true))
    .map((one) => text.slice(one.getStart(source), ts.isFunctionDeclaration(one) ? one.body?.getStart(source) : one.getEnd())).join('\n');
}

/** Whether a file can say anything that was not said with the switches checked before. */
function differs(before: PortTree, after: PortTree, file: string, { switches = {}, besides }: CheckOptions): boolean {
  if (besides === undefined) return true;
  const names = Object.keys(switches).filter((name) => switches[name] !== besides[name]);
  return [before, after].some((tree) => names.some((name) => new RegExp(`^\\s*//#if !?${name}\\b`, 'm').test(tree.files.get(file) ?? '')));
}

/** All findings of one tree, in the files given (or all). */
export function checkTree(tree: PortTree, files: readonly string[] = [...tree.files.keys()], options: CheckOptions = {}): readonly TypeIssue[] {
  const configs = Object.entries(options.configs ?? CONFIGS);
  const plain = configs.find(([name]) => name === 'default') ?? configs[0];
  if (plain === undefined) return [];
  const seen = new Set<string>();
  const out: TypeIssue[] = [];
  for (const [name, config] of [plain, ...configs.filter((one) => one !== plain)]) {
    for (const issue of issuesIn(tree, files, name, { ...config, ...options.switches })) {
      const id = key(issue);
      if (seen.has(id)) continue;
      seen.add(id);
      out.push({ ...issue, rule: name === plain[0] ? 'type-mismatch' : 'config-break' });
    }
  }
  return out;
}

function key(issue: TypeIssue): string {
  return [issue.file, issue.function, issue.code, issue.statement, issue.text].join('\0');
}

function without(all: readonly TypeIssue[], others: readonly TypeIssue[]): readonly TypeIssue[] {
  const known = new Set(others.map((one) => `${one.rule}\0${key(one)}`));
  return all.filter((one) => !known.has(`${one.rule}\0${key(one)}`));
}

const KINDS = [2322, 2345, 2362, 2363, 2365, 2416, 2739, 2740, 2741, 2353, 2559, 2769];
const ARITY = [2554, 2555, 2556];
const NAMES = [2304, 2305, 2307, 2339, 2551, 2552, 2613, 2614, 2724, 2663];
const BUILD = [2300, 2349, 2355, 2393, 2451, 2588];

function counts(diagnostic: ts.Diagnostic): boolean {
  const { code } = diagnostic;
  if (code < 2000) return true; // it does not parse
  if (![...KINDS, ...ARITY, ...NAMES, ...BUILD].includes(code)) return false;
  // C's bool is an integer, its null a pointer of any type.
  const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n').split('\n')[0] ?? '';
  return !(KINDS.includes(code) && /'(boolean|true|false)'/.test(text) && !/'(string|void)'/.test(text));
}

/** What the checker says of some files in one configuration; of a tree that the build has checked, what it said then. */
function issuesIn(tree: PortTree, files: readonly string[], name: string, config: Config): readonly TypeIssue[] {
  const named = files.map((file) => ({ file, kept: checked.nameOf([ts.version, treeHash(tree), name, JSON.stringify(config), file]) }));
  let program: PortProgram | null = null;
  return named.flatMap(({ file, kept }) => {
    const known = checked.get(kept);
    if (known !== null) return known;
    program ??= portProgram(tree, config);
    const made = issuesOf(tree, program, file, name);
    if (keeping) checked.keep(kept, made);
    return made;
  });
}

const CHECKER = ['check', 'program', 'words', 'statements', 'arms', 'parse', 'tokens'].map((part) => new URL(`./${part}.js`, import.meta.url));
const checked = new Kept<readonly TypeIssue[]>('checked/', CHECKER, isIssues);
let keeping = false;
function isIssues(v: unknown): v is readonly TypeIssue[] {
  return Array.isArray(v) && v.every((one: unknown) => typeof one === 'object' && one !== null && 'rule' in one && 'statement' in one && 'text' in one && 'config' in one);
}
/** Checks, and keeps what was said: the build does it for the trees it knows. */
export function checkAndKeep(check: () => void): void {
  keeping = true;
  try { check(); } finally { keeping = false; }
}
/** Clears what was kept of other trees. */
export function forgetOtherChecks(): void { checked.forgetOthers(); }

function issuesOf(tree: PortTree, program: PortProgram, file: string, config: string): readonly TypeIssue[] {
  return program.diagnostics(file).filter(counts).flatMap((diagnostic) => {
    const source = diagnostic.file;
    if (source === undefined || diagnostic.start === undefined) return [];
    const node = usedAt(source, diagnostic);
    if (node === undefined) return []; // an import that nothing uses: C has no such thing
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    const at = statementOn(tree, file, line);
    // What a mail uses and the port does not have (transform/import/guard.ts) is no fault of the patch.
    if (at !== undefined && /\bnotInPort\(/.test(at.text)) return [];
    return [{
      rule: 'type-mismatch' as const, code: diagnostic.code, file, line, function: at?.function ?? '', statement: at?.text ?? '',
      text: inWords(diagnostic, node), config,
    }];
  });
}

/** Where the fault shows. For a name an import does not find: its first use. */
function usedAt(source: ts.SourceFile, diagnostic: ts.Diagnostic): ts.Node | undefined {
  const start = diagnostic.start ?? 0;
  const end = start + (diagnostic.length ?? 0);
  let node: ts.Node = source;
  for (;;) {
    const inner: ts.Node | undefined = ts.forEachChild(node, (child) => (child.getStart(source) <= start && end <= child.getEnd() ? child : undefined));
    if (inner === undefined) break;
    node = inner;
  }
  const specifier = ts.isImportSpecifier(node) ? node : ts.isImportSpecifier(node.parent ?? node) ? node.parent : undefined;
  if (specifier === undefined || !ts.isImportSpecifier(specifier)) return node;
  return firstUse(source, specifier.name.text, specifier);
}

function firstUse(source: ts.SourceFile, name: string, not: ts.Node): ts.Node | undefined {
  const visit = (node: ts.Node): ts.Node | undefined => {
    if (node === not || ts.isImportDeclaration(node) && node !== not.parent.parent.parent) return undefined;
    if (ts.isIdentifier(node) && node.text === name && node.parent !== not && !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node)) return node;
    return ts.forEachChild(node, visit);
  };
  return ts.forEachChild(source, visit);
}

/** Lines are the same in every configuration; offsets are not. */
function statementOn(tree: PortTree, file: string, line: number): Statement | undefined {
  const all = indexFile(file, tree.files.get(file) ?? '').statements;
  return all.findLast((one) => one.line <= line && line <= one.endLine) ?? all.findLast((one) => one.line <= line);
}

/** The files that name one of these in an import or a re-export. */
function importers(tree: PortTree, of: readonly string[]): readonly string[] {
  const wanted = new Set(of);
  return [...tree.files].filter(([path, text]) => {
    for (const hit of text.matchAll(/\bfrom\s+'(\.[^']+)'/g)) if (wanted.has(resolveFrom(path, hit[1] ?? ''))) return true;
    return false;
  }).map(([path]) => path);
}
