// SPDX-License-Identifier: GPL-2.0-only
// The port held against the C it follows: each function that both have is translated from C and
// compared with the port's, in each configuration the port has of its own. The figure counts
// statements of C, and what only the port has.

import { resolveArms, type Config } from '../../tree/arms.ts';
import { declarationsOf, type Declarations } from '../../tree/declarations.ts';
import type { PortTree } from '../../tree/load.ts';
import { renamingsOf, shapesOf, type ShapeFunction } from '../../tree/shape.ts';
import type { CDeclaration, CFunction } from './c/ast.ts';
import { openReader, type CReader } from './c/read.ts';
import { compareStatements, type MarkedBy, type Row } from './compare.ts';
import { portSymbols } from './symbols.ts';
import { translateFunction } from './translate/function.ts';
import { LEFT_OUT } from './translate/left-out.ts';
import { portName, type Open } from './translate/scope.ts';
import { variantsOf } from './variants.ts';

export interface Counts {
  readonly same: number;
  readonly marked: number;
  /** Rows of marked statements: as many places where the port says something. */
  readonly stretches: number;
  readonly different: number;
  readonly missing: number;
  readonly added: number;
}

export interface AuditFunction {
  readonly name: string;
  /** The configuration and the switches it was read in, where these are not the default. */
  readonly config: string;
  readonly counts: Counts;
  /** The parameters of both, where their names differ; they count as no statement. */
  readonly parameters: { readonly c: readonly string[]; readonly port: readonly string[] } | null;
  readonly rows: readonly AuditRow[];
  readonly open: readonly Open[];
}
export interface AuditRow { readonly kind: Row['kind']; readonly by: MarkedBy | null; readonly c: Place | null; readonly port: Place | null }
export interface Place { readonly line: number; readonly text: string }

export interface AuditFile {
  /** C's path, and the port's. */
  readonly file: string;
  readonly module: string;
  readonly counts: Counts;
  readonly functions: readonly AuditFunction[];
  /** Functions of the port's file that C has none of here: macros, generated functions, stubs. */
  readonly onlyPort: readonly string[];
}
export interface Audit { readonly counts: Counts; readonly files: readonly AuditFile[] }

export interface AuditOf {
  readonly tree: PortTree;
  /** The text of a file of the kernel, null where it has none. */
  readonly kernel: (path: string) => string | null;
  readonly wanted: (file: string) => boolean;
  /** TREES.md, as treesOf() reads it. */
  readonly trees: ReadonlyMap<string, number>;
}

export async function auditPort(of: AuditOf): Promise<Audit> {
  const reader = await openReader();
  const port = declarationsOf(of.tree);
  const files = [...of.tree.files].flatMap(([module, text]) => ['.c', '.h'].flatMap((ending) => {
    const file = module.replace(/\.ts$/, ending);
    const c = of.wanted(file) ? of.kernel(file) : null;
    return c === null ? [] : [auditFile({ file, c, module, text, port, reader, of })];
  }));
  return { counts: sum(files.map((one) => one.counts)), files: files.sort((a, b) => (a.file < b.file ? -1 : 1)) };
}

interface FileAudit { readonly file: string; readonly c: string; readonly module: string; readonly text: string; readonly port: Declarations; readonly reader: CReader; readonly of: AuditOf }

function auditFile(at: FileAudit): AuditFile {
  const read = memo((config: Config) => at.reader.file(at.c, portSymbols(at.of.tree, config)).declarations);
  const shapes = memo((config: Config) => shapesOf(at.module, resolveArms(at.text, config)));
  const functions: AuditFunction[] = [];
  const onlyPort = new Set<string>();
  for (const variant of variantsOf(shapesOf(at.module, at.text))) {
    const tried = variant.configs.flatMap(({ name, config }) => {
      const shape = shapes(config).find((one) => one.name === variant.function);
      const fn = read(config).find((one): one is CFunctionDeclaration => one.kind === 'function' && one.name === variant.function);
      return shape === undefined || fn === undefined ? [] : [auditFunction(fn, shape, [variant.option, name].filter((one) => one !== '').join(' '), at)];
    });
    const best = tried.reduce<AuditFunction | undefined>((a, b) => (a === undefined || b.counts.same > a.counts.same ? b : a), undefined);
    if (best !== undefined) functions.push(best);
    else if (variant.option === '') onlyPort.add(variant.function);
  }
  return { file: at.file, module: at.module, counts: sum(functions.map((one) => one.counts)), functions, onlyPort: [...onlyPort].filter((name) => !functions.some((one) => one.name === name)).sort() };
}

type CFunctionDeclaration = Extract<CDeclaration, { kind: 'function' }>;

function memo<T>(make: (config: Config) => T): (config: Config) => T {
  const made = new Map<string, T>();
  return (config) => {
    const key = JSON.stringify(config);
    const known = made.get(key) ?? make(config);
    made.set(key, known);
    return known;
  };
}

function auditFunction(fn: CFunction, shape: ShapeFunction, config: string, at: FileAudit): AuditFunction {
  const translated = translateFunction(fn, { port: at.port, module: at.module });
  const text = translated.lines.map((one) => one.text).join('\n');
  const c = shapesOf(`c:${at.module}`, text, renamingsOf(at.module, at.text))[0]?.statements ?? [];
  const rows = compareStatements(c, shape.statements, {
    tree: at.of.trees.get(`${at.file} ${fn.name}`) ?? 0,
    leftOut: (shown) => LEFT_OUT.test(/^(\w+)\(/.exec(shown)?.[1] ?? ''),
  });
  const cLine = (line: number): number => translated.lines[line - 1]?.from ?? fn.from;
  const params = { c: fn.params.map((one) => one.name), port: shape.params };
  return {
    name: fn.name, config, counts: countsOf(rows), open: translated.open,
    parameters: params.c.map(portName).join(' ') === params.port.map((one) => one.replace(/^_(?=[^_])/, '')).join(' ') ? null : params,
    rows: rows.map((one) => ({
      kind: one.kind, by: one.kind === 'marked' ? one.by : null,
      c: one.kind === 'added' ? null : { line: cLine(one.c.line), text: one.c.shown },
      port: one.kind === 'missing' || one.kind === 'marked' ? null : { line: one.port.line, text: one.port.shown },
    })),
  };
}

const NOTHING: Counts = { same: 0, marked: 0, stretches: 0, different: 0, missing: 0, added: 0 };

function countsOf(rows: readonly Row[]): Counts {
  const count = (kind: Row['kind']): number => rows.filter((one) => one.kind === kind).length;
  const stretches = rows.filter((one, at) => one.kind === 'marked' && rows[at - 1]?.kind !== 'marked').length;
  return { same: count('same'), marked: count('marked'), stretches, different: count('different'), missing: count('missing'), added: count('added') };
}

export function sum(all: readonly Counts[]): Counts {
  return all.reduce((a, b) => ({
    same: a.same + b.same, marked: a.marked + b.marked, stretches: a.stretches + b.stretches, different: a.different + b.different, missing: a.missing + b.missing, added: a.added + b.added,
  }), NOTHING);
}

/** Statements of C, and those only the port has. */
export function total(counts: Counts): number { return counts.same + counts.marked + counts.different + counts.missing + counts.added; }

/** The port has only marks for it. */
export function isStub(of: AuditFunction): boolean { return of.counts.same === 0 && of.counts.marked > 0 && of.counts.marked === total(of.counts); }
