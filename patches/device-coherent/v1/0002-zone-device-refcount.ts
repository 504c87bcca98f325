// SPDX-License-Identifier: GPL-2.0-only
// A device page that nobody uses has a count of zero: no base reference any more, no key by which
// put_page() finds pages that have one, no putting of pages when a region goes.
//
// The posting stands on v5.13 and after, the port on v5.15. What had to be said otherwise here stands at
// its hunk; what the posting changes outside the port stands under notModelled.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { v1 } from '../posting.ts';

export default patch({
  ...v1,
  author: { name: 'Ralph Campbell', email: 'rcampbell@nvidia.com' },
  sender: v1.author,
  number: 2,
  subject: 'mm: remove extra ZONE_DEVICE struct page refcount',
  date: 'Tue, 24 Aug 2021 22:48:16 -0500',
  messageId: '20210825034828.12927-3-alex.sierra@amd.com',
  files: [
    'arch/powerpc/kvm/book3s_hv_uvmem.c', 'drivers/gpu/drm/nouveau/nouveau_dmem.c', 'fs/dax.c', 'include/linux/dax.h',
    'include/linux/memremap.h', 'include/linux/mm.h', 'lib/test_hmm.c', 'mm/internal.h', 'mm/memremap.c', 'mm/migrate.c',
    'mm/page_alloc.c', 'mm/swap.c',
  ],
  notModelled: [
    { what: 'kvmppc_uvmem_get_page (arch/powerpc/kvm/book3s_hv_uvmem.c)', reason: 'a driver that is not ported; the model driver takes the change in its place' },
    { what: 'nouveau_dmem_page_alloc_locked (drivers/gpu/drm/nouveau/nouveau_dmem.c)', reason: 'a driver that is not ported; the model driver takes the change in its place' },
    { what: 'dax_page_unused (include/linux/dax.h)', reason: 'no file system, page cache or DAX mapping in the port' },
    { what: 'comments of fs/dax.c', reason: 'no file system, page cache or DAX mapping in the port' },
    { what: 'the comment at page_free (include/linux/memremap.h)', reason: 'a comment' },
  ],
}, ({ file }) => {
  // Not in the posting: C leaves page_is_devmap_managed() in the header, where nobody calls it and the key
  // that it names is never looked for. In the port a name that is imported has to be there.
  file('include/linux/mm.ts')
    .hunk('', hunk`
        import { __pte_alloc } from '../../mm/memory.ts';
      - //#if DEV_PAGEMAP_OPS
      - import { devmap_managed_key } from '../../mm/memremap.ts';
      - import { put_devmap_managed_page } from '../../mm/swap.ts';
      - //#endif
        import { __vma_adjust, find_vma } from '../../mm/mmap.ts';
    `)
    .hunk('', hunk`
        export function is_zone_movable_page(page: page): boolean { return page_zonenum(page) === ZONE_MOVABLE; }

      - //#if DEV_PAGEMAP_OPS
      - export function page_is_devmap_managed(page: page): boolean {
      -   if (!static_branch_unlikely(devmap_managed_key()))
      -     return false;
      -   if (!is_zone_device_page(page))
      -     return false;
      -   switch (page.pgmap.type) {
      -     case MEMORY_DEVICE_PRIVATE:
      -     case MEMORY_DEVICE_FS_DAX:
      -       return true;
      -     default:
      -       break;
      -   }
      -   return false;
      - }
      -
      - export { put_devmap_managed_page };
      - //#else
      - export function page_is_devmap_managed(_page: page): boolean {
      -   return false;
      - }
      -
      - export function put_devmap_managed_page(_page: page): void {
      - }
      - //#endif
      -
        export function is_device_private_page(page: page): boolean {
    `)
    .hunk('put_page', hunk`
        page = compound_head(page);

      - if (page_is_devmap_managed(page)) {
      -   put_devmap_managed_page(page);
      -   return;
      - }
      -
        if (put_page_testzero(page))
          __put_page(page);
    `.cLines(1220, 1236));

  file('lib/test_hmm.ts')
    .hunk('dmirror_devmem_alloc_page', hunk`
        dpage.v.zone_device_data = rpage;
      - get_page(dpage.v);
      + init_page_count(dpage.v);
        lock_page(dpage.v);
    `.cLines(561, 567));

  // C declares it in both arms; what another file defines the port imports from there.
  file('mm/internal.ts')
    .hunk('', hunk`
        export function flush_tlb_batched_pending(_mm: object): void { notModelled('batched unmap flush'); }

      + //#if DEV_PAGEMAP_OPS
      + //#else
      + export function free_zone_device_page(_page: page): void {
      + }
      + //#endif
      +
        export class migration_target_control {
    `.cLines(667, 670));

  file('mm/memremap.ts')
    .hunk('', hunk`
        const pgmap_array = per_machine(() => new xarray<dev_pagemap>(), 'pgmap_array');

      - //#if DEV_PAGEMAP_OPS
      - export const devmap_managed_key = per_machine(() => new static_key_false(), 'devmap_managed_key');
      -
      - function devmap_managed_enable_put(pgmap: dev_pagemap): void {
      -   if (pgmap.type === MEMORY_DEVICE_PRIVATE ||
      -       pgmap.type === MEMORY_DEVICE_FS_DAX)
      -     static_branch_dec(devmap_managed_key());
      - }
      -
      - function devmap_managed_enable_get(pgmap: dev_pagemap): void {
      -   if (pgmap.type === MEMORY_DEVICE_PRIVATE ||
      -       pgmap.type === MEMORY_DEVICE_FS_DAX)
      -     static_branch_inc(devmap_managed_key());
      - }
      - //#else
      - function devmap_managed_enable_get(_pgmap: dev_pagemap): void {
      - }
      - function devmap_managed_enable_put(_pgmap: dev_pagemap): void {
      - }
      - //#endif
      -
        function pgmap_array_delete(range: range): void {
    `.cLines(37, 68))
    // The loop's macro is a function and three clauses in the port.
    .hunk('', hunk`
          return (range.start + range_len(range)) >>> PAGE_SHIFT;
        }

      - function pfn_next(pfn: pfn_nr): pfn_nr {
      -   if (pfn % 1024 === 0)
      -     cond_resched();
      -   return pfn + 1;
      - }
      -
      - function for_each_device_pfn(pgmap: dev_pagemap, range_id: int): pfn_nr { return pfn_first(pgmap, range_id); }
      -
        function dev_pagemap_kill(pgmap: dev_pagemap): void {
    `.cLines(102, 117))
    .hunk('memunmap_pages', hunk`
      - let pfn: pfn_nr;
        let i: int;

        dev_pagemap_kill(pgmap);
        for (i = 0; i < pgmap.nr_range; i++)
      -   for (pfn = for_each_device_pfn(pgmap, i); pfn < pfn_end(pgmap, i); pfn = pfn_next(pfn))
      -     put_page(pfn_to_page(pfn));
      +   percpu_ref_put_many(pgmap.ref, pfn_end(pgmap, i) -
      +     pfn_first(pgmap, i));
        dev_pagemap_cleanup(pgmap);
        ...
        WARN_ONCE(pgmap.altmap.alloc, 'failed to free all reserved pages');
      - devmap_managed_enable_put(pgmap);
    `.cLines(167, 186))
    .hunk('memremap_pages', hunk`
      - devmap_managed_enable_get(pgmap);
      -
        pgmap.nr_range = 0;
    `.cLines(382, 389))
    .hunk('free_devmap_managed_page', hunk`
      - export function free_devmap_managed_page(page: page): void {
      -   if (!is_device_private_page(page)) {
      -     wake_up_var(page._refcount);
      -     return;
      -   }
      -
      + function free_device_private_page(page: page): void {
          __ClearPageWaiters(page);
    `.cLines(498, 513))
    .hunk('', hunk`
          page.mapping = null;
          page.pgmap.ops.page_free(page);
        }
      +
      + export function free_zone_device_page(page: page): void {
      +   switch (page.pgmap.type) {
      +     case MEMORY_DEVICE_FS_DAX:
      +       wake_up_var(page._refcount);
      +       return;
      +     case MEMORY_DEVICE_PRIVATE:
      +       free_device_private_page(page);
      +       return;
      +     default:
      +       return;
      +   }
      + }
        //#endif
    `.cLines(534, 537));

  file('mm/migrate.ts')
    .hunk('expected_page_refs', hunk`
        let expected_count: int = 1;

      - expected_count += Number(is_device_private_page(page));
        if (mapping)
    `.cLines(350, 360));

  file('mm/page_alloc.ts')
    .hunk('memmap_init_zone_device', hunk`
        __init_single_page(page, pfn, zone_idx_, nid);

      + set_page_count(page, 0);
      +
        __SetPageReserved(page);
    `.cLines(6414, 6419));

  file('mm/swap.ts')
    .hunk('', hunk`
        //#if DEV_PAGEMAP_OPS
      - import { free_devmap_managed_page } from './memremap.ts';
      + import { free_zone_device_page } from './memremap.ts';
        //#else
      - import { put_devmap_managed_page } from '../include/linux/mm.ts';
      + import { free_zone_device_page } from './internal.ts';
        //#endif
    `)
    .hunk('__put_page', hunk`
        if (is_zone_device_page(page)) {
      -   put_dev_pagemap(page.pgmap);
      -
      +   free_zone_device_page(page);
          return;
        }
    `.cLines(114, 125))
    .hunk('release_pages', hunk`
        if (is_huge_zero_page(page))
          continue;

      + if (!put_page_testzero(page))
      +   continue;
      +
        if (is_zone_device_page(page)) {
          if (lruvec) {
            unlock_page_lruvec_irqrestore(lruvec, flags.v);
            lruvec = null;
          }
      -   if (page_is_devmap_managed(page)) {
      -     put_devmap_managed_page(page);
      -     continue;
      -   }
      -   if (put_page_testzero(page))
      -     put_dev_pagemap(page.pgmap);
      +   free_zone_device_page(page);
          continue;
        }

      - if (!put_page_testzero(page))
      -   continue;
      -
        if (PageCompound(page)) {
    `.cLines(917, 945))
    .hunk('', hunk`
          release_pages(pvec.pages, pvec.nr);
          pagevec_reinit(pvec);
        }

      - //#if DEV_PAGEMAP_OPS
      - export function put_devmap_managed_page(page: page): void {
      -   let count: int;
      -
      -   if (WARN_ON_ONCE(!page_is_devmap_managed(page)))
      -     return;
      -
      -   count = page_ref_dec_return(page);
      -
      -   if (count === 1)
      -     free_devmap_managed_page(page);
      -   else if (!count)
      -     __put_page(page);
      - }
      - //#endif
    `.cLines(1143, 1168));

  // What the posting does to each driver that hands a page out, done to the one that is here.
  file('drivers/model/device.ts')
    .hunk('model_devmem_alloc_page', hunk`
        dpage.zone_device_data = null;
      - get_page(dpage);
      + init_page_count(dpage);
        lock_page(dpage);
    `);
});
