// SPDX-License-Identifier: GPL-2.0-only
// The port as one value: paths (relative to kernel-port/) and unresolved texts, and which patches
// have been applied to it so far, so that a later conflict can name the patch that caused it.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { AppliedRecord } from './edits.ts';

export interface PortTree {
  readonly files: ReadonlyMap<string, string>;
  /** Oldest first. */
  readonly applied: readonly AppliedRecord[];
}

/** kernel-port/ of this checkout, seen from build/verifier/tree/. */
export const PORT_DIR = new URL('../../../kernel-port/', import.meta.url);

export function loadPort(dir: URL = PORT_DIR): PortTree {
  const root = dir.pathname.endsWith('/') ? dir : new URL(`${dir.href}/`);
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => `${entry.parentPath}/${entry.name}`.replace(/\/+/g, '/').slice(root.pathname.length))
    .sort();
  return { files: new Map(paths.map((path) => [path, readFileSync(new URL(path, root), 'utf8')])), applied: [] };
}

/** A tree from texts at hand: fixtures, and programs of an explain page. */
export function treeOf(files: Readonly<Record<string, string>>): PortTree {
  return { files: new Map(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))), applied: [] };
}

/** The same tree with some texts replaced. */
export function withFiles(tree: PortTree, texts: ReadonlyMap<string, string>, applied = tree.applied): PortTree {
  return { files: new Map([...tree.files].map(([path, text]) => [path, texts.get(path) ?? text])), applied };
}

export function changedFiles(before: PortTree, after: PortTree): readonly string[] {
  const paths = new Set([...before.files.keys(), ...after.files.keys()]);
  return [...paths].filter((path) => before.files.get(path) !== after.files.get(path)).sort();
}

const hashes = new WeakMap<PortTree['files'], string>();

/** What the tree says, whichever way it came to say it. */
export function treeHash({ files }: PortTree): string {
  const known = hashes.get(files);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for (const [path, text] of files) hash.update(`${path}\0${text}\0`);
  const made = hash.digest('hex');
  hashes.set(files, made);
  return made;
}
