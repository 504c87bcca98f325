// SPDX-License-Identifier: GPL-2.0-only
// Whole pages cleared and copied by the kernel: the content of a frame is one number.

import { reduced } from '../../arch/model/marks.ts';
import { __va, frame_content, page_to_pfn, set_frame_content } from '../../arch/model/memory.ts';
import { alloc_page_vma, GFP_HIGHUSER_MOVABLE, __GFP_ZERO } from './gfp.ts';
import { PFN_PHYS } from './pfn.ts';
import type { page, vm_area_struct } from './mm_types.ts';
import type { uaddr, unsigned_long } from './types.ts';

export function clear_user_highpage(page: page, _vaddr: uaddr): void {
  reduced('a page is one number: nothing to map');
  set_frame_content(page, 0);
}

/** As x86 has it: the allocator clears the page. */
export function alloc_zeroed_user_highpage_movable(vma: vm_area_struct, vaddr: uaddr): page | null {
  return alloc_page_vma(GFP_HIGHUSER_MOVABLE | __GFP_ZERO, vma, vaddr);
}

export function clear_highpage(page: page): void {
  reduced('a page is one number: nothing to map');
  set_frame_content(page, 0);
}

export function tag_clear_highpage(_page: page): void {}

export function copy_user_highpage(to: page, from: page, _vaddr: uaddr, _vma: vm_area_struct): void {
  reduced('a page is one number: nothing to map');
  set_frame_content(to, frame_content(from));
}

export function copy_highpage(to: page, from: page): void {
  reduced('a page is one number: nothing to map');
  set_frame_content(to, frame_content(from));
}

/** HIGHMEM=n: all memory has an address. */
export function kmap(page: page): unsigned_long { return __va(PFN_PHYS(page_to_pfn(page))); }
export function kunmap(_page: page): void {}
