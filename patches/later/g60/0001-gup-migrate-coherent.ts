// SPDX-License-Identifier: GPL-2.0-only
// v6.0 (b05a79d4377f): a long-term pin moves coherent pages without their driver, one by one, each held
// by what was its pin. is_pinnable_page() has its name and form of v5.15: the test for coherent pages
// stands before it. Entries of src and dst have the LOCKED bit that v5.15 wants. v6.0 builds mm/migrate_device.c
// without device-private memory, too; v5.15 does not, so neither does what is carried here.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { later } from '../posting.ts';

export default patch({
  ...later,
  version: 'g60',
  number: 1,
  of: 1,
  base: 'later/t60/1',
  subject: 'mm/gup: migrate device coherent pages when pinning instead of failing',
  author: { name: 'Alistair Popple', email: 'apopple@nvidia.com' },
  date: 'Fri, 15 Jul 2022 10:05:13 -0500',
  messageId: '20220715150521.18165-7-alex.sierra@amd.com',
  coverId: '20220715150521.18165-1-alex.sierra@amd.com',
  files: ['mm/gup.c', 'mm/internal.h', 'mm/migrate_device.c'],
  notModelled: [{ what: 'folio_is_longterm_pinnable, and the test for it in try_grab_folio', reason: 'v5.15 tests is_pinnable_page() there, which knows no coherent pages: the fast path is as in v5.15' }],
}, ({ file }) => {
  file('mm/gup.ts')
    .hunk('check_and_migrate_movable_pages', hunk`
        let isolation_error_count: unsigned_long = 0;
      - let drain_allow: boolean = true;
      + let drain_allow: boolean = true, coherent_pages: boolean = false;
    `.cLines(1881, 1884))
    .hunk('check_and_migrate_movable_pages', hunk`
      + unpin_pages: {
        for (i = 0; i < nr_pages; i++) {
          head = compound_head(pages[i]);
          if (head === prev_head)
            continue;
          prev_head = head;
      +
      +   if (is_device_coherent_page(head)) {
      +     pages[i] = null;
      +     coherent_pages = true;
      +
      +     // The pin becomes a plain reference, which the migration consumes.
      +     if (gup_flags & FOLL_PIN) {
      +       get_page(head);
      +       unpin_user_page(head);
      +     }
      +
      +     ret = migrate_device_coherent_page(head);
      +     if (ret)
      +       break unpin_pages;
      +
      +     continue;
      +   }
      +
          if (!is_pinnable_page(head)) {
      ...
      - if (list_empty(movable_page_list) && !isolation_error_count)
      + if (list_empty(movable_page_list) && !isolation_error_count && !coherent_pages)
          return nr_pages;
      + }

      - if (gup_flags & FOLL_PIN) {
      -   unpin_user_pages(pages, nr_pages);
      - } else {
      -   for (i = 0; i < nr_pages; i++)
      + for (i = 0; i < nr_pages; i++) {
      +   if (!pages[i])
      +     continue;
      +
      +   if (gup_flags & FOLL_PIN)
      +     unpin_user_page(pages[i]);
      +   else
            put_page(pages[i]);
        }
        if (!list_empty(movable_page_list)) {
    `.cLines(1891, 1975));

  file('mm/internal.ts').hunk('', hunk`
      export { isolate_lru_page, putback_lru_page } from './vmscan.ts';
    + //#if MIGRATION
    + //#if DEVICE_PRIVATE
    + export { migrate_device_coherent_page } from './migrate.ts';
    + //#endif
    + //#endif
  `.cLines(853, 858));

  file('mm/migrate.ts')
    .hunk('migrate_vma_pages', hunk`
          if (!page) {
      +     VM_BUG_ON(!migrate.vma);
            if (!(migrate.src[i] & MIGRATE_PFN_MIGRATE))
    `.cLines(686, 692))
    .hunk('migrate_vma_finalize', hunk`
              putback_lru_page(newpage);
          }
        }
        }
      +
      + /** Moves a coherent page to system memory, wherever it is mapped; consumes the caller's reference, also where it fails. */
      + export function migrate_device_coherent_page(page: page): int {
      +   const args = Init(migrate_vma, {});
      +   let dpage: page | null;
      +
      +   WARN_ON_ONCE(PageCompound(page));
      +
      +   lock_page(page);
      +   args.src = [migrate_pfn(page_to_pfn(page)) | MIGRATE_PFN_LOCKED | MIGRATE_PFN_MIGRATE];
      +   args.dst = [0];
      +   args.cpages = 1;
      +   args.npages = 1;
      +   args.vma = null;
      +
      +   migrate_vma_unmap(args);
      +   if (!(args.src[0] & MIGRATE_PFN_MIGRATE))
      +     return -EBUSY;
      +
      +   dpage = alloc_page(GFP_USER | __GFP_NOWARN);
      +   if (dpage) {
      +     lock_page(dpage);
      +     args.dst[0] = migrate_pfn(page_to_pfn(dpage)) | MIGRATE_PFN_LOCKED;
      +   }
      +
      +   migrate_vma_pages(args);
      +   if (args.src[0] & MIGRATE_PFN_MIGRATE)
      +     copy_highpage(dpage, page);
      +   migrate_vma_finalize(args);
      +
      +   if (args.src[0] & MIGRATE_PFN_MIGRATE)
      +     return 0;
      +   return -EBUSY;
      + }
    `.cLines(794, 848));
});
