// SPDX-License-Identifier: GPL-2.0-only
// A small driver with memory of its own, in the manner of lib/test_hmm.c, but without a mirror:
// its pages hold their contents themselves, and what it does when a page is wanted back is a
// policy. A page's driver is found by page->pgmap->owner.
// Like test_hmm it needs MIGRATION and DEVICE_PRIVATE; without them there is no such driver.

//#if MIGRATION
//#if DEVICE_PRIVATE
import { per_machine } from '../../arch/model/machine.ts';
import { page_to_pfn, pfn_to_page } from '../../arch/model/memory.ts';
import { PAGE_SHIFT, PAGE_SIZE } from '../../arch/model/pgtable.ts';
import { IS_ERR } from '../../include/linux/err.ts';
import { EINVAL } from '../../include/linux/errno.ts';
import { GFP_HIGHUSER_MOVABLE, alloc_page_vma } from '../../include/linux/gfp.ts';
import { clear_highpage, copy_highpage } from '../../include/linux/highmem.ts';
import { max, min } from '../../include/linux/kernel.ts';
import { dev_pagemap } from '../../include/linux/memremap.ts';
import {
  MIGRATE_PFN_LOCKED, MIGRATE_PFN_MIGRATE, MIGRATE_PFN_WRITE, MIGRATE_VMA_SELECT_SYSTEM, migrate_pfn,
  migrate_pfn_to_page, migrate_vma,
} from '../../include/linux/migrate.ts';
import { VM_READ, VM_WRITE, get_page, vma_lookup } from '../../include/linux/mm.ts';
import { VM_FAULT_SIGBUS } from '../../include/linux/mm_types.ts';
import { mmap_read_lock, mmap_read_unlock } from '../../include/linux/mmap_lock.ts';
import { lock_page } from '../../include/linux/pagemap.ts';
import { PFN_PHYS } from '../../include/linux/pfn.ts';
import { range_len } from '../../include/linux/range.ts';
import { current } from '../../include/linux/sched.ts';
import { mmget_not_zero, mmput } from '../../include/linux/sched/mm.ts';
import { spin_lock, spin_unlock, spinlock_t } from '../../include/linux/spinlock.ts';
import { numa_node_id } from '../../include/linux/topology.ts';
import { INT_MAX } from '../../include/linux/types.ts';
import { memremap_pages, memunmap_pages } from '../../mm/memremap.ts';
import { migrate_vma_finalize, migrate_vma_pages, migrate_vma_setup } from '../../mm/migrate.ts';
import type { ErrPtr } from '../../include/linux/err.ts';
import type { dev_pagemap_ops, memory_type } from '../../include/linux/memremap.ts';
import type { migrate_vma_direction } from '../../include/linux/migrate.ts';
import type { mm_struct, page, vm_area_struct, vm_fault } from '../../include/linux/mm_types.ts';
import type { Ref, int, migrate_pfn_t, pfn_nr, uaddr, vm_fault_t } from '../../include/linux/types.ts';

/** Pages of one migrate_vma call, and of the aligned window around a fault. */
const MODEL_MIGRATE_PAGES = 64;
const MODEL_FAULT_PAGES = 16;
/** Device frames start here; a region is never handed out a second time. */
const next_region = per_machine((): Ref<pfn_nr> => ({ v: 0x1000 }), 'model_next_region');

/** What the driver does in migrate_to_ram. */
export class model_policy {
  /** Which pages one call takes: the faulting one, or its window as far as the vma goes. */
  reach: 'page' | 'range' = 'page';
  /** False: nothing is moved, `result` is all. */
  moves: boolean = true;
  /** What the call says, whether or not it has moved something. */
  result: vm_fault_t = 0;
  /** How many pages are moved, from the start of the range on; the others get no dst. */
  limit: int = INT_MAX;
}

export class model_device {
  /** Fields that only ever grow: they tell no state from another. */
  static readonly statistics: readonly string[] = ['calloc', 'cfree', 'nr_callbacks'];
  readonly pagemap: dev_pagemap = new dev_pagemap();
  /** The flag of migrate_vma that selects this device's own pages. */
  select: migrate_vma_direction = 0;
  policy: model_policy = new model_policy();
  /** Protects the fields below. */
  readonly lock: spinlock_t = new spinlock_t('model_device', this);
  /** Free pages, each naming the next in its zone_device_data. */
  free_pages: page | null = null;
  capacity: int = 0;
  /** It is being unloaded: no page is given out any more. */
  removing: boolean = false;
  calloc: int = 0;
  cfree: int = 0;
  /** How often migrate_to_ram was called. */
  nr_callbacks: int = 0;
}

const model_devmem_ops: dev_pagemap_ops = {
  page_free: model_devmem_free,
  migrate_to_ram: model_devmem_fault,
};

function model_page_to_device(page: page): model_device {
  return page.pgmap.owner as model_device;
}

export function model_device_create(type: memory_type, select: migrate_vma_direction, npages: int): model_device | ErrPtr {
  const dev = new model_device();
  const first: pfn_nr = next_region().v;
  let pfn: pfn_nr;

  next_region().v = first + npages;
  dev.select = select;
  dev.pagemap.type = type;
  dev.pagemap.range.start = PFN_PHYS(first);
  dev.pagemap.range.end = PFN_PHYS(first + npages) - 1;
  dev.pagemap.nr_range = 1;
  dev.pagemap.ops = model_devmem_ops;
  dev.pagemap.owner = dev;

  const ptr = memremap_pages(dev.pagemap, numa_node_id());
  if (IS_ERR(ptr))
    return ptr;

  spin_lock(dev.lock);
  for (pfn = first; pfn < first + (range_len(dev.pagemap.range) >>> PAGE_SHIFT); pfn++) {
    const page = pfn_to_page(pfn);

    page.zone_device_data = dev.free_pages;
    dev.free_pages = page;
    dev.capacity++;
  }
  spin_unlock(dev.lock);
  return dev;
}

/** @refs returns (page)
 *  @locks returns with page */
function model_devmem_alloc_page(dev: model_device): page | null {
  let dpage: page | null;

  spin_lock(dev.lock);
  dpage = dev.removing ? null : dev.free_pages;
  if (dpage) {
    dev.free_pages = dpage.zone_device_data as page | null;
    dev.calloc++;
  }
  spin_unlock(dev.lock);
  if (!dpage)
    return null;

  dpage.zone_device_data = null;
  get_page(dpage);
  lock_page(dpage);
  return dpage;
}

function model_migrate_to_device_copy(args: migrate_vma, dev: model_device): void {
  let addr: uaddr, i: int;

  for (addr = args.start, i = 0; addr < args.end; addr += PAGE_SIZE, i++) {
    let spage: page | null, dpage: page | null;

    if (!(args.src[i] & MIGRATE_PFN_MIGRATE))
      continue;

    // None for an empty pte and for the zero page.
    spage = migrate_pfn_to_page(args.src[i]);

    dpage = model_devmem_alloc_page(dev);
    if (!dpage)
      continue;

    if (spage)
      copy_highpage(dpage, spage);
    else
      clear_highpage(dpage);

    args.dst[i] = migrate_pfn(page_to_pfn(dpage)) | MIGRATE_PFN_LOCKED;
    if ((args.src[i] & MIGRATE_PFN_WRITE) ||
        (!spage && args.vma.vm_flags & VM_WRITE))
      args.dst[i] |= MIGRATE_PFN_WRITE;
  }
}

function model_migrate_to_system_copy(args: migrate_vma, limit: int): void {
  let addr: uaddr, i: int, moved: int = 0;

  for (addr = args.start, i = 0; addr < args.end; addr += PAGE_SIZE, i++) {
    let spage: page | null, dpage: page | null;

    spage = migrate_pfn_to_page(args.src[i]);
    if (!spage || !(args.src[i] & MIGRATE_PFN_MIGRATE))
      continue;
    if (moved >= limit)
      continue;

    dpage = alloc_page_vma(GFP_HIGHUSER_MOVABLE, args.vma, addr);
    if (!dpage)
      continue;

    lock_page(dpage);
    copy_highpage(dpage, spage);
    args.dst[i] = migrate_pfn(page_to_pfn(dpage)) | MIGRATE_PFN_LOCKED;
    if (args.src[i] & MIGRATE_PFN_WRITE)
      args.dst[i] |= MIGRATE_PFN_WRITE;
    moved++;
  }
}

/** Entries that have a destination and were not refused. */
function model_migrated(args: migrate_vma): int {
  return args.src.filter((src, i) => src & MIGRATE_PFN_MIGRATE && args.dst[i] !== 0).length;
}

function model_migrate_args(dev: model_device, vma: vm_area_struct, start: uaddr, end: uaddr, flags: migrate_vma_direction): migrate_vma {
  const args = new migrate_vma();
  const none = (): migrate_pfn_t[] => Array.from({ length: (end - start) >>> PAGE_SHIFT }, () => 0);

  args.vma = vma;
  args.src = none();
  args.dst = none();
  args.start = start;
  args.end = end;
  args.pgmap_owner = dev;
  args.flags = flags;
  return args;
}

/** As an ioctl that works on a mirror's mm: whoever calls it need not be one of the mm's tasks.
 *  @refs mm: borrows (mm_count); its own mm_users while it works
 *  @locks takes and releases mmap_lock(read) of mm */
function model_migrate(dev: model_device, mm: mm_struct, start: uaddr, end: uaddr, flags: migrate_vma_direction,
  copy: (args: migrate_vma) => void): int {
  let addr: uaddr, next: uaddr;
  let moved: int = 0;
  let ret: int = 0;

  // The last task of the mm may be on its way out.
  if (!mmget_not_zero(mm))
    return -EINVAL;

  mmap_read_lock(mm);
  out: {
    for (addr = start; addr < end; addr = next) {
      const vma = vma_lookup(mm, addr);
      if (!vma || !(vma.vm_flags & VM_READ)) {
        ret = -EINVAL;
        break out;
      }
      next = min(end, addr + (MODEL_MIGRATE_PAGES << PAGE_SHIFT));
      if (next > vma.vm_end)
        next = vma.vm_end;

      const args = model_migrate_args(dev, vma, addr, next, flags);
      ret = migrate_vma_setup(args);
      if (ret)
        break out;

      copy(args);
      migrate_vma_pages(args);
      moved += model_migrated(args);
      migrate_vma_finalize(args);
    }
  }
  mmap_read_unlock(mm);
  mmput(mm);
  return ret ? ret : moved;
}

/** Moves what it can of [start, end) of mm; gives how many pages, or an errno. */
export function model_migrate_to_device(dev: model_device, start: uaddr, end: uaddr, mm: mm_struct = current().mm): int {
  return model_migrate(dev, mm, start, end, MIGRATE_VMA_SELECT_SYSTEM, (args) => { model_migrate_to_device_copy(args, dev); });
}

/** Moves this device's pages of [start, end) of mm back; gives how many, or an errno. */
export function model_migrate_to_system(dev: model_device, start: uaddr, end: uaddr, mm: mm_struct = current().mm): int {
  return model_migrate(dev, mm, start, end, dev.select, (args) => { model_migrate_to_system_copy(args, INT_MAX); });
}

/** The pages that a call takes: of vmf's vma, at most an aligned window. */
function model_fault_range(vmf: vm_fault, reach: 'page' | 'range'): { start: uaddr; end: uaddr } {
  if (reach === 'page')
    return { start: vmf.address, end: vmf.address + PAGE_SIZE };
  const window = MODEL_FAULT_PAGES * PAGE_SIZE;
  const start: uaddr = vmf.address & ~(window - 1);
  return { start: max(start, vmf.vma.vm_start), end: min(start + window, vmf.vma.vm_end) };
}

/** migrate_to_ram. As in test_hmm nothing here holds the page: who calls has to.
 *  @locks requires mmap_lock(read) of vmf.vma.vm_mm */
export function model_devmem_fault(vmf: vm_fault): vm_fault_t {
  const dev = model_page_to_device(vmf.page);
  const policy = dev.policy;

  spin_lock(dev.lock);
  dev.nr_callbacks++;
  spin_unlock(dev.lock);

  if (!policy.moves)
    return policy.result;

  const { start, end } = model_fault_range(vmf, policy.reach);
  const args = model_migrate_args(dev, vmf.vma, start, end, dev.select);

  if (migrate_vma_setup(args))
    return VM_FAULT_SIGBUS;

  model_migrate_to_system_copy(args, policy.limit);
  migrate_vma_pages(args);
  migrate_vma_finalize(args);
  return policy.result;
}

/** page_free: back on the list. */
export function model_devmem_free(page: page): void {
  const dev = model_page_to_device(page);

  spin_lock(dev.lock);
  dev.cfree++;
  page.zone_device_data = dev.free_pages;
  dev.free_pages = page;
  spin_unlock(dev.lock);
}

/** Unload: sleeps while a page is in use. */
export function model_device_remove(dev: model_device): void {
  spin_lock(dev.lock);
  dev.removing = true;
  spin_unlock(dev.lock);
  memunmap_pages(dev.pagemap);
}
//#endif
//#endif
