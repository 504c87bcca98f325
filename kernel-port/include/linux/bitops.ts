// SPDX-License-Identifier: GPL-2.0-only
// Bits of a flags word: each operation is one event; the ones with __ are a read and a write. C
// passes the address of the field; here the struct that has the field stands for it
// (`&page->flags` is `page`), so that the event names the struct.

import type { int, unsigned_long } from './types.ts';

/** A struct with a flags word: a page, an mm, an address_space. */
export interface flags_word { flags: unsigned_long }

export function BIT(nr: int): unsigned_long { return (1 << nr) >>> 0; }
export function set_bit(nr: int, addr: flags_word): void { addr.flags |= 1 << nr; }
export function clear_bit(nr: int, addr: flags_word): void { addr.flags &= ~(1 << nr); }
export function clear_bit_unlock(nr: int, addr: flags_word): void { addr.flags &= ~(1 << nr); }
export function test_bit(nr: int, addr: flags_word): boolean { return (addr.flags & (1 << nr)) !== 0; }
export function test_and_set_bit(nr: int, addr: flags_word): boolean {
  const old = addr.flags;
  addr.flags = old | (1 << nr);
  return (old & (1 << nr)) !== 0;
}
export function test_and_set_bit_lock(nr: int, addr: flags_word): boolean { return test_and_set_bit(nr, addr); }
export function test_and_clear_bit(nr: int, addr: flags_word): boolean {
  const old = addr.flags;
  addr.flags = old & ~(1 << nr);
  return (old & (1 << nr)) !== 0;
}
/** Clears bit nr and says whether bit 7, the waiters' bit of a page, is set. */
export function clear_bit_unlock_is_negative_byte(nr: int, addr: flags_word): boolean {
  const now = addr.flags & ~(1 << nr);
  addr.flags = now;
  return (now & 0x80) !== 0;
}
/** Not atomic in C: a read and a write. */
export function __set_bit(nr: int, addr: flags_word): void { addr.flags |= 1 << nr; }
export function __clear_bit(nr: int, addr: flags_word): void { addr.flags &= ~(1 << nr); }
