// SPDX-License-Identifier: GPL-2.0-only
// An imported patch as the text of a patch module, as a person would have written it: what is open
// stands above it as a TODO, and is a mark in the hunks.

import { hunkText, type Hunk } from '../hunk.ts';
import type { PatchMeta, PortPatch } from '../patch.ts';
import { reasons } from './account.ts';
import type { Imported } from './import.ts';

/** NNNN-slug.ts */
export function moduleName({ meta }: Pick<PortPatch, 'meta'>): string {
  const slug = meta.subject.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 52).replace(/-+$/, '');
  return `${String(meta.number).padStart(4, '0')}-${slug === '' ? 'patch' : slug}.ts`;
}

/** For a file at patches/SERIES/VERSION/. */
export function moduleText({ module, accounts, remarks }: Imported): string {
  const todo = [
    ...reasons(accounts, 'open').map((r) => `${r.lines} line${r.lines === 1 ? '' : 's'} not understood: ${r.why}`),
    ...remarks,
  ];
  return [
    '// SPDX-License-Identifier: GPL-2.0-only',
    `// ${comment(module.meta.subject)}. Imported from its mail.`,
    ...todo.map((what) => `// TODO: ${comment(what)}`),
    '',
    ...(module.hunks.length === 0 ? [] : [`import { ${formsOf(module).join(', ')} } from '../../../verifier/transform/hunk.ts';`]),
    "import { patch } from '../../../verifier/transform/patch.ts';",
    '',
    'export default patch({',
    ...metaLines(module.meta, reasons(accounts, 'outside').map((r) => ({ what: r.why, reason: `not in the port (${r.lines} line${r.lines === 1 ? '' : 's'})` }))),
    module.hunks.length === 0 ? '}, () => [' : '}, ({ file }) => [',
    ...byFile(module).flatMap(([file, hunks]) => [
      `  file(${quoted(file)})`,
      ...hunks.flatMap((one, n) => [
        ...hunkLines(one.function, one.hunk, one.hunk.c === null ? '' : `.cLines(${one.hunk.c.from}, ${one.hunk.c.to})`, n === hunks.length - 1 ? ',' : ''),
      ]),
    ]),
    ']);',
    '',
  ].join('\n');
}

/** What its hunks are written with. */
function formsOf({ hunks }: PortPatch): readonly string[] {
  return [...(hunks.some((one) => isPlain(one.hunk)) ? ['hunk'] : []), ...(hunks.some((one) => !isPlain(one.hunk)) ? ['parseHunk'] : [])];
}

function byFile(module: PortPatch): readonly (readonly [string, PortPatch['hunks']])[] {
  const files = [...new Set(module.hunks.map((one) => one.file))];
  return files.map((file) => [file, module.hunks.filter((one) => one.file === file)]);
}

function metaLines(meta: PatchMeta, outside: PatchMeta['notModelled']): readonly string[] {
  const { series, version, number, of, subject, author, date, to, cc, messageId, coverId, files } = meta;
  const list = (all: readonly string[]): string => `[${all.map(quoted).join(', ')}]`;
  return [
    `  series: ${quoted(series)}, version: ${quoted(version)}, number: ${number}, of: ${of},`,
    `  subject: ${quoted(subject)},`,
    `  author: { name: ${quoted(author.name)}, email: ${quoted(author.email)} },`,
    `  date: ${quoted(date)},`,
    `  to: ${list(to)},`,
    `  cc: ${list(cc)},`,
    `  messageId: ${quoted(messageId)},`,
    `  coverId: ${quoted(coverId)},`,
    `  files: ${list(files)},`,
    `  notModelled: [${[...meta.notModelled, ...outside].map((n) => `{ what: ${quoted(n.what)}, reason: ${quoted(n.reason)} }`).join(', ')}],`,
  ];
}

/** A text in which nothing could end a template or open a part of one; any other is quoted line by line. */
function isPlain(hunk: Hunk): boolean { return !/[`\\]|\$\{/.test(hunkText(hunk)); }
function hunkLines(fn: string, hunk: Hunk, c: string, end: string): readonly string[] {
  if (isPlain(hunk)) return [`    .hunk(${quoted(fn)}, hunk\``, ...shownLines(hunk), `    \`${c})${end}`];
  return [`    .hunk(${quoted(fn)}, parseHunk([`, ...shownLines(hunk).map((line) => `      ${quoted(line)},`), `    ].join('\\n'))${c})${end}`];
}

/** Read back by parseHunk() as it was. */
export function shownLines(hunk: Hunk): readonly string[] {
  return hunkText(hunk).split('\n').map((line) => {
    const sign = line.charAt(0);
    const text = line.slice(1);
    return line === ' ...' ? '        ...' : text.trim() === '' && sign === ' ' ? '' : `      ${sign} ${text}`.trimEnd();
  });
}

function quoted(text: string): string { return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`; }
/** On one line of a comment. */
function comment(text: string): string { return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' '); }
