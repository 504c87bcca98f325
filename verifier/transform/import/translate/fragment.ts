// SPDX-License-Identifier: GPL-2.0-only
// The images of hunks, before or after, as lines of the port. What had to be put around one to be
// read is taken off again; what could not be read is told by line. All pieces of a file go together,
// for what one declares another uses.

import { OPTIONS } from '../../../tree/arms.ts';
import type { CDeclaration, CParam, CVariable } from '../c/ast.ts';
import { cleaned, cutFragment, HUNK, repairBody, trimFile, type Directive } from '../c/fragment.ts';
import type { CReader } from '../c/read.ts';
import { translateDeclarations } from './declarations.ts';
import { translateStatements, type Setting } from './function.ts';
import { eachStatement } from './locals.ts';
import type { LeftOut, Open } from './scope.ts';
import type { Line } from './writer.ts';

export interface Fragment {
  readonly lines: readonly string[];
  /** What stands behind the hunk's `@@`: the last line in the first column before it. */
  readonly head: string;
}

export interface FragmentTranslation {
  /** `from` and `to` are lines of the piece, counting from 1. */
  readonly lines: readonly Line[];
  readonly open: readonly Open[];
  readonly left: readonly LeftOut[];
  /** Where labels of C stand: a block of the port ends, or a loop begins, there. */
  readonly labels: readonly { readonly label: string; readonly line: number }[];
  /** Lines that are part of a statement the piece does not show whole. */
  readonly cut: readonly number[];
  /** The statements of each function in it with what was put round them, so that they parse: for anchors. */
  readonly bodies: readonly Body[];
}
export interface Body {
  readonly function: string;
  readonly lines: readonly Line[];
  /** The lines of the piece, both included; what lies outside was put there. */
  readonly from: number;
  readonly to: number;
}

type Read =
  /** `before` lines were put in front. */
  | { readonly kind: 'file'; readonly from: number; readonly count: number; readonly before: number; readonly list: readonly CDeclaration[]; readonly cut: readonly number[] }
  | { readonly kind: 'body'; readonly from: number; readonly count: number; readonly name: string; readonly list: ReturnType<CReader['statements']>; readonly before: number; readonly cut: readonly number[]; /** Of the piece, as shown. */ readonly end: number | null };

export function translateFragments(fragments: readonly Fragment[], reader: CReader, setting: Setting): readonly FragmentTranslation[] {
  const read = fragments.map((one) => readFragment(one, reader));
  const all = read.flatMap((one) => one.pieces);
  const declared = new Set(setting.declared);
  const known = new Map<string, CVariable[]>();
  const learn = (name: string, more: readonly CVariable[]): void => { known.set(name, [...known.get(name) ?? [], ...more]); };
  for (const one of all) {
    if (one.kind === 'body') eachStatement(one.list, (s) => { if (s.kind === 'declare') learn(one.name, s.variables); });
    else for (const d of one.list) {
      for (const name of namesOf(d)) declared.add(name);
      if (d.kind === 'function') learn(d.name, d.params.map((p) => ({ ...p, init: null })));
    }
  }
  return read.map(({ pieces, directives }) => {
    const made = pieces.map((one) => translatePiece(one, known, { ...setting, declared, jumps: jumpsFrom(one, all) }));
    const open: Open[] = [];
    const arms = directives.map((one) => directiveLine(one, open));
    return {
      lines: [...made.flatMap((one) => one.lines), ...arms.filter((one): one is Line => one !== null)].sort((a, b) => a.from - b.from),
      open: [...made.flatMap((one) => one.open), ...open], left: made.flatMap((one) => one.left),
      labels: made.flatMap((one) => one.labels), cut: made.flatMap((one) => one.cut), bodies: made.flatMap((one) => one.bodies),
    };
  });
}

/** The labels of other pieces of the same function: those behind are broken to, those before continued. */
function jumpsFrom(of: Read, all: readonly Read[]): ReadonlyMap<string, 'break' | 'continue'> {
  const jumps = new Map<string, 'break' | 'continue'>();
  for (const [at, one] of all.entries()) {
    if (of.kind !== 'body' || one.kind !== 'body' || one === of || one.name !== of.name) continue;
    eachStatement(one.list, (s) => { if (s.kind === 'label') jumps.set(s.name, at > all.indexOf(of) ? 'break' : 'continue'); });
  }
  return jumps;
}

function readFragment(of: Fragment, reader: CReader): { readonly pieces: readonly Read[]; readonly directives: readonly Directive[] } {
  const { lines, directives } = cleaned(of.lines);
  let name = /(\w+)\s*\(/.exec(of.head)?.[1] ?? '';
  const file = (text: string): readonly CDeclaration[] => reader.file(text, () => null).declarations;
  const pieces = cutFragment(lines, of.head).map((piece): Read => {
    const { from } = piece;
    const count = piece.lines.length;
    switch (piece.kind) {
      case 'body': {
        const { text, before, cut } = repairBody(piece.lines);
        return { kind: 'body', from, count, name, list: reader.statements(text), before, cut, end: piece.end };
      }
      case 'members': return { kind: 'file', from, count, before: 1, list: file([piece.open, ...piece.lines, '};'].join('\n')), cut: [] };
      case 'file': {
        const { lines: own, cut } = piece.close === '' ? trimFile(piece.lines) : { lines: piece.lines, cut: [] };
        const list = file([...own, piece.close].join('\n'));
        name = list.findLast((one) => one.kind === 'function')?.name ?? name;
        return { kind: 'file', from, count, before: 0, list, cut };
      }
    }
  });
  return { pieces, directives };
}

function namesOf(of: CDeclaration): readonly string[] {
  switch (of.kind) {
    case 'function': case 'prototype': case 'struct': case 'macro': return [of.name];
    case 'enum': return [of.name, ...of.members.map((one) => one.name)];
    case 'variable': return [of.variable.name];
    case 'exported': case 'unknown': return [];
  }
}

function translatePiece(of: Read, known: ReadonlyMap<string, readonly CVariable[]>, setting: Setting): FragmentTranslation {
  if (of.kind === 'file') {
    const made = translateDeclarations(of.list, setting);
    // What was put round it is not of the piece.
    return moved({ ...made, lines: made.lines.filter((one) => one.from > of.before && one.from <= of.before + of.count), labels: [], cut: of.cut.map((line) => line + of.before), bodies: [] }, of.from - 1 - of.before);
  }
  const labels: { label: string; line: number }[] = [];
  const own = new Set<string>();
  eachStatement(of.list, (one) => {
    if (one.kind === 'label') labels.push({ label: one.name, line: one.from });
    if (one.kind === 'declare') for (const v of one.variables) own.add(v.name);
  });
  // What another piece of the same function declares; the port's function has the rest.
  const params: readonly CParam[] = (known.get(of.name) ?? []).filter((one) => !own.has(one.name));
  const made = translateStatements(of.list, of.name, params, setting);
  const inside = (line: number): boolean => line > of.before && line <= of.before + of.count;
  const shown = moved({
    lines: made.lines.filter((one) => inside(one.from) && !one.text.includes(HUNK)),
    open: made.open.filter((one) => inside(one.line) && one.what !== HUNK), left: made.left, labels, cut: of.cut.map((line) => line + of.before),
    bodies: [{ function: of.name, lines: made.lines, from: of.before + 1, to: of.before + of.count }],
  }, of.from - 1 - of.before);
  return of.end === null ? shown : { ...shown, lines: [...shown.lines, { text: '}', from: of.end, to: of.end }] };
}

/** `#ifdef CONFIG_X` as the port's arm; an option the port does not declare is open. */
function directiveLine(of: Directive, open: Open[]): Line | null {
  const at = { from: of.line, to: of.line };
  if (of.word === 'else') return { text: '//#else', ...at };
  if (of.word === 'endif') return { text: '//#endif', ...at };
  const name = /^(?:CONFIG_(\w+)|(?:defined|IS_ENABLED)\s*\(\s*CONFIG_(\w+)\s*\))$/.exec(of.condition);
  const option = OPTIONS.find((one) => one === (name?.[1] ?? name?.[2]));
  if (option === undefined || of.word === 'elif') {
    open.push({ construct: 'option', what: `#${of.word} ${of.condition}`, line: of.line });
    return null;
  }
  return { text: `//#if ${of.word === 'ifndef' ? '!' : ''}${option}`, ...at };
}

function moved(of: FragmentTranslation, by: number): FragmentTranslation {
  const at = <T extends { readonly line: number }>(one: T): T => ({ ...one, line: one.line + by });
  const range = <T extends { readonly from: number; readonly to: number }>(one: T): T => ({ ...one, from: one.from + by, to: one.to + by });
  return {
    lines: of.lines.map(range), bodies: of.bodies.map((one) => ({ ...range(one), lines: one.lines.map(range) })),
    open: of.open.map(at), left: of.left.map(at), labels: of.labels.map(at), cut: of.cut.map((line) => line + by),
  };
}
