// SPDX-License-Identifier: GPL-2.0-only
// How large an input may be. A mail is untrusted; the largest series on the lists are far below.

const MiB = 1024 * 1024;

export const BOUNDS = {
  bytes: 16 * MiB,
  mails: 10_000,
  /** Of one mail, together. */
  headerBytes: MiB / 4,
  parts: 256,
  depth: 16,
  references: 1000,
} as const;
