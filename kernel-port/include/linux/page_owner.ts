// SPDX-License-Identifier: GPL-2.0-only
// PAGE_OWNER=n: the stubs of the header.

import type { page } from './mm_types.ts';
import type { gfp_t, int, unsigned_int } from './types.ts';

export function reset_page_owner(_page: page, _order: unsigned_int): void {}
export function set_page_owner(_page: page, _order: unsigned_int, _gfp_mask: gfp_t): void {}
export function copy_page_owner(_oldpage: page, _newpage: page): void {}
export function set_page_owner_migrate_reason(_page: page, _reason: int): void {}
