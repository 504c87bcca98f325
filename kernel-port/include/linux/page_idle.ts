// SPDX-License-Identifier: GPL-2.0-only
import type { page } from './mm_types.ts';

/** PAGE_IDLE_FLAG=n */
export function page_is_young(_page: page): boolean { return false; }
export function set_page_young(_page: page): void {}
export function test_and_clear_page_young(_page: page): boolean { return false; }
export function page_is_idle(_page: page): boolean { return false; }
export function set_page_idle(_page: page): void {}
export function clear_page_idle(_page: page): void {}
