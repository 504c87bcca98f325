// SPDX-License-Identifier: GPL-2.0-only
// v6.1 (16ce101db85d): the fault on a private page looks at the entry again under the page table lock and
// takes a reference while it is there; the migration expects that one more of the page it is called for.
// The result of the callback is kept, as in the tree; the first posting lost it. migrate_vma_check_page()
// lets every private page through, as v5.15 does: the count is compared in migrate_page_move_mapping().

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { later } from '../posting.ts';

export default patch({
  ...later,
  version: 'f61',
  number: 1,
  of: 1,
  subject: 'mm/memory.c: Fix race when faulting a device private page',
  author: { name: 'Alistair Popple', email: 'apopple@nvidia.com' },
  date: 'Mon, 26 Sep 2022 16:03:05 +1000',
  messageId: 'af2ea89799b08e0a5e592df0da0dcb9a5bf8533b.1664171943.git-series.apopple@nvidia.com',
  coverId: 'cover.f15b25597fc3afd45b144df863eeca3b2c13f9f4.1664171943.git-series.apopple@nvidia.com',
  files: ['include/linux/migrate.h', 'mm/memory.c', 'mm/migrate.c', 'mm/migrate_device.c'],
  notModelled: [
    { what: 'the drivers', reason: 'amdkfd, nouveau and the powerpc ultravisor are not in the port; the model driver says which page it was called for' },
    { what: 'the count in migrate_vma_check_page (mm/migrate_device.c)', reason: 'v5.15 lets every private page through there' },
  ],
}, ({ file }) => {
  file('include/linux/migrate.ts').hunk('', hunk`
      pgmap_owner: object | null = null;
      flags: migrate_vma_direction = 0;
    + /** The page that migrate_to_ram() was called for; its caller holds a reference to it. */
    + fault_page: page | null = null;
      }
  `.cLines(212, 220));

  file('mm/memory.ts').hunk('do_swap_page', hunk`
        } else if (is_device_private_entry(entry)) {
          vmf.page = pfn_swap_entry_to_page(entry);
    +     vmf.pte = pte_offset_map_lock(vma.vm_mm, vmf.pmd, vmf.address, FieldRef(vmf, 'ptl'));
    +     if (!pte_same(Pte(vmf.pte), vmf.orig_pte)) {
    +       pte_unmap_unlock(vmf.pte, vmf.ptl);
    +       break out;
    +     }
    +
    +     // While the entry is there the page cannot be freed.
    +     get_page(vmf.page);
    +     pte_unmap_unlock(vmf.pte, vmf.ptl);
          ret = vmf.page.pgmap.ops.migrate_to_ram(vmf);
    +     put_page(vmf.page);
        } else if (is_hwpoison_entry(entry)) {
  `.cLines(3742, 3763));

  file('mm/migrate.ts')
    .hunk('migrate_page', hunk`
          migrate_page_states(newpage, page);
        return MIGRATEPAGE_SUCCESS;
        }
      +
      + /** migrate_page() of one whose count is higher by so many. */
      + function migrate_page_extra(mapping: address_space | null,
      +   newpage: page, page: page,
      +   mode: migrate_mode, extra_count: int): int {
      +   let rc: int;
      +
      +   BUG_ON(PageWriteback(page));
      +
      +   rc = migrate_page_move_mapping(mapping, newpage, page, extra_count);
      +
      +   if (rc !== MIGRATEPAGE_SUCCESS)
      +     return rc;
      +
      +   if (mode !== MIGRATE_SYNC_NO_COPY)
      +     migrate_page_copy(newpage, page);
      +   else
      +     migrate_page_states(newpage, page);
      +   return MIGRATEPAGE_SUCCESS;
      + }
    `.cLines(620, 642))
    .hunk('migrate_vma_setup', hunk`
        if (!args.src || !args.dst)
          return -EINVAL;
      + if (args.fault_page && !is_device_private_page(args.fault_page))
      +   return -EINVAL;
    `.cLines(517, 522))
    .hunk('migrate_vma_pages', hunk`
      -   r = migrate_page(mapping, newpage, page, MIGRATE_SYNC_NO_COPY);
      +   if (migrate.fault_page === page)
      +     r = migrate_page_extra(mapping, newpage, page, MIGRATE_SYNC_NO_COPY, 1);
      +   else
      +     r = migrate_page(mapping, newpage, page, MIGRATE_SYNC_NO_COPY);
    `.cLines(714, 720));

  file('drivers/model/device.ts').hunk('model_devmem_fault', hunk`
      const args = model_migrate_args(dev, vmf.vma, start, end, dev.select);
    + args.fault_page = vmf.page;
  `.cLines(1350, 1358));
});
