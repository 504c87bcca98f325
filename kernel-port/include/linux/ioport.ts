// SPDX-License-Identifier: GPL-2.0-only
// Regions of the physical address space. C keeps a tree of resources; here a region is a range.

import type { phys_addr_t, unsigned_long } from './types.ts';

export interface resource { start: phys_addr_t; end: phys_addr_t; name: string; flags: unsigned_long }
export interface range { start: phys_addr_t; end: phys_addr_t }
export const IORESOURCE_MEM: unsigned_long = 0x00000200;
export const IORESOURCE_SYSTEM_RAM: unsigned_long = 0x01000000;
export const IORES_DESC_NONE: unsigned_long = 0;
export const IORES_DESC_DEVICE_PRIVATE_MEMORY: unsigned_long = 6;
