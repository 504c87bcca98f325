// SPDX-License-Identifier: GPL-2.0-only
// The few colours a text report uses, handed in so that a formatter stays a pure function: the
// command line decides whether there are any (cli/colour.ts).

export interface Paint {
  readonly bold: (s: string) => string;
  readonly dim: (s: string) => string;
  readonly red: (s: string) => string;
  readonly green: (s: string) => string;
  readonly yellow: (s: string) => string;
  readonly blue: (s: string) => string;
}

const same = (s: string): string => s;
export const PLAIN_PAINT: Paint = { bold: same, dim: same, red: same, green: same, yellow: same, blue: same };
