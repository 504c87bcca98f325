// SPDX-License-Identifier: GPL-2.0-only
// Regions of the physical address space. C keeps a tree of resources; here a resource has a list of
// those within it.

import { iomem_resource, __release_region } from '../../kernel/resource.ts';
import type { phys_addr_t, size_t, unsigned_long } from './types.ts';

export { __release_region, iomem_resource, region_intersects, request_free_mem_region } from '../../kernel/resource.ts';

export class resource {
  start: phys_addr_t = 0;
  end: phys_addr_t = 0;
  name: string = '';
  flags: unsigned_long = 0;
  desc: unsigned_long = 0;
  /** Replaced, never changed. */
  children: readonly resource[] = [];
}
export interface range { start: phys_addr_t; end: phys_addr_t }
export const IORESOURCE_MEM: unsigned_long = 0x00000200;
export const IORESOURCE_SYSTEM_RAM: unsigned_long = 0x01000000;
export const IORESOURCE_BUSY: unsigned_long = 0x80000000;
export const IORES_DESC_NONE: unsigned_long = 0;
export const IORES_DESC_DEVICE_PRIVATE_MEMORY: unsigned_long = 6;

export function release_mem_region(start: phys_addr_t, n: size_t): void { __release_region(iomem_resource(), start, n); }
