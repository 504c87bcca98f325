// SPDX-License-Identifier: GPL-2.0-only
// The driver by which hmm, device private memory and exclusive access are tried out: it mirrors the
// address space of the process that opened it. Its device memory is made of system pages, one behind
// each device page (zone_device_data), and each of those names the mirror it was taken for.
//
// Left out: mmap of the device file, which v5.15 does not have. A chunk is as large as the programs
// of verifier/selftest/ need, and one page more.

//#if MIGRATION
//#if DEVICE_PRIVATE
import { per_machine } from '../arch/model/machine.ts';
import { Wild_page, page_to_pfn, pfn_to_page } from '../arch/model/memory.ts';
import { PAGE_MASK, PAGE_SHIFT, PAGE_SIZE } from '../arch/model/pgtable.ts';
import { PMD_SHIFT, PUD_SHIFT } from '../arch/model/pgtable_types.ts';
import { WARN_ON } from '../include/linux/bug.ts';
import { cdev, cdev_add, cdev_del, cdev_init } from '../include/linux/cdev.ts';
import { IS_ERR } from '../include/linux/err.ts';
import { EBUSY, EFAULT, EINVAL, ENOENT, ENOMEM, EPERM } from '../include/linux/errno.ts';
import { alloc_chrdev_region, default_llseek, unregister_chrdev_region } from '../include/linux/fs.ts';
import { GFP_ATOMIC, GFP_HIGHUSER, GFP_HIGHUSER_MOVABLE, GFP_KERNEL, __free_page, alloc_page, alloc_page_vma } from '../include/linux/gfp.ts';
import { clear_highpage, copy_highpage, kmap, kunmap } from '../include/linux/highmem.ts';
import {
  HMM_PFN_ERROR, HMM_PFN_REQ_FAULT, HMM_PFN_REQ_WRITE, HMM_PFN_VALID, HMM_PFN_WRITE, HMM_RANGE_DEFAULT_TIMEOUT,
  hmm_pfn_to_map_order, hmm_pfn_to_page, hmm_range, hmm_range_fault,
} from '../include/linux/hmm.ts';
import { Sizeof } from '../include/linux/ioctl.ts';
import { iomem_resource, release_mem_region, request_free_mem_region } from '../include/linux/ioport.ts';
import { jiffies, msecs_to_jiffies, time_after } from '../include/linux/jiffies.ts';
import { MAJOR, MKDEV } from '../include/linux/kdev_t.ts';
import { ARRAY_SIZE, min, u64_to_user_ptr } from '../include/linux/kernel.ts';
import { container_of } from '../include/linux/list.ts';
import { MEMORY_DEVICE_PRIVATE, dev_pagemap } from '../include/linux/memremap.ts';
import {
  MIGRATE_PFN_LOCKED, MIGRATE_PFN_MIGRATE, MIGRATE_PFN_WRITE, MIGRATE_VMA_SELECT_DEVICE_PRIVATE, MIGRATE_VMA_SELECT_SYSTEM,
  migrate_pfn, migrate_pfn_to_page, migrate_vma,
} from '../include/linux/migrate.ts';
import { VM_READ, VM_WRITE, get_page, is_device_private_page, put_page, vma_lookup } from '../include/linux/mm.ts';
import { VM_FAULT_SIGBUS } from '../include/linux/mm_types.ts';
import { mmap_read_lock, mmap_read_unlock } from '../include/linux/mmap_lock.ts';
import {
  MMU_NOTIFY_MIGRATE, mmu_interval_notifier, mmu_interval_read_retry, mmu_interval_set_seq, mmu_notifier_range_blockable,
} from '../include/linux/mmu_notifier.ts';
import { module_, per_module } from '../include/linux/module.ts';
import { mutex, mutex_init, mutex_lock, mutex_trylock, mutex_unlock } from '../include/linux/mutex.ts';
import { lock_page, unlock_page } from '../include/linux/pagemap.ts';
import { is_zero_pfn } from '../include/linux/pgtable.ts';
import { pr_info } from '../include/linux/printk.ts';
import { range_len } from '../include/linux/range.ts';
import { current } from '../include/linux/sched.ts';
import { mmget_not_zero, mmput } from '../include/linux/sched/mm.ts';
import { kfree, krealloc, kzalloc } from '../include/linux/slab.ts';
import { spin_lock, spin_lock_init, spin_unlock, spinlock_t } from '../include/linux/spinlock.ts';
import { memcpy } from '../include/linux/string.ts';
import { numa_node_id } from '../include/linux/topology.ts';
import { ArrayAt, FieldRef, Init, ULONG_MAX, int } from '../include/linux/types.ts';
import { copy_from_user, copy_to_user } from '../include/linux/uaccess.ts';
import { vfree, vmalloc } from '../include/linux/vmalloc.ts';
import { XA_PRESENT, xa_destroy, xa_erase, xa_err, xa_find, xa_find_after, xa_init, xa_is_err, xa_load, xa_pointer_tag, xa_store, xa_tag_pointer, xa_untag_pointer, xarray } from '../include/linux/xarray.ts';
import { memremap_pages, memunmap_pages } from '../mm/memremap.ts';
import { migrate_vma_finalize, migrate_vma_pages, migrate_vma_setup } from '../mm/migrate.ts';
import { mmu_interval_notifier_insert, mmu_interval_notifier_remove, mmu_interval_read_begin } from '../mm/mmu_notifier.ts';
import { make_device_exclusive_range } from '../mm/rmap.ts';
import {
  HMM_DMIRROR_CHECK_EXCLUSIVE, HMM_DMIRROR_EXCLUSIVE, HMM_DMIRROR_MIGRATE, HMM_DMIRROR_PROT_DEV_PRIVATE_LOCAL,
  HMM_DMIRROR_PROT_DEV_PRIVATE_REMOTE, HMM_DMIRROR_PROT_ERROR, HMM_DMIRROR_PROT_NONE, HMM_DMIRROR_PROT_PMD, HMM_DMIRROR_PROT_PUD,
  HMM_DMIRROR_PROT_READ, HMM_DMIRROR_PROT_WRITE, HMM_DMIRROR_PROT_ZERO, HMM_DMIRROR_READ, HMM_DMIRROR_SNAPSHOT, HMM_DMIRROR_WRITE,
  hmm_dmirror_cmd,
} from './test_hmm_uapi.ts';
import type { ErrPtr } from '../include/linux/err.ts';
import type { file, file_operations, inode } from '../include/linux/fs.ts';
import type { resource } from '../include/linux/ioport.ts';
import type { dev_t } from '../include/linux/kdev_t.ts';
import type { dev_pagemap_ops } from '../include/linux/memremap.ts';
import type { mm_struct, page, vm_area_struct, vm_fault } from '../include/linux/mm_types.ts';
import type { mmu_interval_notifier_ops, mmu_notifier_range } from '../include/linux/mmu_notifier.ts';
import type {
  Ref, hmm_pfn_t, long, migrate_pfn_t, pfn_nr, u8, uaddr, unsigned_int, unsigned_long, vm_fault_t,
} from '../include/linux/types.ts';
import type { xa_pointer } from '../include/linux/xarray.ts';

export const DMIRROR_NDEVICES = 2;
export const DMIRROR_RANGE_FAULT_TIMEOUT = 1000;
/** C has 256 MB: what is looked at are runs of a few pages, and a chunk that runs out. */
export const DEVMEM_CHUNK_SIZE = 5 * PAGE_SIZE;
export const DEVMEM_CHUNKS_RESERVE = 16;

export const THIS_MODULE = per_machine(() => new module_('test_hmm'), 'test_hmm');

export const dmirror_dev = per_module(THIS_MODULE, (): Ref<dev_t> => ({ v: 0 }), 'dmirror_dev');

export class dmirror_bounce {
  /** A kernel address. */
  ptr: unsigned_long = 0;
  size: unsigned_long = 0;
  addr: uaddr = 0;
  cpages: unsigned_long = 0;
}

export const DPT_XA_TAG_ATOMIC = 1;
export const DPT_XA_TAG_WRITE = 3;

/** A notifier for a part of the address space, and whose it is. */
export class dmirror_interval {
  readonly notifier: mmu_interval_notifier = new mmu_interval_notifier(this);
  dmirror: dmirror | null = null;
}

/** What is behind an open file; after a fork, behind the file of both. */
export class dmirror {
  mdevice: dmirror_device | null = null;
  /** The device's page table: by page number of the user address, the page that holds the data. */
  readonly pt: xarray<xa_pointer<page>> = new xarray<xa_pointer<page>>();
  readonly notifier: mmu_interval_notifier = new mmu_interval_notifier(this);
  readonly mutex: mutex = new mutex('dmirror', this);
}

/** The class, where a local has its name. */
const dmirror_struct = dmirror;

/** A run of device pages. */
export class dmirror_chunk {
  readonly pagemap: dev_pagemap = new dev_pagemap(this);
  mdevice: dmirror_device | null = null;
}

export class dmirror_device {
  /** Fields that only ever grow: they tell no state from another. */
  static readonly statistics: readonly string[] = ['calloc', 'cfree'];
  readonly cdevice: cdev = new cdev(this);

  devmem_capacity: unsigned_int = 0;
  devmem_count: unsigned_int = 0;
  devmem_chunks: dmirror_chunk[] | null = null;
  /** Protects the three above. */
  readonly devmem_lock: mutex = new mutex('devmem_lock', this);

  calloc: unsigned_long = 0;
  cfree: unsigned_long = 0;
  /** Each names the next in its zone_device_data. */
  free_pages: page | null = null;
  /** Protects the three above. */
  readonly lock: spinlock_t = new spinlock_t('dmirror_device', this);
}

export const dmirror_devices = per_module(THIS_MODULE, () => Array.from({ length: DMIRROR_NDEVICES }, () => new dmirror_device()), 'dmirror_devices');

function dmirror_bounce_init(bounce: dmirror_bounce,
  addr: uaddr,
  size: unsigned_long): int {
  bounce.addr = addr;
  bounce.size = size;
  bounce.cpages = 0;
  bounce.ptr = vmalloc(size);
  if (!bounce.ptr)
    return -ENOMEM;
  return 0;
}

function dmirror_bounce_fini(bounce: dmirror_bounce): void {
  vfree(bounce.ptr);
}

/** @refs the notifier's mm: one mm_count (when 0) */
function dmirror_fops_open(inode: inode, filp: file): int {
  const cdev = inode.i_cdev;
  let dmirror: dmirror | null;
  let ret: int;

  // The mirror is of whoever opens it.
  dmirror = kzalloc(dmirror_struct, GFP_KERNEL);
  if (dmirror === null)
    return -ENOMEM;

  dmirror.mdevice = container_of(cdev) as dmirror_device;
  mutex_init(dmirror.mutex);
  xa_init(dmirror.pt);

  ret = mmu_interval_notifier_insert(dmirror.notifier, current().mm,
    0, (ULONG_MAX & PAGE_MASK) >>> 0, dmirror_min_ops);
  if (ret) {
    kfree(dmirror);
    return ret;
  }

  filp.private_data = dmirror;
  return 0;
}

function dmirror_fops_release(inode: inode, filp: file): int {
  const dmirror = filp.private_data as dmirror;

  mmu_interval_notifier_remove(dmirror.notifier);
  xa_destroy(dmirror.pt);
  kfree(dmirror);
  return 0;
}

function dmirror_page_to_device(page: page): dmirror_device {
  return (container_of(page.pgmap) as dmirror_chunk).mdevice;
}

/** @locks requires dmirror.mutex */
function dmirror_do_fault(dmirror: dmirror, range: hmm_range): int {
  let pfns: hmm_pfn_t[] = range.hmm_pfns;
  let pfn: unsigned_long;

  for (pfn = (range.start >> PAGE_SHIFT);
    pfn < (range.end >> PAGE_SHIFT);
    pfn++, pfns = ArrayAt(pfns, 1)) {
    let page: page | null;
    let entry: xa_pointer<page> | ErrPtr | null;

    // hmm_range_fault() was asked to have every page there, and said that it did.
    WARN_ON(pfns[0] & HMM_PFN_ERROR);
    WARN_ON(!(pfns[0] & HMM_PFN_VALID));

    page = hmm_pfn_to_page(pfns[0]);
    WARN_ON(!page);

    entry = page;
    if (pfns[0] & HMM_PFN_WRITE)
      entry = xa_tag_pointer(entry, DPT_XA_TAG_WRITE);
    else if (WARN_ON(range.default_flags & HMM_PFN_WRITE))
      return -EFAULT;
    entry = xa_store(dmirror.pt, pfn, entry, GFP_ATOMIC);
    if (xa_is_err(entry))
      return xa_err(entry);
  }

  return 0;
}

/** @locks requires dmirror.mutex */
function dmirror_do_update(dmirror: dmirror, start: uaddr,
  end: uaddr): void {
  const pfn: Ref<unsigned_long> = { v: 0 };
  let entry: xa_pointer<page> | null;

  // Nobody holds what is stored: an entry is good until this takes it away.
  for (pfn.v = start >>> PAGE_SHIFT, entry = xa_find(dmirror.pt, pfn, end >>> PAGE_SHIFT, XA_PRESENT); entry;
    entry = xa_find_after(dmirror.pt, pfn, end >>> PAGE_SHIFT, XA_PRESENT))
    xa_erase(dmirror.pt, pfn.v);
}

/** @locks takes and releases the mirror's mutex */
function dmirror_interval_invalidate(mni: mmu_interval_notifier,
  range: mmu_notifier_range,
  cur_seq: unsigned_long): boolean {
  const dmirror = container_of(mni) as dmirror;

  // The device's own migration looks after its page table itself.
  if (range.event === MMU_NOTIFY_MIGRATE &&
      range.owner === dmirror.mdevice)
    return true;

  if (mmu_notifier_range_blockable(range))
    mutex_lock(dmirror.mutex);
  else if (!mutex_trylock(dmirror.mutex))
    return false;

  mmu_interval_set_seq(mni, cur_seq);
  dmirror_do_update(dmirror, range.start, range.end);

  mutex_unlock(dmirror.mutex);
  return true;
}

const dmirror_min_ops: mmu_interval_notifier_ops = {
  invalidate: dmirror_interval_invalidate,
};

/** @locks takes and releases mmap_lock(read), and the mirror's mutex */
function dmirror_range_fault(dmirror: dmirror,
  range: hmm_range): int {
  const mm: mm_struct = dmirror.notifier.mm;
  const timeout: unsigned_long =
    jiffies().v + msecs_to_jiffies(HMM_RANGE_DEFAULT_TIMEOUT);
  let ret: int;

  out: {
    while (true) {
      if (time_after(jiffies().v, timeout)) {
        ret = -EBUSY;
        break out;
      }

      range.notifier_seq = mmu_interval_read_begin(range.notifier);
      mmap_read_lock(mm);
      ret = hmm_range_fault(range);
      mmap_read_unlock(mm);
      if (ret) {
        if (ret === -EBUSY)
          continue;
        break out;
      }

      mutex_lock(dmirror.mutex);
      if (mmu_interval_read_retry(range.notifier,
        range.notifier_seq)) {
        mutex_unlock(dmirror.mutex);
        continue;
      }
      break;
    }

    ret = dmirror_do_fault(dmirror, range);

    mutex_unlock(dmirror.mutex);
  }
  return ret;
}

function dmirror_fault(dmirror: dmirror, start: uaddr,
  end: uaddr, write: boolean): int {
  const mm: mm_struct = dmirror.notifier.mm;
  let addr: uaddr;
  const pfns: hmm_pfn_t[] = Array<unsigned_long>(64).fill(0);
  const range = Init(hmm_range, {
    notifier: dmirror.notifier,
    hmm_pfns: pfns,
    pfn_flags_mask: 0,
    default_flags:
      HMM_PFN_REQ_FAULT | (write ? HMM_PFN_REQ_WRITE : 0),
    dev_private_owner: dmirror.mdevice,
  });
  let ret: int = 0;

  // Who reads or writes need not be of the process that is mirrored.
  if (!mmget_not_zero(mm))
    return 0;

  for (addr = start; addr < end; addr = range.end) {
    range.start = addr;
    range.end = min(addr + (ARRAY_SIZE(pfns) << PAGE_SHIFT), end);

    ret = dmirror_range_fault(dmirror, range);
    if (ret)
      break;
  }

  mmput(mm);
  return ret;
}

/** @locks requires dmirror.mutex */
function dmirror_do_read(dmirror: dmirror, start: uaddr,
  end: uaddr, bounce: dmirror_bounce): int {
  let pfn: unsigned_long;
  let ptr: unsigned_long;

  ptr = bounce.ptr + ((start - bounce.addr) & PAGE_MASK);

  for (pfn = start >> PAGE_SHIFT; pfn < (end >> PAGE_SHIFT); pfn++) {
    let entry: xa_pointer<page> | null;
    let page: page | null;
    let tmp: unsigned_long;

    entry = xa_load(dmirror.pt, pfn);
    page = xa_untag_pointer(entry);
    if (!page)
      return -ENOENT;

    tmp = kmap(page);
    memcpy(ptr, tmp, PAGE_SIZE);
    kunmap(page);

    ptr += PAGE_SIZE;
    bounce.cpages++;
  }

  return 0;
}

function dmirror_read(dmirror: dmirror, cmd: hmm_dmirror_cmd): int {
  const bounce = Init(dmirror_bounce, {});
  let start: uaddr, end: uaddr;
  const size: unsigned_long = cmd.npages << PAGE_SHIFT;
  let ret: int;

  start = cmd.addr;
  end = start + size;
  if (end < start)
    return -EINVAL;

  ret = dmirror_bounce_init(bounce, start, size);
  if (ret)
    return ret;

  while (1) {
    mutex_lock(dmirror.mutex);
    ret = dmirror_do_read(dmirror, start, end, bounce);
    mutex_unlock(dmirror.mutex);
    if (ret !== -ENOENT)
      break;

    start = cmd.addr + (bounce.cpages << PAGE_SHIFT);
    ret = dmirror_fault(dmirror, start, end, false);
    if (ret)
      break;
    cmd.faults++;
  }

  if (ret === 0) {
    if (copy_to_user(u64_to_user_ptr(cmd.ptr), bounce.ptr,
      bounce.size))
      ret = -EFAULT;
  }
  cmd.cpages = bounce.cpages;
  dmirror_bounce_fini(bounce);
  return ret;
}

/** @locks requires dmirror.mutex */
function dmirror_do_write(dmirror: dmirror, start: uaddr,
  end: uaddr, bounce: dmirror_bounce): int {
  let pfn: unsigned_long;
  let ptr: unsigned_long;

  ptr = bounce.ptr + ((start - bounce.addr) & PAGE_MASK);

  for (pfn = start >> PAGE_SHIFT; pfn < (end >> PAGE_SHIFT); pfn++) {
    let entry: xa_pointer<page> | null;
    let page: page | null;
    let tmp: unsigned_long;

    entry = xa_load(dmirror.pt, pfn);
    page = xa_untag_pointer(entry);
    if (!page || xa_pointer_tag(entry) !== DPT_XA_TAG_WRITE)
      return -ENOENT;

    tmp = kmap(page);
    memcpy(tmp, ptr, PAGE_SIZE);
    kunmap(page);

    ptr += PAGE_SIZE;
    bounce.cpages++;
  }

  return 0;
}

function dmirror_write(dmirror: dmirror, cmd: hmm_dmirror_cmd): int {
  const bounce = Init(dmirror_bounce, {});
  let start: uaddr, end: uaddr;
  const size: unsigned_long = cmd.npages << PAGE_SHIFT;
  let ret: int;

  start = cmd.addr;
  end = start + size;
  if (end < start)
    return -EINVAL;

  ret = dmirror_bounce_init(bounce, start, size);
  if (ret)
    return ret;
  fini: {
    if (copy_from_user(bounce.ptr, u64_to_user_ptr(cmd.ptr),
      bounce.size)) {
      ret = -EFAULT;
      break fini;
    }

    while (1) {
      mutex_lock(dmirror.mutex);
      ret = dmirror_do_write(dmirror, start, end, bounce);
      mutex_unlock(dmirror.mutex);
      if (ret !== -ENOENT)
        break;

      start = cmd.addr + (bounce.cpages << PAGE_SHIFT);
      ret = dmirror_fault(dmirror, start, end, true);
      if (ret)
        break;
      cmd.faults++;
    }
  }

  cmd.cpages = bounce.cpages;
  dmirror_bounce_fini(bounce);
  return ret;
}

/** A new chunk; one page of it goes to the caller that asks for one. */
function dmirror_allocate_chunk(mdevice: dmirror_device,
  ppage: Ref<page | null> | null): boolean {
  let devmem: dmirror_chunk | null;
  let res: resource | ErrPtr;
  let pfn: pfn_nr;
  let pfn_first: pfn_nr;
  let pfn_last: pfn_nr;
  let ptr: unknown;

  devmem = kzalloc(dmirror_chunk, GFP_KERNEL);
  if (!devmem)
    return false;

  err_devmem: {
    err_release: {
      res = request_free_mem_region(iomem_resource(), DEVMEM_CHUNK_SIZE,
        'hmm_dmirror');
      if (IS_ERR(res))
        break err_devmem;

      devmem.pagemap.type = MEMORY_DEVICE_PRIVATE;
      devmem.pagemap.range.start = res.start;
      devmem.pagemap.range.end = res.end;
      devmem.pagemap.nr_range = 1;
      devmem.pagemap.ops = dmirror_devmem_ops;
      devmem.pagemap.owner = mdevice;

      mutex_lock(mdevice.devmem_lock);

      if (mdevice.devmem_count === mdevice.devmem_capacity) {
        let new_chunks: dmirror_chunk[] | null;
        let new_capacity: unsigned_int;

        new_capacity = mdevice.devmem_capacity +
          DEVMEM_CHUNKS_RESERVE;
        new_chunks = krealloc(mdevice.devmem_chunks,
          new_capacity,
          GFP_KERNEL);
        if (!new_chunks)
          break err_release;
        mdevice.devmem_capacity = new_capacity;
        mdevice.devmem_chunks = new_chunks;
      }

      ptr = memremap_pages(devmem.pagemap, numa_node_id());
      if (IS_ERR(ptr))
        break err_release;

      devmem.mdevice = mdevice;
      pfn_first = devmem.pagemap.range.start >> PAGE_SHIFT;
      pfn_last = pfn_first + (range_len(devmem.pagemap.range) >> PAGE_SHIFT);
      mdevice.devmem_chunks[mdevice.devmem_count++] = devmem;

      mutex_unlock(mdevice.devmem_lock);

      pr_info(`added new ${(DEVMEM_CHUNK_SIZE / (1024 * 1024)) >>> 0} MB chunk (total ${mdevice.devmem_count} chunks, ${mdevice.devmem_count * ((DEVMEM_CHUNK_SIZE / (1024 * 1024)) >>> 0)} MB) PFNs [0x${pfn_first.toString(16)} 0x${pfn_last.toString(16)})\n`);

      spin_lock(mdevice.lock);
      for (pfn = pfn_first; pfn < pfn_last; pfn++) {
        const page = pfn_to_page(pfn);

        page.zone_device_data = mdevice.free_pages;
        mdevice.free_pages = page;
      }
      if (ppage) {
        ppage.v = mdevice.free_pages;
        mdevice.free_pages = ppage.v.zone_device_data as page | null;
        mdevice.calloc++;
      }
      spin_unlock(mdevice.lock);

      return true;
    }

    mutex_unlock(mdevice.devmem_lock);
    release_mem_region(devmem.pagemap.range.start, range_len(devmem.pagemap.range));
  }
  kfree(devmem);

  return false;
}

/** @refs returns (page)
 *  @locks returns with page */
function dmirror_devmem_alloc_page(mdevice: dmirror_device): page | null {
  const dpage: Ref<page | null> = { v: null };
  let rpage: page | null;

  // The device is made up: system memory stands for its own.
  rpage = alloc_page(GFP_HIGHUSER);
  if (!rpage)
    return null;

  error: {
    spin_lock(mdevice.lock);

    if (mdevice.free_pages) {
      dpage.v = mdevice.free_pages;
      mdevice.free_pages = dpage.v.zone_device_data as page | null;
      mdevice.calloc++;
      spin_unlock(mdevice.lock);
    } else {
      spin_unlock(mdevice.lock);
      if (!dmirror_allocate_chunk(mdevice, dpage))
        break error;
    }

    dpage.v.zone_device_data = rpage;
    get_page(dpage.v);
    lock_page(dpage.v);
    return dpage.v;
  }

  __free_page(rpage);
  return null;
}

function dmirror_migrate_alloc_and_copy(args: migrate_vma,
  dmirror: dmirror): void {
  const mdevice = dmirror.mdevice;
  let src: migrate_pfn_t[] = args.src;
  let dst: migrate_pfn_t[] = args.dst;
  let addr: uaddr;

  for (addr = args.start; addr < args.end; addr += PAGE_SIZE,
    src = ArrayAt(src, 1), dst = ArrayAt(dst, 1)) {
    let spage: page | null;
    let dpage: page | null;
    let rpage: page | null;

    if (!(src[0] & MIGRATE_PFN_MIGRATE))
      continue;

    // None for an empty pte and for the zero page.
    spage = migrate_pfn_to_page(src[0]);

    dpage = dmirror_devmem_alloc_page(mdevice);
    if (!dpage)
      continue;

    rpage = dpage.zone_device_data as page;
    if (spage)
      copy_highpage(rpage, spage);
    else
      clear_highpage(rpage);

    // A device would name the mirror here; this one has its data behind the page, and the mirror behind them.
    rpage.zone_device_data = dmirror;

    dst[0] = migrate_pfn(page_to_pfn(dpage)) |
      MIGRATE_PFN_LOCKED;
    if ((src[0] & MIGRATE_PFN_WRITE) ||
        (!spage && args.vma.vm_flags & VM_WRITE))
      dst[0] |= MIGRATE_PFN_WRITE;
  }
}

/** @locks requires dmirror.mutex where somebody else may run; the ioctl calls it without */
function dmirror_check_atomic(dmirror: dmirror, start: uaddr,
  end: uaddr): int {
  let pfn: unsigned_long;

  for (pfn = start >> PAGE_SHIFT; pfn < (end >> PAGE_SHIFT); pfn++) {
    let entry: xa_pointer<page> | null;

    entry = xa_load(dmirror.pt, pfn);
    if (xa_pointer_tag(entry) === DPT_XA_TAG_ATOMIC)
      return -EPERM;
  }

  return 0;
}

/** @locks takes and releases dmirror.mutex */
function dmirror_atomic_map(start: uaddr, end: uaddr,
  pages: (page | null)[], dmirror: dmirror): int {
  let pfn: unsigned_long, mapped: unsigned_long = 0;
  let i: int;

  // Into the device's page table.
  mutex_lock(dmirror.mutex);

  for (i = 0, pfn = start >> PAGE_SHIFT; pfn < (end >> PAGE_SHIFT); pfn++, i++) {
    let entry: xa_pointer<page> | ErrPtr | null;

    if (!pages[i])
      continue;

    entry = pages[i];
    entry = xa_tag_pointer(entry, DPT_XA_TAG_ATOMIC);
    entry = xa_store(dmirror.pt, pfn, entry, GFP_ATOMIC);
    if (xa_is_err(entry)) {
      mutex_unlock(dmirror.mutex);
      return xa_err(entry);
    }

    mapped++;
  }

  mutex_unlock(dmirror.mutex);
  return mapped;
}

/** @locks takes and releases dmirror.mutex */
function dmirror_migrate_finalize_and_map(args: migrate_vma,
  dmirror: dmirror): int {
  const start: uaddr = args.start;
  const end: uaddr = args.end;
  let src: migrate_pfn_t[] = args.src;
  let dst: migrate_pfn_t[] = args.dst;
  let pfn: unsigned_long;

  // Into the device's page table.
  mutex_lock(dmirror.mutex);

  for (pfn = start >> PAGE_SHIFT; pfn < (end >> PAGE_SHIFT); pfn++,
    src = ArrayAt(src, 1), dst = ArrayAt(dst, 1)) {
    let dpage: page | null;
    let entry: xa_pointer<page> | ErrPtr | null;

    if (!(src[0] & MIGRATE_PFN_MIGRATE))
      continue;

    dpage = migrate_pfn_to_page(dst[0]);
    if (!dpage)
      continue;

    // The page with the data: then the table holds no device pages.
    entry = dpage.zone_device_data as page;
    if (dst[0] & MIGRATE_PFN_WRITE)
      entry = xa_tag_pointer(entry, DPT_XA_TAG_WRITE);
    entry = xa_store(dmirror.pt, pfn, entry, GFP_ATOMIC);
    if (xa_is_err(entry)) {
      mutex_unlock(dmirror.mutex);
      return xa_err(entry);
    }
  }

  mutex_unlock(dmirror.mutex);
  return 0;
}

/** @locks takes and releases mmap_lock(read), and dmirror.mutex */
function dmirror_exclusive(dmirror: dmirror,
  cmd: hmm_dmirror_cmd): int {
  let start: uaddr, end: uaddr, addr: uaddr;
  const size: unsigned_long = cmd.npages << PAGE_SHIFT;
  const mm: mm_struct = dmirror.notifier.mm;
  const pages: (page | null)[] = Array<page>(64).fill(Wild_page());
  const bounce = Init(dmirror_bounce, {});
  let next: uaddr;
  let ret: int;

  start = cmd.addr;
  end = start + size;
  if (end < start)
    return -EINVAL;

  // Who asks need not be of the process that is mirrored.
  if (!mmget_not_zero(mm))
    return -EINVAL;

  mmap_read_lock(mm);
  for (addr = start; addr < end; addr = next) {
    let mapped: unsigned_long;
    let i: int;

    if (end < addr + (ARRAY_SIZE(pages) << PAGE_SHIFT))
      next = end;
    else
      next = addr + (ARRAY_SIZE(pages) << PAGE_SHIFT);

    ret = make_device_exclusive_range(mm, addr, next, pages, null);
    mapped = dmirror_atomic_map(addr, next, pages, dmirror);
    for (i = 0; i < ret; i++) {
      if (pages[i]) {
        unlock_page(pages[i]);
        put_page(pages[i]);
      }
    }

    if (addr + (mapped << PAGE_SHIFT) < next) {
      mmap_read_unlock(mm);
      mmput(mm);
      return -EBUSY;
    }
  }
  mmap_read_unlock(mm);
  mmput(mm);

  // What the device now reads goes back to who asked.
  ret = dmirror_bounce_init(bounce, start, size);
  if (ret)
    return ret;
  mutex_lock(dmirror.mutex);
  ret = dmirror_do_read(dmirror, start, end, bounce);
  mutex_unlock(dmirror.mutex);
  if (ret === 0) {
    if (copy_to_user(u64_to_user_ptr(cmd.ptr), bounce.ptr,
      bounce.size))
      ret = -EFAULT;
  }

  cmd.cpages = bounce.cpages;
  dmirror_bounce_fini(bounce);
  return ret;
}

/** @locks takes and releases mmap_lock(read), and dmirror.mutex */
function dmirror_migrate(dmirror: dmirror,
  cmd: hmm_dmirror_cmd): int {
  let start: uaddr, end: uaddr, addr: uaddr;
  const size: unsigned_long = cmd.npages << PAGE_SHIFT;
  const mm: mm_struct = dmirror.notifier.mm;
  let vma: vm_area_struct | null;
  const src_pfns: migrate_pfn_t[] = Array<unsigned_long>(64).fill(0);
  const dst_pfns: migrate_pfn_t[] = Array<unsigned_long>(64).fill(0);
  const bounce = Init(dmirror_bounce, {});
  const args = Init(migrate_vma, {});
  let next: uaddr;
  let ret: int;

  start = cmd.addr;
  end = start + size;
  if (end < start)
    return -EINVAL;

  // Who asks need not be of the process that is mirrored.
  if (!mmget_not_zero(mm))
    return -EINVAL;

  mmap_read_lock(mm);
  out: {
    for (addr = start; addr < end; addr = next) {
      vma = vma_lookup(mm, addr);
      if (!vma || !(vma.vm_flags & VM_READ)) {
        ret = -EINVAL;
        break out;
      }
      next = min(end, addr + (ARRAY_SIZE(src_pfns) << PAGE_SHIFT));
      if (next > vma.vm_end)
        next = vma.vm_end;

      args.vma = vma;
      args.src = src_pfns;
      args.dst = dst_pfns;
      args.start = addr;
      args.end = next;
      args.pgmap_owner = dmirror.mdevice;
      args.flags = MIGRATE_VMA_SELECT_SYSTEM;
      ret = migrate_vma_setup(args);
      if (ret)
        break out;

      dmirror_migrate_alloc_and_copy(args, dmirror);
      migrate_vma_pages(args);
      dmirror_migrate_finalize_and_map(args, dmirror);
      migrate_vma_finalize(args);
    }
    mmap_read_unlock(mm);
    mmput(mm);

    // What the device now reads goes back to who asked.
    ret = dmirror_bounce_init(bounce, start, size);
    if (ret)
      return ret;
    mutex_lock(dmirror.mutex);
    ret = dmirror_do_read(dmirror, start, end, bounce);
    mutex_unlock(dmirror.mutex);
    if (ret === 0) {
      if (copy_to_user(u64_to_user_ptr(cmd.ptr), bounce.ptr,
        bounce.size))
        ret = -EFAULT;
    }
    cmd.cpages = bounce.cpages;
    dmirror_bounce_fini(bounce);
    return ret;
  }

  mmap_read_unlock(mm);
  mmput(mm);
  return ret;
}

function dmirror_mkentry(dmirror: dmirror, range: hmm_range,
  perm: Ref<u8>, entry: hmm_pfn_t): void {
  let page: page | null;

  if (entry & HMM_PFN_ERROR) {
    perm.v = HMM_DMIRROR_PROT_ERROR;
    return;
  }
  if (!(entry & HMM_PFN_VALID)) {
    perm.v = HMM_DMIRROR_PROT_NONE;
    return;
  }

  page = hmm_pfn_to_page(entry);
  if (is_device_private_page(page)) {
    // Its own, or that of another device.
    if (dmirror.mdevice === dmirror_page_to_device(page))
      perm.v = HMM_DMIRROR_PROT_DEV_PRIVATE_LOCAL;
    else
      perm.v = HMM_DMIRROR_PROT_DEV_PRIVATE_REMOTE;
  } else if (is_zero_pfn(page_to_pfn(page)))
    perm.v = HMM_DMIRROR_PROT_ZERO;
  else
    perm.v = HMM_DMIRROR_PROT_NONE;
  if (entry & HMM_PFN_WRITE)
    perm.v |= HMM_DMIRROR_PROT_WRITE;
  else
    perm.v |= HMM_DMIRROR_PROT_READ;
  if (hmm_pfn_to_map_order(entry) + PAGE_SHIFT === PMD_SHIFT)
    perm.v |= HMM_DMIRROR_PROT_PMD;
  else if (hmm_pfn_to_map_order(entry) + PAGE_SHIFT === PUD_SHIFT)
    perm.v |= HMM_DMIRROR_PROT_PUD;
}

/** @locks takes and releases the mirror's mutex */
function dmirror_snapshot_invalidate(mni: mmu_interval_notifier,
  range: mmu_notifier_range,
  cur_seq: unsigned_long): boolean {
  const dmi = container_of(mni) as dmirror_interval;
  const dmirror = dmi.dmirror;

  if (mmu_notifier_range_blockable(range))
    mutex_lock(dmirror.mutex);
  else if (!mutex_trylock(dmirror.mutex))
    return false;

  // Whatever is invalidated of the range, the snapshot is taken anew.
  mmu_interval_set_seq(mni, cur_seq);

  mutex_unlock(dmirror.mutex);
  return true;
}

const dmirror_mrn_ops: mmu_interval_notifier_ops = {
  invalidate: dmirror_snapshot_invalidate,
};

/** @locks takes and releases mmap_lock(read), and the mirror's mutex */
function dmirror_range_snapshot(dmirror: dmirror,
  range: hmm_range,
  perm: u8[]): int {
  const mm: mm_struct = dmirror.notifier.mm;
  const notifier = Init(dmirror_interval, {});
  const timeout: unsigned_long =
    jiffies().v + msecs_to_jiffies(HMM_RANGE_DEFAULT_TIMEOUT);
  let i: unsigned_long;
  let n: unsigned_long;
  let ret: int = 0;

  notifier.dmirror = dmirror;
  range.notifier = notifier.notifier;

  ret = mmu_interval_notifier_insert(range.notifier, mm,
    range.start, range.end - range.start,
    dmirror_mrn_ops);
  if (ret)
    return ret;

  out: {
    while (true) {
      if (time_after(jiffies().v, timeout)) {
        ret = -EBUSY;
        break out;
      }

      range.notifier_seq = mmu_interval_read_begin(range.notifier);

      mmap_read_lock(mm);
      ret = hmm_range_fault(range);
      mmap_read_unlock(mm);
      if (ret) {
        if (ret === -EBUSY)
          continue;
        break out;
      }

      mutex_lock(dmirror.mutex);
      if (mmu_interval_read_retry(range.notifier,
        range.notifier_seq)) {
        mutex_unlock(dmirror.mutex);
        continue;
      }
      break;
    }

    n = (range.end - range.start) >>> PAGE_SHIFT;
    for (i = 0; i < n; i++)
      dmirror_mkentry(dmirror, range, FieldRef(perm, i), range.hmm_pfns[i]);

    mutex_unlock(dmirror.mutex);
  }
  mmu_interval_notifier_remove(range.notifier);
  return ret;
}

function dmirror_snapshot(dmirror: dmirror,
  cmd: hmm_dmirror_cmd): int {
  const mm: mm_struct = dmirror.notifier.mm;
  let start: uaddr, end: uaddr;
  const size: unsigned_long = cmd.npages << PAGE_SHIFT;
  let addr: uaddr;
  let next: uaddr;
  const pfns: hmm_pfn_t[] = Array<unsigned_long>(64).fill(0);
  const perm: u8[] = Array<u8>(64).fill(0);
  let uptr: uaddr;
  const range = Init(hmm_range, {
    hmm_pfns: pfns,
    dev_private_owner: dmirror.mdevice,
  });
  let ret: int = 0;

  start = cmd.addr;
  end = start + size;
  if (end < start)
    return -EINVAL;

  // Who asks need not be of the process that is mirrored.
  if (!mmget_not_zero(mm))
    return -EINVAL;

  // A notifier of its own for each piece: it may overlap with others.
  uptr = u64_to_user_ptr(cmd.ptr);
  for (addr = start; addr < end; addr = next) {
    let n: unsigned_long;

    next = min(addr + (ARRAY_SIZE(pfns) << PAGE_SHIFT), end);
    range.start = addr;
    range.end = next;

    ret = dmirror_range_snapshot(dmirror, range, perm);
    if (ret)
      break;

    n = (range.end - range.start) >>> PAGE_SHIFT;
    if (copy_to_user(uptr, perm, n)) {
      ret = -EFAULT;
      break;
    }

    cmd.cpages += n;
    uptr += n;
  }
  mmput(mm);

  return ret;
}

function dmirror_fops_unlocked_ioctl(filp: file,
  command: unsigned_int,
  arg: uaddr): long {
  const uarg: uaddr = arg;
  const cmd = Init(hmm_dmirror_cmd, {});
  let dmirror: dmirror | null;
  let ret: int;

  dmirror = filp.private_data as dmirror | null;
  if (!dmirror)
    return -EINVAL;

  if (copy_from_user(cmd, uarg, Sizeof(cmd)))
    return -EFAULT;

  if (cmd.addr & ~PAGE_MASK)
    return -EINVAL;
  if (cmd.addr >= (cmd.addr + (cmd.npages << PAGE_SHIFT)))
    return -EINVAL;

  cmd.cpages = 0;
  cmd.faults = 0;

  switch (command) {
    case HMM_DMIRROR_READ:
      ret = dmirror_read(dmirror, cmd);
      break;

    case HMM_DMIRROR_WRITE:
      ret = dmirror_write(dmirror, cmd);
      break;

    case HMM_DMIRROR_MIGRATE:
      ret = dmirror_migrate(dmirror, cmd);
      break;

    case HMM_DMIRROR_EXCLUSIVE:
      ret = dmirror_exclusive(dmirror, cmd);
      break;

    case HMM_DMIRROR_CHECK_EXCLUSIVE:
      ret = dmirror_check_atomic(dmirror, cmd.addr,
        cmd.addr + (cmd.npages << PAGE_SHIFT));
      break;

    case HMM_DMIRROR_SNAPSHOT:
      ret = dmirror_snapshot(dmirror, cmd);
      break;

    default:
      return -EINVAL;
  }
  if (ret)
    return ret;

  if (copy_to_user(uarg, cmd, Sizeof(cmd)))
    return -EFAULT;

  return 0;
}

const dmirror_fops: file_operations = {
  open: dmirror_fops_open,
  release: dmirror_fops_release,
  unlocked_ioctl: dmirror_fops_unlocked_ioctl,
  llseek: default_llseek,
};

/** page_free: the data go, and the page is free. */
function dmirror_devmem_free(page: page): void {
  const rpage = page.zone_device_data as page | null;
  let mdevice: dmirror_device;

  if (rpage)
    __free_page(rpage);

  mdevice = dmirror_page_to_device(page);

  spin_lock(mdevice.lock);
  mdevice.cfree++;
  page.zone_device_data = mdevice.free_pages;
  mdevice.free_pages = page;
  spin_unlock(mdevice.lock);
}

function dmirror_devmem_fault_alloc_and_copy(args: migrate_vma,
  dmirror: dmirror): vm_fault_t {
  let src: migrate_pfn_t[] = args.src;
  let dst: migrate_pfn_t[] = args.dst;
  const start: uaddr = args.start;
  const end: uaddr = args.end;
  let addr: uaddr;

  for (addr = start; addr < end; addr += PAGE_SIZE,
    src = ArrayAt(src, 1), dst = ArrayAt(dst, 1)) {
    let dpage: page | null, spage: page | null;

    spage = migrate_pfn_to_page(src[0]);
    if (!spage || !(src[0] & MIGRATE_PFN_MIGRATE))
      continue;
    spage = spage.zone_device_data as page;

    dpage = alloc_page_vma(GFP_HIGHUSER_MOVABLE, args.vma, addr);
    if (!dpage)
      continue;

    lock_page(dpage);
    xa_erase(dmirror.pt, addr >> PAGE_SHIFT);
    copy_highpage(dpage, spage);
    dst[0] = migrate_pfn(page_to_pfn(dpage)) | MIGRATE_PFN_LOCKED;
    if (src[0] & MIGRATE_PFN_WRITE)
      dst[0] |= MIGRATE_PFN_WRITE;
  }
  return 0;
}

/** migrate_to_ram. Nothing here holds the page: who calls has to.
 *  @locks requires mmap_lock(read) of vmf.vma.vm_mm */
function dmirror_devmem_fault(vmf: vm_fault): vm_fault_t {
  const args = Init(migrate_vma, {});
  const src_pfns: migrate_pfn_t[] = [0];
  const dst_pfns: migrate_pfn_t[] = [0];
  let rpage: page;
  let dmirror: dmirror;
  let ret: vm_fault_t;

  // The mirror is named by the page behind this one (dmirror_migrate_alloc_and_copy).
  rpage = vmf.page.zone_device_data as page;
  dmirror = rpage.zone_device_data as dmirror;

  args.vma = vmf.vma;
  args.start = vmf.address;
  args.end = args.start + PAGE_SIZE;
  args.src = src_pfns;
  args.dst = dst_pfns;
  args.pgmap_owner = dmirror.mdevice;
  args.flags = MIGRATE_VMA_SELECT_DEVICE_PRIVATE;

  if (migrate_vma_setup(args))
    return VM_FAULT_SIGBUS;

  ret = dmirror_devmem_fault_alloc_and_copy(args, dmirror);
  if (ret)
    return ret;
  migrate_vma_pages(args);
  // The device's page table has lost the page already.
  migrate_vma_finalize(args);
  return 0;
}

const dmirror_devmem_ops: dev_pagemap_ops = {
  page_free: dmirror_devmem_free,
  migrate_to_ram: dmirror_devmem_fault,
};

function dmirror_device_init(mdevice: dmirror_device, id: int): int {
  let dev: dev_t;
  let ret: int;

  dev = MKDEV(MAJOR(dmirror_dev().v), id);
  mutex_init(mdevice.devmem_lock);
  spin_lock_init(mdevice.lock);

  cdev_init(mdevice.cdevice, dmirror_fops);
  mdevice.cdevice.owner = THIS_MODULE();
  ret = cdev_add(mdevice.cdevice, dev, 1);
  if (ret)
    return ret;

  // What is free from the start.
  dmirror_allocate_chunk(mdevice, null);

  return 0;
}

/** Sleeps while a page of the device is in use. */
function dmirror_device_remove(mdevice: dmirror_device): void {
  let i: unsigned_int;

  if (mdevice.devmem_chunks) {
    for (i = 0; i < mdevice.devmem_count; i++) {
      const devmem: dmirror_chunk =
        mdevice.devmem_chunks[i];

      memunmap_pages(devmem.pagemap);
      release_mem_region(devmem.pagemap.range.start,
        range_len(devmem.pagemap.range));
      kfree(devmem);
    }
    kfree(mdevice.devmem_chunks);
  }

  cdev_del(mdevice.cdevice);
}

export function hmm_dmirror_init(): int {
  let ret: int;
  let id: int;

  err_unreg: {
    ret = alloc_chrdev_region(dmirror_dev(), 0, DMIRROR_NDEVICES,
      'HMM_DMIRROR');
    if (ret)
      break err_unreg;

    err_chrdev: {
      for (id = 0; id < DMIRROR_NDEVICES; id++) {
        ret = dmirror_device_init(dmirror_devices()[id], id);
        if (ret)
          break err_chrdev;
      }

      pr_info('HMM test module loaded. This is only for testing HMM.\n');
      return 0;
    }

    while (--id >= 0)
      dmirror_device_remove(dmirror_devices()[id]);
    unregister_chrdev_region(dmirror_dev().v, DMIRROR_NDEVICES);
  }
  return ret;
}

export function hmm_dmirror_exit(): void {
  let id: int;

  for (id = 0; id < DMIRROR_NDEVICES; id++)
    dmirror_device_remove(dmirror_devices()[id]);
  unregister_chrdev_region(dmirror_dev().v, DMIRROR_NDEVICES);
}
//#endif
//#endif
