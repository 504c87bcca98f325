// SPDX-License-Identifier: GPL-2.0-only

import { readFileSync } from 'node:fs';
import test from 'ava';
import { figuresIn, figuresOf } from '../../verifier/report/ported-figures.ts';
import { namedDifferences, portedFunctions, portedReport } from '../../verifier/report/ported.ts';
import { loadPort, PORT_DIR } from '../../verifier/tree/load.ts';

const text = `
function b(x: page): void {
  if (PageHuge(x)) unreachable('hugetlb');
  if (PageTail(x)) unreachable('hugetlb');
  reduced('one node');
}
//#if MIGRATION
export function a(): int { notModelled('uevents'); return 1; }
//#else
export function a(): int { return 0; }
//#endif
function c(): void {}
class page { get pgmap(): object { reduced('not a function of C'); return this; } }
`;

const trees = `
## Later
| file | function | reason |
|---|---|---|
| \`mm/z.c\` | \`g\` | 6.1 |
| \`mm/a.c\` | \`h\` | 5.17 |
`;

test('each mark counts once, by function, whichever arm it stands in', (t) => {
  t.deepEqual(portedFunctions('mm/x.ts', text), [
    { name: 'a', marks: [{ state: 'not modelled', why: 'uevents' }] },
    { name: 'b', marks: [{ state: 'reduced', why: 'one node' }, { state: 'unreachable arms', why: 'hugetlb' }] },
    { name: 'c', marks: [] },
  ]);
});

test('named differences are sorted and keep the heading of their table', (t) => {
  t.deepEqual(namedDifferences(trees), [
    { kind: 'Later', file: 'mm/a.c', function: 'h', reason: '5.17' },
    { kind: 'Later', file: 'mm/z.c', function: 'g', reason: '6.1' },
  ]);
});

test('the model is no part of the list', (t) => {
  const report = portedReport(new Map([['arch/model/mmu.ts', text], ['drivers/model/device.ts', text], ['mm/x.ts', text]]), trees);
  t.deepEqual(report.split('\n').filter((line) => line.startsWith('## ')), ['## mm/x.ts', '## Named differences']);
  t.true(report.includes("ported: `c`"));
});

test('the figures of an audit stand by file, and stay when the file is written without a kernel', (t) => {
  const counts = { same: 6, marked: 3, stretches: 1, different: 1, missing: 0, added: 0 };
  const fn = { name: 'a', config: '', counts, parameters: null, rows: [], open: [] };
  const figures = figuresOf({ counts, files: [
    { file: 'mm/x.c', module: 'mm/x.ts', counts, functions: [fn], onlyPort: [] },
    { file: 'mm/y.h', module: 'mm/y.ts', counts: { ...counts, same: 0, marked: 0, different: 0 }, functions: [], onlyPort: ['b'] },
  ] }, 'Linux 9.9.9 (0123456789ab)');
  t.deepEqual(figures.filter((line) => line.includes(' % |')), ['| `mm/x.c` | 1 | 10 | 6 | 3 | 1 | 0 | 0 | 90.0 % |', '| all | 1 | 10 | 6 | 3 | 1 | 0 | 0 | 90.0 % |']);
  t.false(figures.some((line) => line.includes('mm/y.h')));
  t.true(figures.some((line) => line.startsWith('Linux 9.9.9 (0123456789ab), ')));
  t.true(figures.some((line) => line.includes('75.0 % of 8 places')));
  const files = new Map([['mm/x.ts', text]]);
  const report = portedReport(files, trees, figures);
  t.deepEqual(figuresIn(report), figures);
  t.is(portedReport(files, trees, figuresIn(report)), report);
  t.deepEqual(figuresIn(portedReport(files, trees)), []);
});

test('kernel-port/PORTED.md is what the port says now', (t) => {
  const read = (name: string): string => readFileSync(new URL(name, PORT_DIR), 'utf8');
  t.true(read('PORTED.md') === portedReport(loadPort().files, read('TREES.md'), figuresIn(read('PORTED.md'))),
    'stale: run node build/verifier/report/ported-main.js');
});
