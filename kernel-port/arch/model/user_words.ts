// SPDX-License-Identifier: GPL-2.0-only
// What a program keeps beside the pages that a scenario looks at: variables on its stack, small
// buffers, by address. It is always there and never moves; every process sees the same, so who runs
// beside another takes addresses of its own.

import { TASK_SIZE } from './pgtable_types.ts';
import { per_machine } from './machine.ts';
import type { uaddr } from '../../include/linux/types.ts';

/** From here to the end of the address space; nothing is mapped there. */
export const USER_WORDS: uaddr = 0x70000000;

const user_words = per_machine((): { readonly at: Record<uaddr, unknown> } => ({ at: {} }), 'user_words');

export function Is_user_word(addr: uaddr): boolean { return addr >= USER_WORDS && addr < TASK_SIZE; }
export function Load_word(addr: uaddr): unknown { return user_words().at[addr]; }
export function Store_word(addr: uaddr, value: unknown): void { user_words().at[addr] = value; }
