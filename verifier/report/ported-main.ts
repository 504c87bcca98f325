// SPDX-License-Identifier: GPL-2.0-only
// Writes kernel-port/PORTED.md. With --kernel DIR [--rev REV] [--prefix P] the port is held against
// that kernel; without, the figures stay those that stand in the file.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { auditPort } from '../transform/import/audit.ts';
import { openKernel, releaseOf } from '../transform/import/kernel.ts';
import { treesOf } from '../transform/import/trees.ts';
import { loadPort, PORT_DIR } from '../tree/load.ts';
import { figuresIn, figuresOf } from './ported-figures.ts';
import { portedReport } from './ported.ts';

const { values } = parseArgs({ options: { kernel: { type: 'string' }, rev: { type: 'string' }, prefix: { type: 'string' } } });
const trees = readFileSync(new URL('TREES.md', PORT_DIR), 'utf8');
const out = new URL('PORTED.md', PORT_DIR);
const tree = loadPort();

async function figures(): Promise<readonly string[]> {
  if (values.kernel === undefined) return figuresIn(readFileSync(out, 'utf8'));
  const kernel = openKernel({ dir: values.kernel, rev: values.rev ?? null, prefix: values.prefix ?? null });
  if (!kernel.ok) throw new Error(kernel.why);
  return figuresOf(await auditPort({ tree, kernel: kernel.read, wanted: () => true, trees: treesOf(trees) }), releaseOf(kernel));
}

try {
  writeFileSync(out, portedReport(tree.files, trees, await figures()));
} catch (error) {
  process.stderr.write(`ported: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
