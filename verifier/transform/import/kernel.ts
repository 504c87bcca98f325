// SPDX-License-Identifier: GPL-2.0-only
// Where the C comes from: a source tree, or a git repository (bare or not) at a revision. The kernel
// may lie in a folder of it.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface KernelAt {
  readonly dir: string;
  /** Null: the files as they lie there; HEAD for a bare repository. */
  readonly rev: string | null;
  /** Null: none, or `linux/` where only that has a kernel. */
  readonly prefix: string | null;
}

export type Kernel =
  | { readonly ok: true; readonly read: (path: string) => string | null; /** What was read: for the report's head. */ readonly what: string; /** Null: files as they lie. */ readonly commit: string | null }
  | { readonly ok: false; readonly why: string };

/** A file that every kernel with memory management has. */
const LANDMARK = 'mm/gup.c';

export function openKernel(at: KernelAt): Kernel {
  if (statSync(at.dir, { throwIfNoEntry: false })?.isDirectory() !== true) return { ok: false, why: `no directory '${at.dir}'` };
  const bare = existsSync(join(at.dir, 'HEAD')) && existsSync(join(at.dir, 'objects'));
  if (at.rev === null && !bare) {
    const read = (path: string): string | null => (existsSync(join(at.dir, path)) ? readFileSync(join(at.dir, path), 'utf8') : null);
    return withPrefix(at, read, at.dir, null);
  }
  const git = bare ? at.dir : join(at.dir, '.git');
  const rev = at.rev ?? 'HEAD';
  const commit = run(git, ['rev-parse', '--verify', '--quiet', `${rev}^{commit}`])?.trim() ?? null;
  if (commit === null) return { ok: false, why: `no revision '${rev}' in '${at.dir}'` };
  return withPrefix(at, (path) => run(git, ['show', `${commit}:${path}`]), `${commit.slice(0, 12)} of ${at.dir}`, commit);
}

function withPrefix(at: KernelAt, read: (path: string) => string | null, what: string, commit: string | null): Kernel {
  const tried = at.prefix === null ? ['', 'linux/'] : [at.prefix === '' || at.prefix.endsWith('/') ? at.prefix : `${at.prefix}/`];
  const prefix = tried.find((one) => read(one + LANDMARK) !== null);
  if (prefix === undefined) return { ok: false, why: `no ${tried.map((one) => one + LANDMARK).join(' and no ')} in ${what}` };
  return { ok: true, read: (path) => read(prefix + path), what: prefix === '' ? what : `${what}, ${prefix}`, commit };
}

/** The release by its Makefile, and the commit: what names a kernel wherever it lies. */
export function releaseOf(kernel: Extract<Kernel, { readonly ok: true }>): string {
  const makefile = kernel.read('Makefile') ?? '';
  const value = (name: string): string => new RegExp(`^${name}[ \\t]*=[ \\t]*(\\S*)`, 'm').exec(makefile)?.[1] ?? '';
  const [version, patch, sub] = ['VERSION', 'PATCHLEVEL', 'SUBLEVEL'].map(value);
  const release = version === '' ? 'a kernel without a release' : `Linux ${version}.${patch}.${sub || '0'}${value('EXTRAVERSION')}`;
  return kernel.commit === null ? release : `${release} (${kernel.commit.slice(0, 12)})`;
}

function run(git: string, args: readonly string[]): string | null {
  const ran = spawnSync('git', [`--git-dir=${git}`, ...args], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return ran.error !== undefined || ran.status !== 0 ? null : ran.stdout;
}
