// SPDX-License-Identifier: GPL-2.0-only
// A site is a statement of the port. Sites are numbered per file as the compiler meets them; the
// linker gives each file of a side a base, so that one number names a statement of that side.

export interface Site {
  readonly file: string;
  readonly line: number;
  readonly function: string;
  /** The statement's text, white space folded, bodies cut. */
  readonly text: string;
  /** The statement takes part in statement coverage (not a loop's re-test). */
  readonly covers: boolean;
}
