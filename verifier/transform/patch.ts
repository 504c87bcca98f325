// SPDX-License-Identifier: GPL-2.0-only
// A patch module: who posted what, when, to whom, and its hunks by file and function, or why it has
// none here. A module is data; applying it is another matter (apply.ts).

import type { Hunk } from './hunk.ts';

export interface Person { readonly name: string; readonly email: string }

export interface PatchMeta {
  readonly series: string;
  readonly version: string;
  readonly number: number;
  /** How many patches the series has at this version. */
  readonly of: number;
  readonly subject: string;
  /** What stands in brackets before the number, where it is not what git writes for the version. */
  readonly prefix?: string;
  readonly author: Person;
  /** Who sent the mail, where that is not the author. */
  readonly sender?: Person;
  /** As in the mail: RFC 5322. */
  readonly date: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly messageId: string;
  /** The Message-ID of the cover letter. */
  readonly coverId: string;
  /** The C files the mail touches, ported or not. */
  readonly files: readonly string[];
  /** What it stands on: a target, `base` if not given. */
  readonly base?: string;
  /** Version switches by name, with the values it is to be reviewed on. */
  readonly switches?: Readonly<Record<string, readonly string[]>>;
  /** What of the mail is not stated as an edit, and why. */
  readonly notModelled: readonly { readonly what: string; readonly reason: string }[];
}

export interface FunctionHunk {
  readonly file: string;
  /** '' for the top level of the file. */
  readonly function: string;
  readonly hunk: Hunk;
}

export interface CallCount { readonly file: string; readonly calls: string; readonly exactly: number }

interface Posting {
  /** `device-coherent/v2/3` */
  readonly id: string;
  readonly meta: PatchMeta;
}

/** A patch that changes the port, as far as the port goes. */
export interface PortPatch extends Posting {
  readonly kind: 'port';
  readonly hunks: readonly FunctionHunk[];
  readonly expects: readonly CallCount[];
}

/** A patch that touches only what is not ported: there is nothing to apply, and the reason stands with each file. */
export interface OutsidePatch extends Posting {
  readonly kind: 'outside-port';
  readonly hunks: readonly [];
  readonly expects: readonly [];
  readonly outside: readonly OutsideFile[];
  /** The selftests that it changes. */
  readonly suite: SuiteChange | null;
}

export type PatchModule = PortPatch | OutsidePatch;

export interface OutsideFile { readonly file: string; readonly why: string }

/** What a patch does to a suite of selftests: by names as the suite has them. */
export interface SuiteChange {
  readonly suite: string;
  /** Every test runs once on each. */
  readonly variants: readonly string[];
  readonly adds: readonly string[];
  readonly changes: readonly string[];
}

export interface FileEdits {
  /** A hunk in a function (`Class.method` for a method, '' for the top level). */
  readonly hunk: (name: string, h: Hunk) => FileEdits;
  /** How many call sites of a function the author believes the file has. */
  readonly calls: (name: string) => { readonly exactly: (n: number) => FileEdits };
}

export interface Edit { readonly file: (path: string) => FileEdits }

export function patch(meta: PatchMeta, build: (edit: Edit) => unknown): PortPatch {
  const hunks: FunctionHunk[] = [];
  const expects: CallCount[] = [];
  build({
    file: (file) => {
      const edits: FileEdits = {
        hunk: (name, h) => {
          hunks.push({ file, function: name, hunk: h });
          return edits;
        },
        calls: (calls) => ({
          exactly: (exactly) => {
            expects.push({ file, calls, exactly });
            return edits;
          },
        }),
      };
      return edits;
    },
  });
  return { kind: 'port', id: patchId(meta), meta, hunks, expects };
}

/** A patch of which nothing is ported: its files follow from the reasons. */
export function outsidePort(meta: Omit<PatchMeta, 'files' | 'notModelled'>, outside: readonly [OutsideFile, ...OutsideFile[]], suite: SuiteChange | null = null): OutsidePatch {
  return { kind: 'outside-port', id: patchId(meta), meta: { ...meta, files: outside.map((one) => one.file), notModelled: [] }, hunks: [], expects: [], outside, suite };
}

/** The same edits under another posting: a version that repeats a patch word for word. */
export function reposted<P extends PatchModule>(meta: PatchMeta, same: P): P {
  return { ...same, id: patchId(meta), meta };
}

export function patchId(meta: Pick<PatchMeta, 'series' | 'version' | 'number'>): string {
  return `${meta.series}/${meta.version}/${meta.number}`;
}
