// SPDX-License-Identifier: GPL-2.0-only
// A build step: writes the port's default configuration to build/port, where tsc checks it and
// the rest of the build takes its types from. It runs before any dependency can be assumed,
// hence only arms.ts and node:fs. A file is written only if it changed, so tsc may stay
// incremental; a file that has left the port leaves build/port too.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ArmError, CONFIGS, resolveArms } from './arms.ts';

const root = new URL('../../../../', import.meta.url); // build/boot/verifier/tree/resolve-port.js
const from = new URL('kernel-port/', root);
const to = new URL('build/port/', root);

function list(dir: URL): readonly string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(dir.pathname.length).replace(/^\/+/, ''))
    .sort();
}

function main(): number {
  const wanted = new Map([['package.json', '{ "type": "module" }\n']]);
  let bad = 0;
  for (const path of list(from).filter((name) => name.endsWith('.ts'))) {
    try {
      wanted.set(path, resolveArms(readFileSync(new URL(path, from), 'utf8'), CONFIGS.default));
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      bad += 1;
      process.stderr.write(`kernel-port/${path}:${error.fault.line}: ${error.message}\n`);
    }
  }
  if (bad > 0) return 1;
  mkdirSync(to, { recursive: true });
  const there = new Set(list(to));
  for (const path of there) if (!wanted.has(path)) rmSync(new URL(path, to));
  for (const [path, text] of wanted) {
    const target = new URL(path, to);
    if (there.has(path) && readFileSync(target, 'utf8') === text) continue;
    mkdirSync(new URL('.', target), { recursive: true });
    writeFileSync(target, text);
  }
  return 0;
}

process.exitCode = main();
