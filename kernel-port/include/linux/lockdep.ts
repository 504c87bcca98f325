// SPDX-License-Identifier: GPL-2.0-only
// Lock dependency annotations. They have no effect in the model: its own rules watch the order
// of locks (model-rules.md, I18).

/** The subclass of the second lock of a kind. */
export const SINGLE_DEPTH_NESTING = 1;

export interface lockdep_map { readonly name: string }

export function lock_map_acquire(_l: lockdep_map): void {}
export function lock_map_release(_l: lockdep_map): void {}
export function might_lock(_lock: object): void {}
export function lockdep_assert_held(_lock: object): void {}
export function lockdep_assert_held_write(_lock: object): void {}
export function might_lock_read(_lock: object): void {}
