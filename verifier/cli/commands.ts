// SPDX-License-Identifier: GPL-2.0-only
// The command table: parsing, help and the list of what is not built yet all come from here.

import type { Context, Flags } from './context.ts';
import type { ExitCode } from './exit.ts';
import { audit } from './audit.ts';
import { claims } from './claims.ts';
import { delta } from './delta.ts';
import { doctor } from './doctor.ts';
import { explain } from './explain.ts';
import { importMail } from './import.ts';
import { list } from './list.ts';
import { replay } from './replay.ts';
import { review } from './review.ts';
import { selftest } from './selftest.ts';
import { show } from './show.ts';

export interface Flag {
  /** As commander reads it: `-o, --output <file>`. */
  readonly form: string;
  readonly help: string;
  /** The name it is asked for by. */
  readonly name: string;
  /** May be given several times. */
  readonly repeats?: boolean;
}
export type Run = (words: readonly string[], flags: Flags, context: Context) => Promise<ExitCode>;
export interface Command {
  readonly name: string;
  readonly args: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** Null: in the design, not in this build. */
  readonly run: Run | null;
  readonly examples: readonly string[];
}

const FORMAT: Flag = { form: '--format <name>', name: 'format', help: 'text (default), mail or json; junit, ktap, sarif and html are not built yet' };
const PLAIN_FORMAT: Flag = { form: '--format <name>', name: 'format', help: 'text (default) or json' };
const COLOR: Flag = { form: '--color <when>', name: 'color', help: 'auto (default), always or never' };
const OUTPUT: Flag = { form: '-o, --output <file>', name: 'output', help: 'write the report to a file' };
/** `what`: what the tree is for. */
function kernelFlags(what: string): readonly Flag[] {
  return [
    { form: '--kernel <dir>', name: 'kernel', help: `${what}: a source tree, or a git repository (bare or with --rev)` },
    { form: '--rev <rev>', name: 'rev', help: 'the revision of it to read; HEAD for a bare repository' },
    { form: '--prefix <dir>', name: 'prefix', help: 'where in it the kernel lies; found by itself when it is linux/' },
  ];
}
const MADE_ON = kernelFlags('the kernel that a mail was made on, for hunks that do not say where they are');

/** What is run, and with how much. */
const SUITE: readonly Flag[] = [
  { form: '--scenario <glob>', name: 'scenario', help: 'only the scenarios whose id matches' },
  { form: '--suite <name>', name: 'suite', help: 'default or full' },
  { form: '--budget <n|time>', name: 'budget', help: 'stop after so many executions, or after a time such as 30s (not reproducible)' },
  { form: '--set <switch=value>', name: 'set', help: 'fix a version switch on both sides', repeats: true },
  { form: '--config <name>', name: 'config', help: 'the configuration scenarios run in' },
  { form: '-j, --jobs <n>', name: 'jobs', help: 'worker threads; one a core when not given' },
];

export const COMMANDS: readonly Command[] = [
  {
    name: 'review', args: '<target...>', summary: 'apply, type-check and run before and after, and report what changed',
    run: review,
    flags: [
      FORMAT, OUTPUT,
      ...SUITE,
      { form: '--base <target>', name: 'base', help: 'what to stand on; only base is built yet' },
      ...MADE_ON,
      { form: '--fail-on <rules>', name: 'failOn', help: 'exit 1 only for new findings of these rules (names or codes, by commas)' },
      { form: '--seed <n>', name: 'seed', help: 'refused: nothing is drawn at random yet' },
      COLOR,
      { form: '-q, --quiet', name: 'quiet', help: 'no progress' },
      { form: '-v, --verbose', name: 'verbose', help: 'whole witnesses, and every kind of change' },
    ],
    examples: ['kpv review device-coherent/v2/3', 'kpv review device-coherent/v2 --format mail -o reply.mbox'],
  },
  {
    name: 'delta', args: '<left> <right>', summary: 'what one target does otherwise than another, in the manner of git range-diff', run: delta,
    flags: [
      PLAIN_FORMAT, OUTPUT, ...SUITE, COLOR,
      { form: '-q, --quiet', name: 'quiet', help: 'no progress' },
      { form: '-v, --verbose', name: 'verbose', help: 'what both sides have, too, and how to see each finding again' },
    ],
    examples: ['kpv delta device-coherent/v2 device-coherent/v3'],
  },
  {
    name: 'show', args: '<target>', summary: "the patch: its mail's data, its hunks in the port, its edits", run: show,
    flags: [PLAIN_FORMAT, OUTPUT, COLOR, ...MADE_ON], examples: ['kpv show device-coherent/v2/3'],
  },
  {
    name: 'list', args: '[what]', summary: 'series, patches, scenarios, rules or claims', run: list,
    flags: [PLAIN_FORMAT, OUTPUT], examples: ['kpv list patches', 'kpv list scenarios'],
  },
  {
    name: 'claims', args: '[id...]', summary: "the ledger: each claim's verdict in the model; with ids, those at length", run: claims,
    flags: [PLAIN_FORMAT, OUTPUT, { form: '-j, --jobs <n>', name: 'jobs', help: 'taken and ignored: claims are decided one after the other' }],
    examples: ['kpv claims', 'kpv claims C41 C24b'],
  },
  { name: 'explain', args: '<rule>', summary: 'what a rule means and how it is decided', run: explain, flags: [OUTPUT], examples: ['kpv explain KPV0105'] },
  {
    name: 'replay', args: '<token...>', summary: 'one run again, step by step; the token may be wrapped, a file that it was made for follows', run: replay,
    flags: [PLAIN_FORMAT, OUTPUT, COLOR, { form: '--trace <form>', name: 'trace', help: 'text (default) or ftrace; perfetto is not built yet' }, ...MADE_ON],
    examples: ['kpv replay kpv1:...'],
  },
  {
    name: 'import', args: '<file>', summary: 'a C patch mail as modules of the patch language; each changed line accounted for', run: importMail,
    flags: [{ form: '-o, --output <dir>', name: 'output', help: 'write a module for each patch to this folder' }, ...MADE_ON],
    examples: ['kpv import 0001-fix.patch -o patches/mine/v1', 'git format-patch --stdout -1 | kpv import -'],
  },
  { name: 'doctor', args: '', summary: 'what is missing here for which feature', run: doctor, flags: [PLAIN_FORMAT], examples: [] },
  {
    name: 'audit', args: '', summary: 'the port held against a kernel source tree, statement by statement', run: audit,
    flags: [
      ...kernelFlags('what to hold the port against'),
      { form: '--file <glob>', name: 'file', help: "only the files of C that match: 'mm/*.c'" },
      PLAIN_FORMAT, OUTPUT,
    ],
    examples: ["kpv audit --kernel ~/linux --rev v5.15 --file 'mm/*.c'"],
  },
  {
    name: 'selftest', args: '[glob...]', summary: 'the programs of the hmm selftest on the port, as KTAP', run: selftest,
    flags: [
      { form: '--on <target>', name: 'on', help: 'the port as this target leaves it; base when not given' },
      { form: '--set <switch=value>', name: 'set', help: 'fix a version switch', repeats: true },
      { form: '--coverage', name: 'coverage', help: 'behind the totals: what was reached of the port, and functions never called' },
      { form: '--spoil', name: 'spoil', help: 'also with each call failing and each migration doing nothing: what still passes' },
      OUTPUT, ...MADE_ON,
    ],
    examples: ['kpv selftest', "kpv selftest --on device-coherent/v3/8 '*coherent*'", 'kpv selftest --coverage'],
  },
  ...later([
    ['bench', 'how fast, against what'],
    ['completion', 'completions for a shell'],
  ]),
];

function later(rows: readonly (readonly [name: string, summary: string])[]): Command[] {
  return rows.map(([name, summary]) => ({ name, args: '[words...]', summary: `${summary} (not built yet)`, run: null, flags: [], examples: [] }));
}
