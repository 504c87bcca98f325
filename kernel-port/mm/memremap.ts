// SPDX-License-Identifier: GPL-2.0-only
// Follows mm/memremap.c: frames of a device get struct pages and a pgmap, each page starting with
// one reference; taking them away again waits until the last of them is unused.
// memremap_compat_align is left out: nobody asks for it here.

import { per_machine } from '../arch/model/machine.ts';
import { __va, pfn_to_page } from '../arch/model/memory.ts';
import { PAGE_KERNEL, PAGE_SHIFT, pgprot_noncached } from '../arch/model/pgtable.ts';
import { WARN, WARN_ONCE } from '../include/linux/bug.ts';
import { complete, init_completion, wait_for_completion } from '../include/linux/completion.ts';
import { dev_to_node, devm_add_action_or_reset, devm_release_action } from '../include/linux/device.ts';
import { ERR_PTR, IS_ERR } from '../include/linux/err.ts';
import { EINVAL, ENOMEM, ENXIO } from '../include/linux/errno.ts';
import { GFP_KERNEL } from '../include/linux/gfp.ts';
import { IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM } from '../include/linux/ioport.ts';
import { kasan_add_zero_shadow, kasan_remove_zero_shadow } from '../include/linux/kasan.ts';
import { CONFIG_DEVICE_PRIVATE, CONFIG_FS_DAX_LIMITED, CONFIG_ZONE_DEVICE } from '../include/linux/kconfig.ts';
import { container_of } from '../include/linux/list.ts';
import { mem_cgroup_uncharge } from '../include/linux/memcontrol.ts';
import {
  __remove_pages, add_pages, arch_add_memory, arch_remove_memory, mem_hotplug_begin, mem_hotplug_done,
  mhp_range_allowed, move_pfn_range_to_zone, remove_pfn_range_from_zone,
} from '../include/linux/memory_hotplug.ts';
import {
  MEMORY_DEVICE_FS_DAX, MEMORY_DEVICE_GENERIC, MEMORY_DEVICE_PCI_P2PDMA, MEMORY_DEVICE_PRIVATE, pgmap_altmap,
  put_dev_pagemap,
} from '../include/linux/memremap.ts';
import { REGION_DISJOINT, REGION_MIXED, is_device_private_page, page_zone, put_page } from '../include/linux/mm.ts';
import { MIGRATE_MOVABLE, NODE_DATA, ZONE_DEVICE } from '../include/linux/mmzone.ts';
import { __ClearPageWaiters } from '../include/linux/page-flags.ts';
import {
  percpu_ref_exit, percpu_ref_init,
} from '../lib/percpu-refcount.ts';
import { percpu_ref_get_many, percpu_ref_kill, percpu_ref_tryget_live } from '../include/linux/percpu-refcount.ts';
import { PFN_PHYS, PHYS_PFN } from '../include/linux/pfn.ts';
import { track_pfn_remap, untrack_pfn } from '../include/linux/pgtable.ts';
import { range_len } from '../include/linux/range.ts';
import { rcu_read_lock, rcu_read_unlock, synchronize_rcu } from '../include/linux/rcupdate.ts';
import { cond_resched } from '../include/linux/sched.ts';
import { static_branch_dec, static_branch_inc, static_key_false } from '../include/linux/static_key.ts';
import { numa_mem_id } from '../include/linux/topology.ts';
import { wake_up_var } from '../include/linux/wait_bit.ts';
import { xa_err, xa_load, xa_store_range, xarray } from '../include/linux/xarray.ts';
import { region_intersects } from '../kernel/resource.ts';
import { memmap_init_zone_device } from './page_alloc.ts';
import type { device } from '../include/linux/device.ts';
import type { ErrPtr } from '../include/linux/err.ts';
import type { mhp_params } from '../include/linux/memory_hotplug.ts';
import type { dev_pagemap, vmem_altmap } from '../include/linux/memremap.ts';
import type { page } from '../include/linux/mm_types.ts';
import type { zone } from '../include/linux/mmzone.ts';
import type { percpu_ref } from '../include/linux/percpu-refcount.ts';
import type { range } from '../include/linux/range.ts';
import { FieldRef, type int, type pfn_nr, type phys_addr_t, type unsigned_long } from '../include/linux/types.ts';

const pgmap_array = per_machine(() => new xarray<dev_pagemap>(), 'pgmap_array');

//#if DEV_PAGEMAP_OPS
export const devmap_managed_key = per_machine(() => new static_key_false(), 'devmap_managed_key');

function devmap_managed_enable_put(pgmap: dev_pagemap): void {
  if (pgmap.type === MEMORY_DEVICE_PRIVATE ||
      pgmap.type === MEMORY_DEVICE_FS_DAX)
    static_branch_dec(devmap_managed_key());
}

function devmap_managed_enable_get(pgmap: dev_pagemap): void {
  if (pgmap.type === MEMORY_DEVICE_PRIVATE ||
      pgmap.type === MEMORY_DEVICE_FS_DAX)
    static_branch_inc(devmap_managed_key());
}
//#else
function devmap_managed_enable_get(_pgmap: dev_pagemap): void {
}
function devmap_managed_enable_put(_pgmap: dev_pagemap): void {
}
//#endif

function pgmap_array_delete(range: range): void {
  xa_store_range(pgmap_array(), PHYS_PFN(range.start), PHYS_PFN(range.end),
    null, GFP_KERNEL);
  synchronize_rcu();
}

function pfn_first(pgmap: dev_pagemap, range_id: int): pfn_nr {
  const range: range = pgmap.ranges[range_id];
  const pfn: pfn_nr = PHYS_PFN(range.start);

  if (range_id)
    return pfn;
  return pfn + vmem_altmap_offset(pgmap_altmap(pgmap));
}

export function pgmap_pfn_valid(pgmap: dev_pagemap, pfn: pfn_nr): boolean {
  let i: int;

  for (i = 0; i < pgmap.nr_range; i++) {
    const range: range = pgmap.ranges[i];

    if (pfn >= PHYS_PFN(range.start) &&
        pfn <= PHYS_PFN(range.end))
      return pfn >= pfn_first(pgmap, i);
  }

  return false;
}

function pfn_end(pgmap: dev_pagemap, range_id: int): pfn_nr {
  const range: range = pgmap.ranges[range_id];

  return (range.start + range_len(range)) >>> PAGE_SHIFT;
}

function pfn_next(pfn: pfn_nr): pfn_nr {
  if (pfn % 1024 === 0)
    cond_resched();
  return pfn + 1;
}

/** The first of a walk up to pfn_end. */
function for_each_device_pfn(pgmap: dev_pagemap, range_id: int): pfn_nr { return pfn_first(pgmap, range_id); }

/** @refs pgmap.ref: consumes the first */
function dev_pagemap_kill(pgmap: dev_pagemap): void {
  if (pgmap.ops && pgmap.ops.kill)
    pgmap.ops.kill(pgmap);
  else
    percpu_ref_kill(pgmap.ref);
}

function dev_pagemap_cleanup(pgmap: dev_pagemap): void {
  if (pgmap.ops && pgmap.ops.cleanup) {
    pgmap.ops.cleanup(pgmap);
  } else {
    wait_for_completion(pgmap.done);
    percpu_ref_exit(pgmap.ref);
  }
  // The same pgmap may be used again.
  if (pgmap.ref === pgmap.internal_ref)
    pgmap.ref = null;
}

function pageunmap_range(pgmap: dev_pagemap, range_id: int): void {
  const range: range = pgmap.ranges[range_id];
  let first_page: page;

  first_page = pfn_to_page(pfn_first(pgmap, range_id));

  mem_hotplug_begin();
  remove_pfn_range_from_zone(page_zone(first_page), PHYS_PFN(range.start),
    PHYS_PFN(range_len(range)));
  if (pgmap.type === MEMORY_DEVICE_PRIVATE) {
    __remove_pages(PHYS_PFN(range.start),
      PHYS_PFN(range_len(range)), null);
  } else {
    arch_remove_memory(range.start, range_len(range),
      pgmap_altmap(pgmap));
    kasan_remove_zero_shadow(__va(range.start), range_len(range));
  }
  mem_hotplug_done();

  untrack_pfn(null, PHYS_PFN(range.start), range_len(range));
  pgmap_array_delete(range);
}

/** Sleeps until every page has come back.
 *  @refs drops the base reference of each page */
export function memunmap_pages(pgmap: dev_pagemap): void {
  let pfn: pfn_nr;
  let i: int;

  dev_pagemap_kill(pgmap);
  for (i = 0; i < pgmap.nr_range; i++)
    for (pfn = for_each_device_pfn(pgmap, i); pfn < pfn_end(pgmap, i); pfn = pfn_next(pfn))
      put_page(pfn_to_page(pfn));
  dev_pagemap_cleanup(pgmap);

  for (i = 0; i < pgmap.nr_range; i++)
    pageunmap_range(pgmap, i);

  WARN_ONCE(pgmap.altmap.alloc, 'failed to free all reserved pages');
  devmap_managed_enable_put(pgmap);
}

function devm_memremap_pages_release(data: object): void {
  memunmap_pages(data as dev_pagemap);
}

function dev_pagemap_percpu_release(ref: percpu_ref): void {
  const pgmap =
    container_of(ref) as dev_pagemap;

  complete(pgmap.done);
}

/** @refs pgmap.ref: returns one for each page of the range (when 0) */
function pagemap_range(pgmap: dev_pagemap, params: mhp_params, range_id: int, nid: int): int {
  const is_private: boolean = pgmap.type === MEMORY_DEVICE_PRIVATE;
  const range: range = pgmap.ranges[range_id];
  let conflict_pgmap: dev_pagemap | null;
  let error: int, is_ram: int;

  if (WARN_ONCE(pgmap_altmap(pgmap) && range_id > 0,
    'altmap not supported for multiple ranges'))
    return -EINVAL;

  conflict_pgmap = get_dev_pagemap(PHYS_PFN(range.start), null);
  if (conflict_pgmap) {
    WARN(1, 'Conflicting mapping in same section');
    put_dev_pagemap(conflict_pgmap);
    return -ENOMEM;
  }

  conflict_pgmap = get_dev_pagemap(PHYS_PFN(range.end), null);
  if (conflict_pgmap) {
    WARN(1, 'Conflicting mapping in same section');
    put_dev_pagemap(conflict_pgmap);
    return -ENOMEM;
  }

  is_ram = region_intersects(range.start, range_len(range),
    IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE);

  if (is_ram !== REGION_DISJOINT) {
    WARN_ONCE(1, `attempted on ${
      is_ram === REGION_MIXED ? 'mixed' : 'ram'} region ${
      range.start.toString(16)}-${range.end.toString(16)}`);
    return -ENXIO;
  }

  error = xa_err(xa_store_range(pgmap_array(), PHYS_PFN(range.start),
    PHYS_PFN(range.end), pgmap, GFP_KERNEL));
  if (error)
    return error;

  if (nid < 0)
    nid = numa_mem_id();

  err_pfn_remap: {
    err_kasan: {
      err_add_memory: {
        error = track_pfn_remap(null, FieldRef(params, 'pgprot'), PHYS_PFN(range.start), 0,
          range_len(range));
        if (error)
          break err_pfn_remap;

        if (!mhp_range_allowed(range.start, range_len(range), !is_private)) {
          error = -EINVAL;
          break err_pfn_remap;
        }

        mem_hotplug_begin();

        // Private memory is not for CPUs: struct pages only, no mapping.
        if (is_private) {
          error = add_pages(nid, PHYS_PFN(range.start),
            PHYS_PFN(range_len(range)), params);
        } else {
          error = kasan_add_zero_shadow(__va(range.start), range_len(range));
          if (error) {
            mem_hotplug_done();
            break err_kasan;
          }

          error = arch_add_memory(nid, range.start, range_len(range),
            params);
        }

        if (!error) {
          let zone: zone;

          zone = NODE_DATA(nid).node_zones[ZONE_DEVICE];
          move_pfn_range_to_zone(zone, PHYS_PFN(range.start),
            PHYS_PFN(range_len(range)), params.altmap,
            MIGRATE_MOVABLE);
        }

        mem_hotplug_done();
        if (error)
          break err_add_memory;

        memmap_init_zone_device(NODE_DATA(nid).node_zones[ZONE_DEVICE],
          PHYS_PFN(range.start),
          PHYS_PFN(range_len(range)), pgmap);
        percpu_ref_get_many(pgmap.ref, pfn_end(pgmap, range_id)
          - pfn_first(pgmap, range_id));
        return 0;
      }
      kasan_remove_zero_shadow(__va(range.start), range_len(range));
    }
    untrack_pfn(null, PHYS_PFN(range.start), range_len(range));
  }
  pgmap_array_delete(range);
  return error;
}

/** @refs pgmap.ref: returns the first (when no error) */
export function memremap_pages(pgmap: dev_pagemap, nid: int): unsigned_long | ErrPtr {
  const params: mhp_params = {
    altmap: pgmap_altmap(pgmap),
    pgprot: PAGE_KERNEL,
  };
  const nr_range: int = pgmap.nr_range;
  let error: int, i: int;

  if (WARN_ONCE(!nr_range, 'nr_range must be specified'))
    return ERR_PTR(-EINVAL);

  switch (pgmap.type) {
    case MEMORY_DEVICE_PRIVATE:
      if (!CONFIG_DEVICE_PRIVATE) {
        WARN(1, 'Device private memory not supported');
        return ERR_PTR(-EINVAL);
      }
      if (!pgmap.ops || !pgmap.ops.migrate_to_ram) {
        WARN(1, 'Missing migrate_to_ram method');
        return ERR_PTR(-EINVAL);
      }
      if (!pgmap.ops.page_free) {
        WARN(1, 'Missing page_free method');
        return ERR_PTR(-EINVAL);
      }
      if (!pgmap.owner) {
        WARN(1, 'Missing owner');
        return ERR_PTR(-EINVAL);
      }
      break;
    case MEMORY_DEVICE_FS_DAX:
      if (!CONFIG_ZONE_DEVICE ||
          CONFIG_FS_DAX_LIMITED) {
        WARN(1, 'File system DAX not supported');
        return ERR_PTR(-EINVAL);
      }
      break;
    case MEMORY_DEVICE_GENERIC:
      break;
    case MEMORY_DEVICE_PCI_P2PDMA:
      params.pgprot = pgprot_noncached(params.pgprot);
      break;
    default:
      WARN(1, `Invalid pgmap type ${pgmap.type}`);
      break;
  }

  if (!pgmap.ref) {
    if (pgmap.ops && (pgmap.ops.kill || pgmap.ops.cleanup))
      return ERR_PTR(-EINVAL);

    init_completion(pgmap.done);
    error = percpu_ref_init(pgmap.internal_ref,
      dev_pagemap_percpu_release, 0, GFP_KERNEL);
    if (error)
      return ERR_PTR(error);
    pgmap.ref = pgmap.internal_ref;
  } else {
    if (!pgmap.ops || !pgmap.ops.kill || !pgmap.ops.cleanup) {
      WARN(1, 'Missing reference count teardown definition');
      return ERR_PTR(-EINVAL);
    }
  }

  devmap_managed_enable_get(pgmap);

  // It counts what is done, so that an abort unwinds just that.
  pgmap.nr_range = 0;
  error = 0;
  for (i = 0; i < nr_range; i++) {
    error = pagemap_range(pgmap, params, i, nid);
    if (error)
      break;
    pgmap.nr_range++;
  }

  if (i < nr_range) {
    memunmap_pages(pgmap);
    pgmap.nr_range = nr_range;
    return ERR_PTR(error);
  }

  return __va(pgmap.ranges[0].start);
}

export function devm_memremap_pages(dev: device, pgmap: dev_pagemap): unsigned_long | ErrPtr {
  let error: int;
  let ret: unsigned_long | ErrPtr;

  ret = memremap_pages(pgmap, dev_to_node(dev));
  if (IS_ERR(ret))
    return ret;

  error = devm_add_action_or_reset(dev, devm_memremap_pages_release,
    pgmap);
  if (error)
    return ERR_PTR(error);
  return ret;
}

export function devm_memunmap_pages(dev: device, pgmap: dev_pagemap): void {
  devm_release_action(dev, devm_memremap_pages_release, pgmap);
}

export function vmem_altmap_offset(altmap: vmem_altmap | null): unsigned_long {
  if (altmap)
    return altmap.reserve + altmap.free;
  return 0;
}

export function vmem_altmap_free(altmap: vmem_altmap, nr_pfns: unsigned_long): void {
  altmap.alloc -= nr_pfns;
}

/** @refs pgmap: consumes (when it does not cover pfn); returns (when not NULL) */
export function get_dev_pagemap(pfn: pfn_nr, pgmap: dev_pagemap | null): dev_pagemap | null {
  const phys: phys_addr_t = PFN_PHYS(pfn);

  if (pgmap) {
    if (phys >= pgmap.range.start && phys <= pgmap.range.end)
      return pgmap;
    put_dev_pagemap(pgmap);
  }

  rcu_read_lock();
  pgmap = xa_load(pgmap_array(), PHYS_PFN(phys));
  if (pgmap && !percpu_ref_tryget_live(pgmap.ref))
    pgmap = null;
  rcu_read_unlock();

  return pgmap;
}

//#if DEV_PAGEMAP_OPS
/** @refs page: free from here on, the driver's */
export function free_devmap_managed_page(page: page): void {
  if (!is_device_private_page(page)) {
    wake_up_var(page._refcount);
    return;
  }

  __ClearPageWaiters(page);

  mem_cgroup_uncharge(page);

  // A stale mapping would make page_add_new_anon_rmap take the page for one that has its rmap.
  page.mapping = null;
  page.pgmap.ops.page_free(page);
}
//#endif
