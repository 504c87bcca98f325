// SPDX-License-Identifier: GPL-2.0-only
// Two more devices of the test driver, whose memory CPUs can reach: their pages hold their data
// themselves, and a command brings a range back.

import { hunk, parseHunk, type Hunk } from '../../../verifier/transform/hunk.ts';
import { patch, type FileEdits } from '../../../verifier/transform/patch.ts';
import { v2 } from '../posting.ts';

/** The way back as a program asks for it: how the vma is looked up, and how the loop is left, differ in v3. */
export function toSystem(lookup: string, leave: string): Hunk {
  return parseHunk(`
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
  +
  +     WARN_ON(!is_device_page(spage));
  +     spage = BACKING_PAGE(spage);
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
  + function dmirror_migrate_to_system(dmirror: dmirror,
  +   cmd: hmm_dmirror_cmd): int {
  +   let start: uaddr, end: uaddr, addr: uaddr;
  +   const size: unsigned_long = cmd.npages << PAGE_SHIFT;
  +   const mm: mm_struct = dmirror.notifier.mm;
  +   let vma: vm_area_struct | null;
  +   const src_pfns: migrate_pfn_t[] = Array<unsigned_long>(64).fill(0);
  +   const dst_pfns: migrate_pfn_t[] = Array<unsigned_long>(64).fill(0);
  +   const args = Init(migrate_vma, {});
  +   let next: uaddr;
  +   let ret: int;
  +
  +   start = cmd.addr;
  +   end = start + size;
  +   if (end < start)
  +     return -EINVAL;
  +
  +   if (!mmget_not_zero(mm))
  +     return -EINVAL;
  +
  +   mmap_read_lock(mm);
  +   out: {
  +     for (addr = start; addr < end; addr = next) {
${lookup}
  +         ret = -EINVAL;
  +         break out;
  +       }
  +       next = min(end, addr + (ARRAY_SIZE(src_pfns) << PAGE_SHIFT));
  +       if (next > vma.vm_end)
  +         next = vma.vm_end;
  +
  +       args.vma = vma;
  +       args.src = src_pfns;
  +       args.dst = dst_pfns;
  +       args.start = addr;
  +       args.end = next;
  +       args.pgmap_owner = dmirror.mdevice;
  +       args.flags = dmirror_select_device(dmirror);
  +
  +       ret = migrate_vma_setup(args);
  +       if (ret)
  +         break out;
  +
  +       dmirror_devmem_fault_alloc_and_copy(args, dmirror);
  +
  +       migrate_vma_pages(args);
  +       migrate_vma_finalize(args);
  +     }
${leave}
  +   }
  +
  +   mmap_read_unlock(mm);
  +   mmput(mm);
  +
  +   return ret;
  + }
  +
  - function dmirror_migrate(dmirror: dmirror,
  + function dmirror_migrate_to_device(dmirror: dmirror,
      cmd: hmm_dmirror_cmd): int {
`).cLines(808, 815);
}
const FIND_VMA = `
  +       vma = find_vma(mm, addr);
  +       if (!vma || addr < vma.vm_start ||
  +           !(vma.vm_flags & VM_READ)) {`;
const LEAVE_EARLY = `
  +     mmap_read_unlock(mm);
  +     mmput(mm);
  +
  +     return ret;`;

/** What both postings say before dmirror_migrate(). */
export function upToMigrate(file: FileEdits): FileEdits {
  return file
    .hunk('', hunk`
      - export const DMIRROR_NDEVICES = 2;
      + export const DMIRROR_NDEVICES = 4;
        export const DMIRROR_RANGE_FAULT_TIMEOUT = 1000;
        ...
        export const DEVMEM_CHUNKS_RESERVE = 16;

      + function BACKING_PAGE(page: page): page {
      +   return is_device_private_page(page) ?
      +     page.zone_device_data as page : page;
      + }
      +
        const spm_addr_dev0 = per_machine(() => ({ v: 0 }), 'spm_addr_dev0');
    `.cLines(29, 39))
    .hunk('dmirror_bounce_fini', hunk`
      + function dmirror_is_private_zone(mdevice: dmirror_device): boolean {
      +   return (mdevice.zone_device_type ===
      +     HMM_DMIRROR_MEMORY_DEVICE_PRIVATE) ? true : false;
      + }
      +
      + function dmirror_select_device(dmirror: dmirror): migrate_vma_direction {
      +   return (dmirror.mdevice.zone_device_type ===
      +     HMM_DMIRROR_MEMORY_DEVICE_PRIVATE) ?
      +     MIGRATE_VMA_SELECT_DEVICE_PRIVATE :
      +     MIGRATE_VMA_SELECT_DEVICE_COHERENT;
      + }
      +
        function dmirror_bounce_fini(bounce: dmirror_bounce): void {
    `.cLines(122, 127))
    .hunk('dmirror_devmem_alloc_page', hunk`
      - let rpage: page | null;
      + let rpage: page | null = null;

      - rpage = alloc_page(GFP_HIGHUSER);
      - if (!rpage)
      -   return null;
      -
      + if (dmirror_is_private_zone(mdevice)) {
      +   rpage = alloc_page(GFP_HIGHUSER);
      +   if (!rpage)
      +     return null;
      + }
        error: {
    `.cLines(572, 587))
    .hunk('dmirror_devmem_alloc_page', hunk`
          return dpage.v;
        }

      - __free_page(rpage);
      + if (rpage)
      +   __free_page(rpage);
        return null;
    `.cLines(601, 607))
    .hunk('dmirror_migrate_alloc_and_copy', hunk`
        spage = migrate_pfn_to_page(src[0]);
      + WARN(spage && is_zone_device_page(spage),
      +   'page already in device spage');

        dpage = dmirror_devmem_alloc_page(mdevice);
        if (!dpage)
          continue;

      - rpage = dpage.zone_device_data as page;
      + rpage = BACKING_PAGE(dpage);
        if (spage)
    `.cLines(627, 638))
    .hunk('dmirror_migrate_finalize_and_map', hunk`
        if (!dpage)
          continue;

      - entry = dpage.zone_device_data as page;
      + entry = BACKING_PAGE(dpage);
        if (dst[0] & MIGRATE_PFN_WRITE)
    `.cLines(724, 734));
}

/** And after it. */
export function fromMigrate(file: FileEdits): FileEdits {
  return file
    .hunk('dmirror_mkentry', hunk`
        page = hmm_pfn_to_page(entry);
      - if (is_device_private_page(page)) {
      -   if (dmirror.mdevice === dmirror_page_to_device(page))
      + if (is_device_page(page)) {
      +   if (!is_device_private_page(page)) {
      +     if (dmirror.mdevice === dmirror_page_to_device(page))
      +       perm.v = HMM_DMIRROR_PROT_DEV_COHERENT_LOCAL;
      +     else
      +       perm.v = HMM_DMIRROR_PROT_DEV_COHERENT_REMOTE;
      +   } else if (dmirror.mdevice === dmirror_page_to_device(page)) {
            perm.v = HMM_DMIRROR_PROT_DEV_PRIVATE_LOCAL;
      -   else
      +   } else {
            perm.v = HMM_DMIRROR_PROT_DEV_PRIVATE_REMOTE;
      +   }
        } else if (is_zero_pfn(page_to_pfn(page)))
    `.cLines(898, 909))
    .hunk('dmirror_fops_unlocked_ioctl', hunk`
      -   case HMM_DMIRROR_MIGRATE:
      -     ret = dmirror_migrate(dmirror, cmd);
      +   case HMM_DMIRROR_MIGRATE_TO_DEV:
      +     ret = dmirror_migrate_to_device(dmirror, cmd);
      +     break;
      +
      +   case HMM_DMIRROR_MIGRATE_TO_SYS:
      +     ret = dmirror_migrate_to_system(dmirror, cmd);
            break;

          case HMM_DMIRROR_EXCLUSIVE:
    `.cLines(1100, 1107))
    .hunk('dmirror_devmem_free', hunk`
      - const rpage = page.zone_device_data as page | null;
      + const rpage = BACKING_PAGE(page);
        let mdevice: dmirror_device;

      - if (rpage)
      + if (rpage !== page)
          __free_page(rpage);
    `.cLines(1142, 1155))
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
    `.cLines(1157, 1194))
    .hunk('dmirror_devmem_fault', hunk`
      - rpage = vmf.page.zone_device_data as page;
      + rpage = BACKING_PAGE(vmf.page);
        dmirror = rpage.zone_device_data as dmirror;
    `.cLines(1203, 1209))
    .hunk('dmirror_devmem_fault', hunk`
        args.pgmap_owner = dmirror.mdevice;
      - args.flags = MIGRATE_VMA_SELECT_DEVICE_PRIVATE;
      + args.flags = dmirror_select_device(dmirror);

        if (migrate_vma_setup(args))
    `.cLines(1213, 1219))
    .hunk('hmm_dmirror_init', hunk`
        let ret: int;
      - let id: int;
      + let id: int = 0;
      + let ndevices: int = 0;

        err_unreg: {
        ...
            break err_unreg;

      + dmirror_devices()[ndevices++].zone_device_type =
      +   HMM_DMIRROR_MEMORY_DEVICE_PRIVATE;
      + dmirror_devices()[ndevices++].zone_device_type =
      +   HMM_DMIRROR_MEMORY_DEVICE_PRIVATE;
      + if (spm_addr_dev0().v && spm_addr_dev1().v) {
      +   dmirror_devices()[ndevices++].zone_device_type =
      +     HMM_DMIRROR_MEMORY_DEVICE_COHERENT;
      +   dmirror_devices()[ndevices++].zone_device_type =
      +     HMM_DMIRROR_MEMORY_DEVICE_COHERENT;
      + }
        err_chrdev: {
      - for (id = 0; id < DMIRROR_NDEVICES; id++) {
      + for (id = 0; id < ndevices; id++) {
          ret = dmirror_device_init(dmirror_devices()[id], id);
    `.cLines(1279, 1292))
    .hunk('hmm_dmirror_exit', hunk`
        for (id = 0; id < DMIRROR_NDEVICES; id++)
      -   dmirror_device_remove(dmirror_devices()[id]);
      +   if (dmirror_devices()[id].zone_device_type)
      +     dmirror_device_remove(dmirror_devices()[id]);
        unregister_chrdev_region(dmirror_dev().v, DMIRROR_NDEVICES);
    `.cLines(1308, 1314));
}

/** lib/test_hmm_uapi.h. */
export function uapi(file: FileEdits): FileEdits {
  return file
    .hunk('', hunk`
        export const HMM_DMIRROR_WRITE: unsigned_int = _IOWR('H', 0x01, hmm_dmirror_cmd);
      - export const HMM_DMIRROR_MIGRATE: unsigned_int = _IOWR('H', 0x02, hmm_dmirror_cmd);
      - export const HMM_DMIRROR_SNAPSHOT: unsigned_int = _IOWR('H', 0x03, hmm_dmirror_cmd);
      - export const HMM_DMIRROR_EXCLUSIVE: unsigned_int = _IOWR('H', 0x04, hmm_dmirror_cmd);
      - export const HMM_DMIRROR_CHECK_EXCLUSIVE: unsigned_int = _IOWR('H', 0x05, hmm_dmirror_cmd);
      - export const HMM_DMIRROR_GET_MEM_DEV_TYPE: unsigned_int = _IOWR('H', 0x06, hmm_dmirror_cmd);
      + export const HMM_DMIRROR_MIGRATE_TO_DEV: unsigned_int = _IOWR('H', 0x02, hmm_dmirror_cmd);
      + export const HMM_DMIRROR_MIGRATE_TO_SYS: unsigned_int = _IOWR('H', 0x03, hmm_dmirror_cmd);
      + export const HMM_DMIRROR_SNAPSHOT: unsigned_int = _IOWR('H', 0x04, hmm_dmirror_cmd);
      + export const HMM_DMIRROR_EXCLUSIVE: unsigned_int = _IOWR('H', 0x05, hmm_dmirror_cmd);
      + export const HMM_DMIRROR_CHECK_EXCLUSIVE: unsigned_int = _IOWR('H', 0x06, hmm_dmirror_cmd);
      + export const HMM_DMIRROR_GET_MEM_DEV_TYPE: unsigned_int = _IOWR('H', 0x07, hmm_dmirror_cmd);
    `.cLines(33, 43))
    .hunk('', hunk`
        export const HMM_DMIRROR_PROT_DEV_PRIVATE_REMOTE: u8 = 0x30;
      + export const HMM_DMIRROR_PROT_DEV_COHERENT_LOCAL: u8 = 0x40;
      + export const HMM_DMIRROR_PROT_DEV_COHERENT_REMOTE: u8 = 0x50;
    `.cLines(63, 68));
}

export default patch({
  ...v2,
  number: 8,
  subject: 'lib: add support for device coherent type in test_hmm',
  date: 'Mon, 6 Dec 2021 12:52:48 -0600',
  messageId: '20211206185251.20646-9-alex.sierra@amd.com',
  files: ['lib/test_hmm.c', 'lib/test_hmm_uapi.h'],
  notModelled: [
    { what: 'memset of dmirror_devices (hmm_dmirror_init)', reason: "a module's variables are fresh each time it is loaded" },
    { what: 'pr_debug, and the pfn in a WARN', reason: 'pr_debug is off, and C does not look at what it would print' },
  ],
}, ({ file }) => {
  upToMigrate(file('lib/test_hmm.ts')).hunk('dmirror_migrate', toSystem(FIND_VMA, LEAVE_EARLY));
  fromMigrate(file('lib/test_hmm.ts'));
  uapi(file('lib/test_hmm_uapi.ts'));
});
