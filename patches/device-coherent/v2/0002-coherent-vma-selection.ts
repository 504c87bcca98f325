// SPDX-License-Identifier: GPL-2.0-only
// Lets a driver select its own coherent pages for migration back to system memory.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { v2 } from '../posting.ts';

export default patch({
  ...v2,
  number: 2,
  subject: 'mm: add device coherent vma selection for memory migration',
  date: 'Mon, 6 Dec 2021 12:52:42 -0600',
  messageId: '20211206185251.20646-3-alex.sierra@amd.com',
  files: ['include/linux/migrate.h', 'mm/migrate.c'],
  notModelled: [],
}, ({ file }) => {
  file('include/linux/migrate.ts')
    .hunk('', hunk`
        export const MIGRATE_VMA_SELECT_SYSTEM: migrate_vma_direction = 1 << 0;
        export const MIGRATE_VMA_SELECT_DEVICE_PRIVATE: migrate_vma_direction = 1 << 1;
      + export const MIGRATE_VMA_SELECT_DEVICE_COHERENT: migrate_vma_direction = 1 << 2;
    `.cLines(138, 143));

  file('mm/migrate.ts')
    .hunk('migrate_vma_collect_pmd', hunk`
          if (is_writable_device_private_entry(entry))
            mpfn |= MIGRATE_PFN_WRITE;
        } else {
      -   if (!(migrate.flags & MIGRATE_VMA_SELECT_SYSTEM))
      -     break next;
          pfn = pte_pfn(pte);
          if (is_zero_pfn(pfn)) {
        ...
          page = vm_normal_page(migrate.vma, addr, pte);
      +   if (page && !is_zone_device_page(page) &&
      +       !(migrate.flags & MIGRATE_VMA_SELECT_SYSTEM))
      +     break next;
      +   if (page && is_device_coherent_page(page) &&
      +       (!(migrate.flags & MIGRATE_VMA_SELECT_DEVICE_COHERENT) ||
      +        page.pgmap.owner !== migrate.pgmap_owner))
      +     break next;
          mpfn = migrate_pfn(pfn) | MIGRATE_PFN_MIGRATE;
          mpfn |= pte_write(pte) ? MIGRATE_PFN_WRITE : 0;
    `.cLines(2340, 2354));
});
