// SPDX-License-Identifier: GPL-2.0-only
// The audit on a port and a kernel that do not exist; and, where a kernel is at hand, on the real ones.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { auditPort, isStub, total, type Audit } from '../../../verifier/transform/import/audit.ts';
import { openKernel, releaseOf } from '../../../verifier/transform/import/kernel.ts';
import { treesOf } from '../../../verifier/transform/import/trees.ts';
import { loadPort, PORT_DIR, treeOf } from '../../../verifier/tree/load.ts';

const C = `
static int count(struct box *b)
{
	int n = b->nr;

	if (n > 3 && b->next)
		return n;
	smp_mb();
	b->seen++;
	return 0;
}

#ifdef CONFIG_MIGRATION
int move_box(struct box *b) { return count(b); }
#else
int move_box(struct box *b) { return -1; }
#endif

int huge(struct box *b) { return b->order; }
`;
const PORT = `
function count(b: box): int {
  const n: int = b.nr;

  if (n > 3 && b.next)
    return n;
  return 1;
}

//#if MIGRATION
export function move_box(b: box): int { return count(b); }
//#else
export function move_box(b: box): int { return -1; }
//#endif

export function huge(_b: box): int { unreachable('huge boxes'); }
export function helper(): void {}
`;
const audit = (trees: ReadonlyMap<string, number> = new Map()): Promise<Audit> => auditPort({
  tree: treeOf({ 'mm/box.ts': PORT }), kernel: (path) => (path === 'mm/box.c' ? C : null), wanted: () => true, trees,
});

test('each function of both, statement by statement', async (t) => {
  const { files, counts } = await audit();
  t.deepEqual(files.map((one) => [one.file, one.module, one.onlyPort]), [['mm/box.c', 'mm/box.ts', ['helper']]]);
  const [count] = files[0]?.functions ?? [];
  t.deepEqual(count?.rows.map((one) => `${one.kind} ${one.c?.line ?? ''} ${one.port?.line ?? ''}`), ['same 4 3', 'same 6 5', 'same 7 6', 'different 9 7', 'missing 10 ']);
  t.deepEqual(counts, { same: 5, marked: 1, stretches: 1, different: 1, missing: 1, added: 0 });
  t.is(total(counts), 8);
});

test('a function of several configurations is held against the C of each', async (t) => {
  const { files } = await audit();
  t.deepEqual(files[0]?.functions.map((one) => [one.name, one.config, one.counts.same, isStub(one)]), [
    ['count', '', 3, false], ['move_box', '', 1, false], ['move_box', 'MIGRATION=n', 1, false], ['huge', '', 0, true],
  ]);
});

test('a function that the tree at hand has otherwise counts as marked', async (t) => {
  const { counts } = await audit(treesOf('| file | function | reason |\n|---|---|---|\n| `mm/box.c` | `count` | seen is later |\n'));
  t.deepEqual([counts.same, counts.marked, counts.different, counts.missing], [5, 3, 0, 0]);
  const one = (await audit(treesOf('| `mm/box.c` | `count` | seen is later (1) |\n'))).counts;
  t.deepEqual([one.same, one.marked, one.different, one.missing], [5, 1, 1, 1]);
});

test('a kernel: a folder, one in a folder, a bare repository at a revision', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'kpv-kernel-'));
  try {
    mkdirSync(join(dir, 'linux', 'mm'), { recursive: true });
    writeFileSync(join(dir, 'linux', 'mm', 'gup.c'), 'int x;\n');
    const read = (at: Parameters<typeof openKernel>[0]): string | null => {
      const kernel = openKernel(at);
      return kernel.ok ? kernel.read('mm/gup.c') : kernel.why;
    };
    t.is(read({ dir, rev: null, prefix: null }), 'int x;\n');
    t.is(read({ dir: join(dir, 'linux'), rev: null, prefix: null }), 'int x;\n');
    t.regex(read({ dir, rev: null, prefix: 'other' }) ?? '', /^no other\/mm\/gup\.c in /);
    t.regex(read({ dir: join(dir, 'nowhere'), rev: null, prefix: null }) ?? '', /^no directory /);
    const git = (...words: readonly string[]): void => { execFileSync('git', ['-C', dir, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words], { stdio: 'ignore' }); };
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'one');
    writeFileSync(join(dir, 'linux', 'mm', 'gup.c'), 'int y;\n');
    t.is(read({ dir, rev: 'HEAD', prefix: 'linux/' }), 'int x;\n');
    writeFileSync(join(dir, 'linux', 'Makefile'), 'VERSION = 9\nPATCHLEVEL = 8\nSUBLEVEL =\nEXTRAVERSION = -x1\n');
    const lying = openKernel({ dir, rev: null, prefix: null });
    t.is(lying.ok ? releaseOf(lying) : lying.why, 'Linux 9.8.0-x1');
    const named = openKernel({ dir, rev: 'HEAD', prefix: null });
    t.regex(named.ok ? releaseOf(named) : named.why, /^a kernel without a release \([0-9a-f]{12}\)$/);
    t.is(read({ dir: join(dir, '.git'), rev: null, prefix: null }), 'int x;\n');
    t.regex(read({ dir, rev: 'v9', prefix: null }) ?? '', /^no revision 'v9' in /);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('the port itself, on the kernel of KPV_KERNEL', async (t) => {
  const dir = process.env['KPV_KERNEL'];
  const kernel = dir === undefined ? null : openKernel({ dir, rev: null, prefix: null });
  if (kernel === null || !kernel.ok) {
    t.log(kernel === null ? 'skipped: KPV_KERNEL is not set' : `skipped: ${kernel.why}`);
    t.pass();
    return;
  }
  const { counts } = await auditPort({ tree: loadPort(), kernel: kernel.read, wanted: () => true, trees: treesOf(readFileSync(new URL('TREES.md', PORT_DIR), 'utf8')) });
  const places = total(counts) - counts.marked + counts.stretches;
  t.log(`${counts.same} of ${total(counts)} statements the same, ${counts.marked} behind ${counts.stretches} marks`);
  t.true((counts.same + counts.marked) / total(counts) >= 0.95, 'same or marked');
  t.true(counts.same / places >= 0.85, 'the same, with a mark counted once');
});
