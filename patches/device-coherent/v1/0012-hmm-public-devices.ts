// SPDX-License-Identifier: GPL-2.0-only
// Memory of the test driver that CPUs can reach: its pages hold their data themselves, and the command
// to migrate says which way.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { v1 } from '../posting.ts';

export default patch({
  ...v1,
  number: 12,
  subject: 'lib: add support for device public type in test_hmm',
  date: 'Tue, 24 Aug 2021 22:48:26 -0500',
  messageId: '20210825034828.12927-13-alex.sierra@amd.com',
  files: ['lib/test_hmm.c', 'lib/test_hmm_uapi.h'],
  notModelled: [
    { what: 'src without const (dmirror_migrate_alloc_and_copy, dmirror_devmem_fault_alloc_and_copy)', reason: 'what src points to is not const in the port' },
    { what: 'pr_debug (lib/test_hmm.c)', reason: 'pr_debug is off' },
    { what: 'the size in the numbers of the ioctls (struct hmm_dmirror_cmd)', reason: '_IOWR() counts eight bytes for each field, also for these two of four' },
    { what: 'comments of lib/test_hmm.c and lib/test_hmm_uapi.h', reason: 'comments' },
  ],
}, ({ file }) => {
  file('lib/test_hmm.ts')
    .hunk('dmirror_allocate_chunk', hunk`
        let ptr: unknown;
      + let ret: int = -ENOMEM;

        devmem = kzalloc(dmirror_chunk, GFP_KERNEL);
    `.cLines(469, 474))
    .hunk('dmirror_allocate_chunk', hunk`
        spin_unlock(mdevice.lock);

      - return Number(true);
      + return 0;
        }
    `.cLines(551, 557))
    .hunk('dmirror_allocate_chunk', hunk`
        kfree(devmem);

      - return Number(false);
      + return ret;
    `.cLines(560, 566))
    .hunk('dmirror_migrate_alloc_and_copy', hunk`
        spage = migrate_pfn_to_page(src[0]);
      -
      + if (spage && is_zone_device_page(spage)) {
      +   src[0] &= ~MIGRATE_PFN_MIGRATE;
      +   continue;
      + }
        dpage = dmirror_devmem_alloc_page(mdevice);
        if (!dpage)
          continue;

      - rpage = dpage.zone_device_data as page;
      + rpage = is_device_private_page(dpage) ? dpage.zone_device_data as page :
      +   dpage;
        if (spage)
    `.cLines(621, 632))
    .hunk('dmirror_migrate_alloc_and_copy', hunk`
      + rpage = dpage.zone_device_data as page;
        rpage.zone_device_data = dmirror;
      -
        dst[0] = migrate_pfn(page_to_pfn(dpage)) |
          MIGRATE_PFN_LOCKED;
    `.cLines(638, 645))
    .hunk('dmirror_migrate_finalize_and_map', hunk`
        if (!dpage)
          continue;

      - entry = dpage.zone_device_data as page;
      + entry = is_device_private_page(dpage) ? dpage.zone_device_data as page :
      +   dpage;
        if (dst[0] & MIGRATE_PFN_WRITE)
    `.cLines(673, 682))
    // v5.15 has dmirror_exclusive() between the two, which the posting does not know.
    .hunk('dmirror_migrate', hunk`
      + function dmirror_devmem_fault_alloc_and_copy(args: migrate_vma,
      +   dmirror: dmirror): vm_fault_t {
      +   let src: migrate_pfn_t[] = args.src;
      +   let dst: migrate_pfn_t[] = args.dst;
      +   const start: uaddr = args.start;
      +   const end: uaddr = args.end;
      +   let addr: uaddr;
      +
      +   for (addr = start; addr < end; addr += PAGE_SIZE,
      +     src = ArrayAt(src, 1), dst = ArrayAt(dst, 1)) {
      +     let dpage: page | null, spage: page | null;
      +
      +     spage = migrate_pfn_to_page(src[0]);
      +     if (!spage || !(src[0] & MIGRATE_PFN_MIGRATE))
      +       continue;
      +     if (is_device_private_page(spage)) {
      +       spage = spage.zone_device_data as page;
      +     } else {
      +       src[0] &= ~MIGRATE_PFN_MIGRATE;
      +       continue;
      +     }
      +     dpage = alloc_page_vma(GFP_HIGHUSER_MOVABLE, args.vma, addr);
      +     if (!dpage)
      +       continue;
      +
      +     lock_page(dpage);
      +     xa_erase(dmirror.pt, addr >> PAGE_SHIFT);
      +     copy_highpage(dpage, spage);
      +     dst[0] = migrate_pfn(page_to_pfn(dpage)) | MIGRATE_PFN_LOCKED;
      +     if (src[0] & MIGRATE_PFN_WRITE)
      +       dst[0] |= MIGRATE_PFN_WRITE;
      +   }
      +   return 0;
      + }
      +
        function dmirror_migrate(dmirror: dmirror,
          cmd: hmm_dmirror_cmd): int {
    `.cLines(690, 695))
    .hunk('dmirror_migrate', hunk`
        args.pgmap_owner = dmirror.mdevice;
      - args.flags = MIGRATE_VMA_SELECT_SYSTEM;
      + args.flags = (!cmd.alloc_to_devmem &&
      +   dmirror.mdevice.zone_device_type ===
      +   HMM_DMIRROR_MEMORY_DEVICE_PRIVATE) ?
      +   MIGRATE_VMA_SELECT_DEVICE_PRIVATE :
      +   MIGRATE_VMA_SELECT_SYSTEM;
        ret = migrate_vma_setup(args);
        if (ret)
          break out;

      - dmirror_migrate_alloc_and_copy(args, dmirror);
      + if (cmd.alloc_to_devmem) {
      +   dmirror_migrate_alloc_and_copy(args, dmirror);
      + } else {
      +   dmirror_devmem_fault_alloc_and_copy(args, dmirror);
      + }
        migrate_vma_pages(args);
      - dmirror_migrate_finalize_and_map(args, dmirror);
      + if (cmd.alloc_to_devmem)
      +   dmirror_migrate_finalize_and_map(args, dmirror);
        migrate_vma_finalize(args);
        }
        mmap_read_unlock(mm);
        mmput(mm);

      - ret = dmirror_bounce_init(bounce, start, size);
      - if (ret)
      -   return ret;
      - mutex_lock(dmirror.mutex);
      - ret = dmirror_do_read(dmirror, start, end, bounce);
      - mutex_unlock(dmirror.mutex);
      - if (ret === 0) {
      -   if (copy_to_user(u64_to_user_ptr(cmd.ptr), bounce.ptr,
      -     bounce.size))
      -     ret = -EFAULT;
      - }
      - cmd.cpages = bounce.cpages;
      - dmirror_bounce_fini(bounce);
      + if (cmd.alloc_to_devmem) {
      +   ret = dmirror_bounce_init(bounce, start, size);
      +   if (ret)
      +     return ret;
      +   mutex_lock(dmirror.mutex);
      +   ret = dmirror_do_read(dmirror, start, end, bounce);
      +   mutex_unlock(dmirror.mutex);
      +   if (ret === 0) {
      +     if (copy_to_user(u64_to_user_ptr(cmd.ptr), bounce.ptr,
      +       bounce.size))
      +       ret = -EFAULT;
      +   }
      +   cmd.cpages = bounce.cpages;
      +   dmirror_bounce_fini(bounce);
      + }
        return ret;
        }
    `.cLines(731, 763))
    .hunk('dmirror_mkentry', hunk`
        page = hmm_pfn_to_page(entry);
      - if (is_device_private_page(page)) {
      -   if (dmirror.mdevice === dmirror_page_to_device(page))
      + if (is_device_page(page)) {
      +   if (!is_device_private_page(page))
      +     perm.v = HMM_DMIRROR_PROT_DEV_PUBLIC;
      +   else if (dmirror.mdevice === dmirror_page_to_device(page))
            perm.v = HMM_DMIRROR_PROT_DEV_PRIVATE_LOCAL;
    `.cLines(781, 789))
    .hunk('dmirror_devmem_fault_alloc_and_copy', hunk`
      - function dmirror_devmem_fault_alloc_and_copy(args: migrate_vma,
      -   dmirror: dmirror): vm_fault_t {
      -   let src: migrate_pfn_t[] = args.src;
      -   let dst: migrate_pfn_t[] = args.dst;
      -   const start: uaddr = args.start;
      -   const end: uaddr = args.end;
      -   let addr: uaddr;
      -
      -   for (addr = start; addr < end; addr += PAGE_SIZE,
      -     src = ArrayAt(src, 1), dst = ArrayAt(dst, 1)) {
      -     let dpage: page | null, spage: page | null;
      -
      -     spage = migrate_pfn_to_page(src[0]);
      -     if (!spage || !(src[0] & MIGRATE_PFN_MIGRATE))
      -       continue;
      -     spage = spage.zone_device_data as page;
      -
      -     dpage = alloc_page_vma(GFP_HIGHUSER_MOVABLE, args.vma, addr);
      -     if (!dpage)
      -       continue;
      -
      -     lock_page(dpage);
      -     xa_erase(dmirror.pt, addr >> PAGE_SHIFT);
      -     copy_highpage(dpage, spage);
      -     dst[0] = migrate_pfn(page_to_pfn(dpage)) | MIGRATE_PFN_LOCKED;
      -     if (src[0] & MIGRATE_PFN_WRITE)
      -       dst[0] |= MIGRATE_PFN_WRITE;
      -   }
      -   return 0;
      - }
    `.cLines(1030, 1067));

  file('lib/test_hmm_uapi.ts')
    .hunk('', hunk`
      - zone_device_type: u64 = 0;
      + zone_device_type: u32 = 0;
      + alloc_to_devmem: u32 = 0;
        }
    `.cLines(26, 32))
    .hunk('', hunk`
        export const HMM_DMIRROR_PROT_DEV_PRIVATE_REMOTE: u8 = 0x30;
      + export const HMM_DMIRROR_PROT_DEV_PUBLIC: u8 = 0x40;
    `.cLines(60, 65));
});
