// SPDX-License-Identifier: GPL-2.0-only
// The new type of device memory, and every test of core mm that treats it like private memory.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { v2 } from '../posting.ts';

export default patch({
  ...v2,
  number: 1,
  subject: 'mm: add zone device coherent type memory support',
  date: 'Mon, 6 Dec 2021 12:52:41 -0600',
  messageId: '20211206185251.20646-2-alex.sierra@amd.com',
  files: ['include/linux/memremap.h', 'include/linux/mm.h', 'mm/memcontrol.c', 'mm/memory-failure.c', 'mm/memremap.c', 'mm/migrate.c'],
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
      + export const MEMORY_DEVICE_COHERENT: memory_type = 2;
      + export const MEMORY_DEVICE_FS_DAX: memory_type = 3;
      + export const MEMORY_DEVICE_GENERIC: memory_type = 4;
      + export const MEMORY_DEVICE_PCI_P2PDMA: memory_type = 5;
    `.cLines(59, 65));

  file('include/linux/mm.ts')
    .hunk('page_is_devmap_managed', hunk`
        switch (page.pgmap.type) {
          case MEMORY_DEVICE_PRIVATE:
      +   case MEMORY_DEVICE_COHERENT:
          case MEMORY_DEVICE_FS_DAX:
            return true;
    `.cLines(1162, 1168))
    .hunk('', hunk`
          page.pgmap.type === MEMORY_DEVICE_PRIVATE;
        }

      + export function is_device_coherent_page(page: page): boolean {
      +   return CONFIG_DEV_PAGEMAP_OPS &&
      +     is_zone_device_page(page) &&
      +     page.pgmap.type === MEMORY_DEVICE_COHERENT;
      + }
      +
      + export function is_device_page(page: page): boolean {
      +   return CONFIG_DEV_PAGEMAP_OPS &&
      +     is_zone_device_page(page) &&
      +     (page.pgmap.type === MEMORY_DEVICE_PRIVATE ||
      +     page.pgmap.type === MEMORY_DEVICE_COHERENT);
      + }
      +
        export function is_pci_p2pdma_page(page: page): boolean {
          return CONFIG_DEV_PAGEMAP_OPS &&
    `.cLines(1191, 1196));

  file('mm/memremap.ts')
    .hunk('devmap_managed_enable_put', hunk`
        if (pgmap.type === MEMORY_DEVICE_PRIVATE ||
      +     pgmap.type === MEMORY_DEVICE_COHERENT ||
            pgmap.type === MEMORY_DEVICE_FS_DAX)
    `.cLines(44, 49))
    .hunk('devmap_managed_enable_get', hunk`
        if (pgmap.type === MEMORY_DEVICE_PRIVATE ||
      +     pgmap.type === MEMORY_DEVICE_COHERENT ||
            pgmap.type === MEMORY_DEVICE_FS_DAX)
    `.cLines(51, 56))
    .hunk('memremap_pages', hunk`
        switch (pgmap.type) {
          case MEMORY_DEVICE_PRIVATE:
      +   case MEMORY_DEVICE_COHERENT:
    `.cLines(328, 333))
    .hunk('free_devmap_managed_page', hunk`
      - if (!is_device_private_page(page)) {
      + if (!is_device_page(page)) {
    `.cLines(498, 504));

  file('mm/migrate.ts')
    .hunk('expected_page_refs', hunk`
      - expected_count += Number(is_device_private_page(page));
      + expected_count += Number(is_device_page(page));
        if (mapping)
    `.cLines(362, 368))
    .hunk('migrate_vma_check_page', hunk`
      - return is_device_private_page(page);
      + return is_device_page(page);
        }
    `.cLines(2503, 2509))
    .hunk('migrate_vma_insert_page', hunk`
            entry = swp_entry_to_pte(swp_entry);
      +   } else if (is_device_coherent_page(page)) {
      +     entry = pte_mkold(mk_pte(page,
      +       vma.vm_page_prot));
      +     if (vma.vm_flags & VM_WRITE)
      +       entry = pte_mkwrite(pte_mkdirty(entry));
          } else {
            pr_warn_once('Unsupported ZONE_DEVICE page type.\n');
            break abort;
    `.cLines(2867, 2876))
    .hunk('migrate_vma_pages', hunk`
        if (is_zone_device_page(newpage)) {
      -   if (is_device_private_page(newpage)) {
      +   if (is_device_page(newpage)) {
            if (mapping) {
              migrate.src[i] &= ~MIGRATE_PFN_MIGRATE;
    `.cLines(2976, 2985));
});
