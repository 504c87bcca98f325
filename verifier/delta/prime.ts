// SPDX-License-Identifier: GPL-2.0-only
// Run by the build. What it makes depends on the port, the patches and the verifier alone: where none of
// them has changed since the last time, there is nothing to do, and TypeScript is not even loaded.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const STAMP = new URL('../../compiled/.stamp', import.meta.url);
const SOURCES = ['../../../kernel-port/', '../../patches/', '../'].map((dir) => new URL(dir, import.meta.url));

const now = hashOf(SOURCES);
if (now !== stamped()) {
  const { prime } = await import('./priming.ts');
  prime();
  mkdirSync(new URL('.', STAMP), { recursive: true });
}
// Its time says when the build was last seen to be up to date (start.mjs).
writeFileSync(STAMP, now);

function stamped(): string | null {
  try { return readFileSync(STAMP, 'utf8'); } catch { return null; }
}

function hashOf(dirs: readonly URL[]): string {
  const hash = createHash('sha256');
  for (const dir of dirs) {
    const files = readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name)).map((entry) => `${entry.parentPath}/${entry.name}`).sort();
    for (const file of files) hash.update(`${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}
