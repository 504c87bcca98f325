// SPDX-License-Identifier: GPL-2.0-only
// A long-term pin that meets a device page drops what it has pinned and has the page's driver
// move it. Stated as posted.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { v2 } from '../posting.ts';

export default patch({
  ...v2,
  number: 3,
  subject: 'mm/gup: migrate PIN_LONGTERM dev coherent pages to system',
  date: 'Mon, 6 Dec 2021 12:52:43 -0600',
  messageId: '20211206185251.20646-4-alex.sierra@amd.com',
  files: ['mm/gup.c'],
  notModelled: [],
}, ({ file }) => file('mm/gup.ts')
  .calls('check_and_migrate_movable_pages').exactly(1)
  .hunk('check_and_migrate_movable_pages', hunk`
      //#if MIGRATION
    + function migrate_device_page(address: uaddr,
    +   page: page): int {
    +   const vma: vm_area_struct = find_vma(current().mm, address);
    +   const vmf = Init(vm_fault, {
    +     vma: vma,
    +     address: address & PAGE_MASK,
    +     flags: FAULT_FLAG_USER,
    +     pgoff: linear_page_index(vma, address),
    +     gfp_mask: GFP_KERNEL,
    +     page: page,
    +   });
    +   if (page.pgmap && page.pgmap.ops.migrate_to_ram)
    +     return page.pgmap.ops.migrate_to_ram(vmf);
    +
    +   return -EBUSY;
    + }
    +
      function check_and_migrate_movable_pages(
    +   start: uaddr,
        nr_pages: unsigned_long,
        pages: page[],
        gup_flags: foll_flags,
      ): long {
        let i: unsigned_long;
    +   let page_index: unsigned_long;
        let isolation_error_count: unsigned_long = 0;
  `.cLines(1689, 1705))
  .hunk('check_and_migrate_movable_pages', hunk`
    + unpin_pages: {
      for (i = 0; i < nr_pages; i++) {
        head = compound_head(pages[i]);
      ...
        prev_head = head;
    +   if (is_device_page(head)) {
    +     page_index = i;
    +     break unpin_pages;
    +   }
        if (!is_pinnable_page(head)) {
          if (PageHuge(head)) {
      ...
      if (list_empty(movable_page_list) && !isolation_error_count)
        return nr_pages;

    + }
      if (gup_flags & FOLL_PIN) {
        unpin_user_pages(pages, nr_pages);
      } else {
        for (i = 0; i < nr_pages; i++)
          put_page(pages[i]);
      }
    + if (is_device_page(head))
    +   return migrate_device_page(start + page_index * PAGE_SIZE, head);
    +
      if (!list_empty(movable_page_list)) {
  `.cLines(1720, 1765))
  .hunk('__gup_longterm_locked', hunk`
        if (rc <= 0)
          break;
    -   rc = check_and_migrate_movable_pages(rc, pages, gup_flags);
    +   rc = check_and_migrate_movable_pages(start, rc, pages, gup_flags);
      } while (!rc);
  `.cLines(1798, 1804)));
