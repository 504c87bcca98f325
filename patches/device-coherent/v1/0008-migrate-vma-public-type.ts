// SPDX-License-Identifier: GPL-2.0-only
// Pages of the new type go through migrate_vma_*: they are checked, inserted and mapped like it.
// In v5.15 one function makes a private entry for each access; the posting's context has the one from
// before, whose second argument said it.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { v1 } from '../posting.ts';

export default patch({
  ...v1,
  number: 8,
  subject: 'mm: add public type support to migrate_vma helpers',
  date: 'Tue, 24 Aug 2021 22:48:22 -0500',
  messageId: '20210825034828.12927-9-alex.sierra@amd.com',
  files: ['mm/migrate.c'],
  notModelled: [],
}, ({ file }) => {
  file('mm/migrate.ts')
    .hunk('migrate_vma_check_page', hunk`
      - return is_device_private_page(page);
      + return is_device_page(page);
        }
    `.cLines(2566, 2572))
    .hunk('migrate_vma_insert_page', hunk`
            entry = swp_entry_to_pte(swp_entry);
      +   } else if (is_device_page(page)) {
      +     entry = pte_mkold(mk_pte(page,
      +       vma.vm_page_prot));
      +     if (vma.vm_flags & VM_WRITE)
      +       entry = pte_mkwrite(pte_mkdirty(entry));
          } else {
            pr_warn_once('Unsupported ZONE_DEVICE page type.\n');
            break abort;
    `.cLines(2926, 2935))
    .hunk('migrate_vma_pages', hunk`
        if (is_zone_device_page(newpage)) {
      -   if (is_device_private_page(newpage)) {
      +   if (is_device_page(newpage)) {
            if (mapping) {
              migrate.src[i] &= ~MIGRATE_PFN_MIGRATE;
    `.cLines(3035, 3044));
});
