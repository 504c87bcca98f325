// SPDX-License-Identifier: GPL-2.0-only
// `npm start`: builds what was not built since a source changed, and runs the review.

import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';

const SOURCES = ['kernel-port', 'patches', 'verifier', 'package.json', 'tsconfig.base.json', 'tsconfig.boot.json', 'tsconfig.json', 'tsconfig.port.json'];
/** What the build writes last. */
const STAMP = 'build/compiled/.stamp';

if (newest(SOURCES) > timeOf(STAMP)) {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit', cwd: import.meta.dirname });
  if (status !== 0) process.exit(status ?? 1);
}
await import('./build/verifier/cli/start.js');

function timeOf(path) {
  try { return statSync(new URL(path, import.meta.url)).mtimeMs; } catch { return Number.NEGATIVE_INFINITY; }
}
function newest(paths) {
  return Math.max(...paths.flatMap((path) => {
    const at = new URL(path, import.meta.url);
    const below = statSync(at).isDirectory() ? readdirSync(at, { recursive: true }) : [];
    return [path, ...below.map((file) => `${path}/${file}`)].map(timeOf);
  }));
}
