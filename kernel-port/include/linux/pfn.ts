// SPDX-License-Identifier: GPL-2.0-only
// Frame numbers and physical addresses. All of them stay below 2^31 (types.ts).

import { PAGE_MASK, PAGE_SHIFT, PAGE_SIZE } from '../../arch/model/pgtable.ts';
import type { pfn_nr, phys_addr_t } from './types.ts';

export function PFN_ALIGN(x: phys_addr_t): phys_addr_t { return (x + (PAGE_SIZE - 1)) & PAGE_MASK; }
export function PFN_UP(x: phys_addr_t): pfn_nr { return (x + PAGE_SIZE - 1) >>> PAGE_SHIFT; }
export function PFN_DOWN(x: phys_addr_t): pfn_nr { return x >>> PAGE_SHIFT; }
export function PFN_PHYS(x: pfn_nr): phys_addr_t { return x << PAGE_SHIFT; }
export function PHYS_PFN(x: phys_addr_t): pfn_nr { return x >>> PAGE_SHIFT; }
