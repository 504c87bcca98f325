// SPDX-License-Identifier: GPL-2.0-only
// Lets a driver select pages that the CPU reaches as memory of a device: whatever is present.
// The names of device private entries around it are v5.15's.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { v1 } from '../posting.ts';

export default patch({
  ...v1,
  number: 3,
  subject: 'mm: add iomem vma selection for memory migration',
  date: 'Tue, 24 Aug 2021 22:48:17 -0500',
  messageId: '20210825034828.12927-4-alex.sierra@amd.com',
  files: ['include/linux/migrate.h', 'mm/migrate.c'],
  notModelled: [],
}, ({ file }) => {
  file('include/linux/migrate.ts')
    .hunk('', hunk`
        export const MIGRATE_VMA_SELECT_SYSTEM: migrate_vma_direction = 1 << 0;
        export const MIGRATE_VMA_SELECT_DEVICE_PRIVATE: migrate_vma_direction = 1 << 1;
      + export const MIGRATE_VMA_SELECT_IOMEM: migrate_vma_direction = 1 << 2;
    `.cLines(156, 161));

  file('mm/migrate.ts')
    .hunk('migrate_vma_collect_pmd', hunk`
          if (is_writable_device_private_entry(entry))
            mpfn |= MIGRATE_PFN_WRITE;
        } else {
      -   if (!(migrate.flags & MIGRATE_VMA_SELECT_SYSTEM))
      +   if (!(migrate.flags & MIGRATE_VMA_SELECT_SYSTEM) &&
      +       !(migrate.flags & MIGRATE_VMA_SELECT_IOMEM))
            break next;
          pfn = pte_pfn(pte);
          if (is_zero_pfn(pfn)) {
    `.cLines(2406, 2412));
});
