// SPDX-License-Identifier: GPL-2.0-only
// The new type of device memory, called public at first.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { v1 } from '../posting.ts';

export default patch({
  ...v1,
  number: 4,
  subject: 'mm: add zone device public type memory support',
  date: 'Tue, 24 Aug 2021 22:48:18 -0500',
  messageId: '20210825034828.12927-5-alex.sierra@amd.com',
  files: ['include/linux/memremap.h', 'include/linux/mm.h', 'mm/memcontrol.c', 'mm/memory-failure.c', 'mm/memremap.c'],
  notModelled: [
    { what: 'get_mctgt_type (mm/memcontrol.c)', reason: 'no memory cgroup in the model: nothing moves a charge between groups' },
    { what: 'memory_failure_dev_pagemap (mm/memory-failure.c)', reason: 'no memory errors in the model: mm/memory-failure.c is not ported' },
  ],
}, ({ file }) => {
  file('include/linux/memremap.ts')
    .hunk('', hunk`
        export const MEMORY_DEVICE_PRIVATE: memory_type = 1;
      - export const MEMORY_DEVICE_FS_DAX: memory_type = 2;
      - export const MEMORY_DEVICE_GENERIC: memory_type = 3;
      - export const MEMORY_DEVICE_PCI_P2PDMA: memory_type = 4;
      + export const MEMORY_DEVICE_PUBLIC: memory_type = 2;
      + export const MEMORY_DEVICE_FS_DAX: memory_type = 3;
      + export const MEMORY_DEVICE_GENERIC: memory_type = 4;
      + export const MEMORY_DEVICE_PCI_P2PDMA: memory_type = 5;
    `.cLines(59, 64));

  file('include/linux/mm.ts')
    .hunk('', hunk`
          page.pgmap.type === MEMORY_DEVICE_PRIVATE;
        }

      + export function is_device_page(page: page): boolean {
      +   return CONFIG_DEV_PAGEMAP_OPS &&
      +     is_zone_device_page(page) &&
      +     (page.pgmap.type === MEMORY_DEVICE_PRIVATE ||
      +     page.pgmap.type === MEMORY_DEVICE_PUBLIC);
      + }
      +
        export function is_pci_p2pdma_page(page: page): boolean {
          return CONFIG_DEV_PAGEMAP_OPS &&
    `.cLines(1187, 1192));

  file('mm/memremap.ts')
    .hunk('memremap_pages', hunk`
        switch (pgmap.type) {
          case MEMORY_DEVICE_PRIVATE:
      +   case MEMORY_DEVICE_PUBLIC:
    `.cLines(294, 299));
});
