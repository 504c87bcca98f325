// SPDX-License-Identifier: GPL-2.0-only
// v6.15 (1afaeb8293c9): the fault on a private page takes the page lock, too, while the entry is there, and
// goes round again where it does not get it; the migration leaves that lock to it. As in the tree: the lock
// is given up before the reference.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { later } from '../posting.ts';

export default patch({
  ...later,
  version: 'f615',
  number: 1,
  of: 1,
  base: 'later/f61/1',
  subject: 'mm/migrate: Trylock device page in do_swap_page',
  author: { name: 'Matthew Brost', email: 'matthew.brost@intel.com' },
  // By the Message-ID: the mail itself was not at hand.
  date: 'Wed, 11 Sep 2024 03:03:37 +0000',
  messageId: '20240911030337.870160-2-matthew.brost@intel.com',
  coverId: '20240911030337.870160-1-matthew.brost@intel.com',
  files: ['mm/memory.c', 'mm/migrate_device.c'],
  notModelled: [],
}, ({ file }) => {
  file('mm/memory.ts').hunk('do_swap_page', hunk`
          // While the entry is there the page cannot be freed.
    -     get_page(vmf.page);
    -     pte_unmap_unlock(vmf.pte, vmf.ptl);
    -     ret = vmf.page.pgmap.ops.migrate_to_ram(vmf);
    -     put_page(vmf.page);
    +     if (trylock_page(vmf.page)) {
    +       get_page(vmf.page);
    +       pte_unmap_unlock(vmf.pte, vmf.ptl);
    +       ret = vmf.page.pgmap.ops.migrate_to_ram(vmf);
    +       unlock_page(vmf.page);
    +       put_page(vmf.page);
    +     } else {
    +       pte_unmap_unlock(vmf.pte, vmf.ptl);
    +     }
        } else if (is_hwpoison_entry(entry)) {
  `.cLines(4252, 4275));

  file('mm/migrate.ts')
    .hunk('migrate_vma_collect_pmd', hunk`
      -     if (trylock_page(page)) {
      +     if (page === migrate.fault_page || trylock_page(page)) {
    `.cLines(245, 250))
    .hunk('migrate_vma_unmap', hunk`
          migrate.src[i] = 0;
      -   unlock_page(page);
      +   if (page !== migrate.fault_page)
      +     unlock_page(page);
          restore--;
    `.cLines(440, 446))
    .hunk('migrate_vma_setup', hunk`
      - if (args.fault_page && !is_device_private_page(args.fault_page))
      + if (args.fault_page && (!is_device_private_page(args.fault_page) || !PageLocked(args.fault_page)))
          return -EINVAL;
    `.cLines(520, 524))
    .hunk('migrate_vma_finalize', hunk`
          remove_migration_ptes(page, newpage, false);
      -   unlock_page(page);
      +   if (page !== migrate.fault_page)
      +     unlock_page(page);
    `.cLines(820, 826));
});
