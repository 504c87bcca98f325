// SPDX-License-Identifier: GPL-2.0-only
import type { unsigned_int } from './types.ts';

/** PROT_READ asks for PROT_EXEC as well. */
export const READ_IMPLIES_EXEC: unsigned_int = 0x0400000;
