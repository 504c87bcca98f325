// SPDX-License-Identifier: GPL-2.0-only
// PORTED.md: what the port has of each function of C, read from the marks in its text, and the
// named differences of kernel-port/TREES.md. A pure function of the texts and of the figures that
// were taken last, so a test can tell that the file in the repository is stale.

import { indexFile } from '../tree/statements.ts';
import { ts } from '../tree/ts.ts';

/** What PORTED.md says of a function. */
export type PortState = 'ported' | 'reduced' | 'not modelled' | 'unreachable arms';

export interface PortMark { readonly state: Exclude<PortState, 'ported'>; readonly why: string }

export interface PortedFunction {
  readonly name: string;
  /** Empty: as in C. Each once, by state and reason. */
  readonly marks: readonly PortMark[];
}

export interface NamedDifference { readonly kind: string; readonly file: string; readonly function: string; readonly reason: string }

const STATES: ReadonlyMap<string, PortMark['state']> = new Map([
  ['reduced', 'reduced'], ['notModelled', 'not modelled'], ['unreachable', 'unreachable arms'],
]);
const ORDER: readonly PortMark['state'][] = ['reduced', 'not modelled', 'unreachable arms'];

/** Not C: the machine under the port and the driver that exercises it. */
function isModel(file: string): boolean {
  return file.startsWith('arch/model/') || file.startsWith('drivers/model/');
}

/** The functions of one file by name; the arms of a configuration count as one. */
export function portedFunctions(file: string, text: string): readonly PortedFunction[] {
  const found = new Map<string, Map<string, PortMark>>();
  for (const fn of indexFile(file, text).functions) {
    if (fn.name.includes('.')) continue; // a method of a struct class, no function of C
    const marks = found.get(fn.name) ?? new Map<string, PortMark>();
    for (const mark of marksIn(fn.node)) marks.set(`${mark.state}\0${mark.why}`, mark);
    found.set(fn.name, marks);
  }
  return [...found].map(([name, marks]) => ({
    name,
    marks: [...marks.values()].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || compare(a.why, b.why)),
  })).sort((a, b) => compare(a.name, b.name));
}

function marksIn(fn: ts.Node): readonly PortMark[] {
  const marks: PortMark[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const state = STATES.get(node.expression.text);
      const why = node.arguments[0];
      if (state !== undefined && why !== undefined) marks.push({ state, why: ts.isStringLiteralLike(why) ? why.text : why.getText() });
    }
    ts.forEachChild(node, visit);
  };
  visit(fn);
  return marks;
}

/** The rows of TREES.md: each under the heading of its table. */
export function namedDifferences(trees: string): readonly NamedDifference[] {
  const rows: NamedDifference[] = [];
  let kind = '';
  for (const line of trees.split('\n')) {
    if (line.startsWith('## ')) kind = line.slice(3).trim();
    const cells = /^\|\s*`([^`]+)`\s*\|\s*`([^`]+)`\s*\|\s*(.*?)\s*\|$/.exec(line);
    const [, file, name, reason] = cells ?? [];
    if (file !== undefined && name !== undefined && reason !== undefined) rows.push({ kind, file, function: name, reason });
  }
  return rows.sort((a, b) => compare(a.file, b.file) || compare(a.function, b.function) || compare(a.kind, b.kind));
}

/** The whole of PORTED.md. `files`: unresolved texts by path below kernel-port/; `trees`: TREES.md;
 *  `figures`: the section of ported-figures.ts. */
export function portedReport(files: ReadonlyMap<string, string>, trees: string, figures: readonly string[] = []): string {
  const paths = [...files.keys()].filter((path) => path.endsWith('.ts') && !isModel(path)).sort(compare);
  const all = paths.map((path) => ({ path, functions: portedFunctions(path, files.get(path) ?? '') }))
    .filter(({ functions }) => functions.length > 0);
  const named = namedDifferences(trees);
  return [
    '# What is ported',
    '',
    'Written by `verifier/report/ported.ts` from the marks in the port and from `TREES.md`; do not edit.',
    'A function without a row is ported as it stands in C.',
    '',
    ...summary(all.flatMap(({ functions }) => functions)),
    '',
    ...figures,
    ...all.flatMap(({ path, functions }) => section(path, functions)),
    '## Named differences',
    '',
    'Lines of the measured tree that v5.15 does not have, and idioms (`TREES.md`).',
    '',
    '| file | function | kind | reason |',
    '|---|---|---|---|',
    ...named.map((row) => `| \`${row.file}\` | \`${row.function}\` | ${row.kind} | ${row.reason} |`),
    '',
  ].join('\n');
}

function summary(functions: readonly PortedFunction[]): readonly string[] {
  const count = (state: PortState): number =>
    functions.filter(({ marks }) => (state === 'ported' ? marks.length === 0 : marks.some((mark) => mark.state === state))).length;
  const states: readonly PortState[] = ['ported', ...ORDER];
  return [
    '| state | functions |',
    '|---|---|',
    `| all | ${functions.length} |`,
    ...states.map((state) => `| ${state} | ${count(state)} |`),
  ];
}

function section(path: string, functions: readonly PortedFunction[]): readonly string[] {
  const marked = functions.filter(({ marks }) => marks.length > 0);
  const whole = functions.filter(({ marks }) => marks.length === 0);
  const rows = marked.flatMap(({ name, marks }) => ORDER.flatMap((state) => {
    const why = marks.filter((mark) => mark.state === state).map((mark) => cell(mark.why));
    return why.length > 0 ? [`| \`${name}\` | ${state} | ${why.join('; ')} |`] : [];
  }));
  return [
    `## ${path}`,
    '',
    ...(rows.length > 0 ? ['| function | state | why |', '|---|---|---|', ...rows, ''] : []),
    ...(whole.length > 0 ? [`ported: ${whole.map(({ name }) => `\`${name}\``).join(', ')}`, ''] : []),
  ];
}

function cell(text: string): string { return text.replaceAll('|', '\\|').replaceAll('\n', ' '); }

/** By code unit: the same in every locale. */
function compare(a: string, b: string): number { return a < b ? -1 : a > b ? 1 : 0; }
