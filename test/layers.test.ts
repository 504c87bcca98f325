// SPDX-License-Identifier: GPL-2.0-only
// Who may import whom (ARCHITECTURE.md): arrows run down only. Held against the imports that are
// there, types too: a type that is wanted further down belongs further down.

import test from 'ava';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';

const ROOT = new URL('../../', import.meta.url);
/** From the top down; folders of one row may use each other. patches/ is data in the terms of transform/. */
const ROWS = [['cli'], ['report', 'delta'], ['claims'], ['patches'], ['selftest'], ['scenario', 'check'], ['explore', 'instrument', 'transform'], ['tree']];
const rowOf = (folder: string): number => ROWS.findIndex((row) => row.includes(folder));

interface Import { readonly from: string; readonly to: string }

function importsBelow(dir: string): Import[] {
  return readdirSync(new URL(dir, ROOT), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => `${entry.parentPath}/${entry.name}`.replace(/\/+/g, '/').slice(ROOT.pathname.length)).sort()
    .flatMap((from) => [...readFileSync(new URL(from, ROOT), 'utf8').matchAll(/^(?:import|export)(?:[^;'(=]*?\sfrom)?\s*'([^']+)'/gm)]
      .map(([, to = '']) => ({ from, to: to.startsWith('.') ? join(dirname(from), to) : to })));
}
const folderOf = (path: string): string => (path.startsWith('verifier/') ? path.split('/')[1] ?? '' : path.split('/')[0] ?? '');

test('verifier and patches: arrows run down only', (t) => {
  const all = [...importsBelow('verifier/'), ...importsBelow('patches/')].filter((one) => /^(verifier|patches)\//.test(one.to));
  t.true(all.length > 300, `${all.length} imports were read`);
  const up = all.filter((one) => rowOf(folderOf(one.to)) < rowOf(folderOf(one.from)) || rowOf(folderOf(one.to)) === -1);
  t.deepEqual(up.map((one) => `${one.from} -> ${one.to}`), []);
});

test('reports know claims by their types alone', (t) => {
  const found = readdirSync(new URL('verifier/report/', ROOT)).filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(new URL(`verifier/report/${name}`, ROOT), 'utf8').matchAll(/^import .*'\.\.\/claims\/.*$/gm)].map(([line]) => line));
  t.true(found.length > 0);
  t.deepEqual(found.filter((line) => !line.startsWith('import type ')), []);
});

test('kernel-port imports nothing outside itself', (t) => {
  const all = importsBelow('kernel-port/');
  t.true(all.length > 300, `${all.length} imports were read`);
  t.deepEqual(all.filter((one) => !one.to.startsWith('kernel-port/')).map((one) => `${one.from} -> ${one.to}`), []);
});

test('verifier/tree alone knows ts-morph, and nobody another TypeScript', (t) => {
  const found = importsBelow('verifier/').filter((one) => /^(ts-morph|typescript)$/.test(one.to) && folderOf(one.from) !== 'tree');
  t.deepEqual(found.map((one) => one.from), []);
});

test('verifier/transform/import/c alone knows the C grammar', (t) => {
  const found = importsBelow('verifier/').filter((one) => /^(web-)?tree-sitter/.test(one.to));
  t.true(found.length > 0);
  t.deepEqual(found.filter((one) => dirname(one.from) !== 'verifier/transform/import/c').map((one) => one.from), []);
});

test('no import in verifier goes to the port: sides are linked, by name', (t) => {
  t.deepEqual(importsBelow('verifier/').filter((one) => one.to.startsWith('kernel-port/')).map((one) => `${one.from} -> ${one.to}`), []);
});
