// SPDX-License-Identifier: GPL-2.0-only
// kpv doctor: which programs and settings are here, and what cannot be done without each. Nothing
// it looks for is needed to review a patch but Node itself.

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { columns } from '../report/layout.ts';
import type { Context, Flags } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { writeOutput } from './output.ts';
import { readFormat } from './values.ts';

interface Row { readonly what: string; readonly found: string | null; readonly feature: string }

export async function doctor(_words: readonly string[], flags: Flags, { io, version }: Context): Promise<ExitCode> {
  const format = readFormat(flags.word('format') ?? 'text', ['text', 'json']);
  const { env } = io;
  const rows: readonly Row[] = [
    { what: 'node', found: nodeIsEnough(process.versions.node) ? process.versions.node : null, feature: 'everything (20.19, 22.20, 24.12 or 26 and later)' },
    { what: 'git', found: versionOf('git', ['--version']), feature: 'the test that git reads the mails' },
    { what: 'python3', found: versionOf('python3', ['--version']), feature: "the test that Python's mailbox reads the mails" },
    { what: 'b4', found: versionOf('b4', ['--version']), feature: 'the test that b4 takes no trailer from a mail' },
    { what: 'terminal', found: io.stdout.isTTY && env['TERM'] !== 'dumb' ? env['TERM'] ?? 'yes' : null, feature: 'colours, and progress in one line' },
    { what: 'KPV_MAILS', found: directory(env['KPV_MAILS']), feature: 'the test that holds patches against their mails: a folder of them' },
    { what: 'KPV_KERNEL', found: directory(env['KPV_KERNEL']), feature: 'the test that holds the port against the C: a kernel source tree' },
  ];
  if (format === 'json') {
    writeOutput(io, null, `${JSON.stringify({ schema: 'kpv.doctor/1', version, checks: rows }, null, 1)}\n`);
    return EXIT.clean;
  }
  const table = columns(rows.map((r) => [r.found === null ? 'missing' : 'ok', r.what, r.found ?? '-', `for ${r.feature}`]));
  writeOutput(io, null, `kpv ${version}\n${table.join('\n')}\n`);
  return EXIT.clean;
}

/** The engines of package.json. */
export function nodeIsEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const least: Readonly<Record<number, number>> = { 20: 19, 22: 20, 24: 12 };
  return major >= 26 || minor >= (least[major] ?? Number.POSITIVE_INFINITY);
}

function versionOf(program: string, args: readonly string[]): string | null {
  const ran = spawnSync(program, args, { encoding: 'utf8', timeout: 10_000 });
  if (ran.error !== undefined || ran.status !== 0) return null;
  return /\d+(\.\d+)+/.exec(`${ran.stdout} ${ran.stderr}`)?.[0] ?? 'yes';
}

function directory(path: string | undefined): string | null {
  if (path === undefined || path === '') return null;
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? path : null;
}
