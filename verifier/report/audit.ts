// SPDX-License-Identifier: GPL-2.0-only
// An audit for people and as JSON: a table by file, the differences side by side, the figures.

import { isStub, total, type Audit, type AuditFile, type AuditFunction, type AuditRow, type Counts } from '../transform/import/audit.ts';
import { clipped, columns, counted, wrap } from './layout.ts';

const RIGHT = ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'] as const;

export function auditText(audit: Audit, what: string, width = 120): string {
  const head = ['file', 'functions', 'statements', 'same', 'marked', 'different', 'missing', 'only here', 'same or marked'];
  const table = columns([head, ...audit.files.filter((one) => one.functions.length > 0).map(rowOf), totalRow(audit)], RIGHT);
  const differences = audit.files.flatMap((file) => differencesOf(file, width));
  return [
    `The port held against ${what}`, '', ...table, '',
    ...differences, ...(differences.length > 0 ? [''] : []),
    ...figures(audit), '',
  ].join('\n');
}

function rowOf(file: AuditFile): readonly string[] {
  return [file.file, String(file.functions.length), ...numbers(file.counts)];
}

function totalRow(audit: Audit): readonly string[] {
  return ['all', String(audit.files.reduce((n, one) => n + one.functions.length, 0)), ...numbers(audit.counts)];
}

function numbers(counts: Counts): readonly string[] {
  const all = total(counts);
  return [all, counts.same, counts.marked, counts.different, counts.missing, counts.added].map(String).concat(percent(counts.same + counts.marked, all));
}

export function percent(part: number, whole: number): string { return whole === 0 ? '-' : `${(100 * part / whole).toFixed(1)} %`; }

function differencesOf(file: AuditFile, width: number): readonly string[] {
  return file.functions.flatMap((fn) => {
    const rows = fn.rows.filter((one) => one.kind === 'different' || one.kind === 'missing' || one.kind === 'added');
    if (rows.length === 0 && fn.parameters === null) return [];
    const heads = fn.parameters === null ? [] : sideBySide({ kind: 'different', by: null, c: { line: null, text: `(${fn.parameters.c.join(', ')})` }, port: { line: null, text: `(${fn.parameters.port.join(', ')})` } }, width);
    return [`${file.file} ${fn.name}${fn.config === '' ? '' : ` (${fn.config})`}`, ...heads, ...rows.flatMap((row) => sideBySide(row, width))];
  });
}

interface Side { readonly line: number | null; readonly text: string }

function sideBySide(row: { readonly kind: AuditRow['kind']; readonly by: AuditRow['by']; readonly c: Side | null; readonly port: Side | null }, width: number): readonly string[] {
  const half = Math.max(20, Math.floor((width - 20) / 2));
  const shown = (place: Side | null): readonly [string, string] => (place === null ? ['', ''] : [place.line === null ? '' : String(place.line), clipped(place.text, half)]);
  const [cLine, c] = shown(row.c);
  const [portLine, port] = shown(row.port);
  const mark = row.kind === 'different' ? '|' : row.kind === 'missing' ? '<' : '>';
  return [`  ${cLine.padStart(5)} ${c.padEnd(half)} ${mark} ${portLine.padStart(5)} ${port}`.trimEnd()];
}

function figures(audit: Audit): readonly string[] {
  const { counts } = audit;
  const all = total(counts);
  const places = all - counts.marked + counts.stretches;
  const functions = audit.files.flatMap((one) => one.functions);
  const stubs = functions.filter(isStub).length;
  const open = functions.reduce((n, one) => n + one.open.filter((item) => item.construct !== 'not-in-port').length, 0);
  const text = `Of ${counted(all, 'statement')} of C in ${counted(functions.length, 'function')}: ${percent(counts.same, all)} the same, ${percent(counts.same + counts.marked, all)} the same or marked. `
    + `With what stands behind one mark counted once (${counted(places, 'place')}): ${percent(counts.same, places)} the same, ${percent(counts.same + counts.stretches, places)} the same or marked. `
    + `Marked by: ${markedBy(functions)}. `
    + `${counted(stubs, 'function')} the port has as a mark alone. ${counted(open, 'construct')} of C the translator does not know.`;
  return wrap(text, 100);
}

/** What stands behind the marks, most first. */
function markedBy(functions: readonly AuditFunction[]): string {
  const by = new Map<string, number>();
  for (const row of functions.flatMap((one) => one.rows)) if (row.by !== null) by.set(row.by, (by.get(row.by) ?? 0) + 1);
  return [...by].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([name, n]) => `${name === 'tree' ? 'TREES.md' : name} ${n}`).join(', ') || 'nothing';
}

export function auditJson(audit: Audit, what: string): string {
  const json = {
    schema: 'kpv.audit/1', kernel: what, counts: audit.counts,
    files: audit.files.map((file) => ({
      file: file.file, port: file.module, counts: file.counts, onlyInPort: file.onlyPort,
      functions: file.functions.map((fn: AuditFunction) => ({
        name: fn.name, config: fn.config, counts: fn.counts, ...(fn.parameters === null ? {} : { parameters: fn.parameters }), open: fn.open,
        rows: fn.rows.filter((row) => row.kind !== 'same').map((row) => ({ kind: row.kind, ...(row.by === null ? {} : { by: row.by }), ...(row.c === null ? {} : { c: row.c }), ...(row.port === null ? {} : { port: row.port }) })),
      })),
    })),
  };
  return `${JSON.stringify(json, null, 1)}\n`;
}
