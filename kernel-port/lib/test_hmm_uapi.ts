// SPDX-License-Identifier: GPL-2.0-only
// What programs and the test driver say to each other: the command, its numbers, and what a snapshot
// says of a page.

import { _IOWR } from '../include/linux/ioctl.ts';
import type { u64, u8, unsigned_int } from '../include/linux/types.ts';

export class hmm_dmirror_cmd {
  /** In: where the device reads or writes. */
  addr: u64 = 0;
  /** In: where the program has the device's data. */
  ptr: u64 = 0;
  npages: u64 = 0;
  /** Out: pages copied. */
  cpages: u64 = 0;
  /** Out: faults that the device took. */
  faults: u64 = 0;
}

export const HMM_DMIRROR_READ: unsigned_int = _IOWR('H', 0x00, hmm_dmirror_cmd);
export const HMM_DMIRROR_WRITE: unsigned_int = _IOWR('H', 0x01, hmm_dmirror_cmd);
export const HMM_DMIRROR_MIGRATE: unsigned_int = _IOWR('H', 0x02, hmm_dmirror_cmd);
export const HMM_DMIRROR_SNAPSHOT: unsigned_int = _IOWR('H', 0x03, hmm_dmirror_cmd);
export const HMM_DMIRROR_EXCLUSIVE: unsigned_int = _IOWR('H', 0x04, hmm_dmirror_cmd);
export const HMM_DMIRROR_CHECK_EXCLUSIVE: unsigned_int = _IOWR('H', 0x05, hmm_dmirror_cmd);

/** A byte for each page of a snapshot. No valid entry of the mirror's. */
export const HMM_DMIRROR_PROT_ERROR: u8 = 0xFF;
/** Nothing there, or no access. */
export const HMM_DMIRROR_PROT_NONE: u8 = 0x00;
export const HMM_DMIRROR_PROT_READ: u8 = 0x01;
export const HMM_DMIRROR_PROT_WRITE: u8 = 0x02;
export const HMM_DMIRROR_PROT_PMD: u8 = 0x04;
export const HMM_DMIRROR_PROT_PUD: u8 = 0x08;
export const HMM_DMIRROR_PROT_ZERO: u8 = 0x10;
/** Private memory of the device that was asked. */
export const HMM_DMIRROR_PROT_DEV_PRIVATE_LOCAL: u8 = 0x20;
/** Private memory of another device. */
export const HMM_DMIRROR_PROT_DEV_PRIVATE_REMOTE: u8 = 0x30;
