// SPDX-License-Identifier: GPL-2.0-only
// Where the public memory of both devices lies comes from parameters of the module; without them their
// memory is private.
//
// As posted dmirror_allocate_chunk() sets a variable `ret` that is declared in the next patch only, so C
// does not compile as of this one; and what it returns stays true and false, which as an int are 1 and 0:
// success is 1 for dmirror_device_init(), which hands it on.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { v1 } from '../posting.ts';

export default patch({
  ...v1,
  number: 11,
  subject: 'lib: test_hmm add module param for zone device type',
  date: 'Tue, 24 Aug 2021 22:48:25 -0500',
  messageId: '20210825034828.12927-12-alex.sierra@amd.com',
  files: ['lib/test_hmm.c', 'lib/test_hmm_uapi.h'],
  notModelled: [
    { what: 'module_param, MODULE_PARM_DESC (lib/test_hmm.c)', reason: 'who loads the module stores to its variables' },
  ],
}, ({ file }) => {
  file('lib/test_hmm.ts')
    .hunk('', hunk`
        export const DEVMEM_CHUNKS_RESERVE = 16;

      + const spm_addr_dev0 = per_machine(() => ({ v: 0 }), 'spm_addr_dev0');
      +
      + const spm_addr_dev1 = per_machine(() => ({ v: 0 }), 'spm_addr_dev1');
      +
    `.cLines(33, 38))
    .hunk('dmirror_allocate_chunk', hunk`
        function dmirror_allocate_chunk(mdevice: dmirror_device,
      -   ppage: Ref<page | null> | null): boolean {
      +   ppage: Ref<page | null> | null): int {
          let devmem: dmirror_chunk | null;
      -   let res: resource | ErrPtr;
      +   let res: resource | ErrPtr | null = null;
          let pfn: pfn_nr;
    `.cLines(450, 460))
    .hunk('dmirror_allocate_chunk', hunk`
        if (!devmem)
      -   return false;
      +   return -ENOMEM;
        ...
      - res = request_free_mem_region(iomem_resource(), DEVMEM_CHUNK_SIZE,
      -   'hmm_dmirror');
      - if (IS_ERR(res))
      -   break err_devmem;
      + if (!spm_addr_dev0().v && !spm_addr_dev1().v) {
      +   res = request_free_mem_region(iomem_resource(), DEVMEM_CHUNK_SIZE,
      +     'hmm_dmirror');
      +   if (IS_ERR_OR_NULL(res))
      +     break err_devmem;
      +   devmem.pagemap.range.start = res.start;
      +   devmem.pagemap.range.end = res.end;
      +   devmem.pagemap.type = MEMORY_DEVICE_PRIVATE;
      +   mdevice.zone_device_type = HMM_DMIRROR_MEMORY_DEVICE_PRIVATE;
      + } else if (spm_addr_dev0().v && spm_addr_dev1().v) {
      +   devmem.pagemap.range.start = MINOR(mdevice.cdevice.dev) ?
      +     spm_addr_dev0().v :
      +     spm_addr_dev1().v;
      +   devmem.pagemap.range.end = devmem.pagemap.range.start +
      +     DEVMEM_CHUNK_SIZE - 1;
      +   devmem.pagemap.type = MEMORY_DEVICE_PUBLIC;
      +   mdevice.zone_device_type = HMM_DMIRROR_MEMORY_DEVICE_PUBLIC;
      + } else {
      +   pr_err('Both spm_addr_dev parameters should be set\n');
      + }

      - mdevice.zone_device_type = HMM_DMIRROR_MEMORY_DEVICE_PRIVATE;
      - devmem.pagemap.type = MEMORY_DEVICE_PRIVATE;
      - devmem.pagemap.range.start = res.start;
      - devmem.pagemap.range.end = res.end;
        devmem.pagemap.nr_range = 1;
    `.cLines(462, 478))
    .hunk('dmirror_allocate_chunk', hunk`
        ptr = memremap_pages(devmem.pagemap, numa_node_id());
      - if (IS_ERR(ptr))
      + if (IS_ERR_OR_NULL(ptr)) {
      +   if (ptr)
      +     ret = int(PTR_ERR(ptr));
      +   else
      +     ret = -EFAULT;
          break err_release;
      + }

        devmem.mdevice = mdevice;
    `.cLines(493, 502))
    // C converts what the posting leaves as it is.
    .hunk('dmirror_allocate_chunk', hunk`
        spin_unlock(mdevice.lock);

      - return true;
      + return Number(true);
        }
    `)
    .hunk('dmirror_allocate_chunk', hunk`
        mutex_unlock(mdevice.devmem_lock);
      - release_mem_region(devmem.pagemap.range.start, range_len(devmem.pagemap.range));
      + if (res)
      +   release_mem_region(devmem.pagemap.range.start, range_len(devmem.pagemap.range));
        }
        kfree(devmem);
    `.cLines(529, 535))
    .hunk('dmirror_allocate_chunk', hunk`
        kfree(devmem);

      - return false;
      + return Number(false);
    `)
    .hunk('dmirror_device_init', hunk`
        if (ret)
          return ret;

      - dmirror_allocate_chunk(mdevice, null);
      -
      - return 0;
      + return dmirror_allocate_chunk(mdevice, null);
    `.cLines(1097, 1106))
    .hunk('dmirror_device_remove', hunk`
        memunmap_pages(devmem.pagemap);
      - release_mem_region(devmem.pagemap.range.start,
      -   range_len(devmem.pagemap.range));
      + if (devmem.pagemap.type === MEMORY_DEVICE_PRIVATE)
      +   release_mem_region(devmem.pagemap.range.start,
      +     range_len(devmem.pagemap.range));
        kfree(devmem);
    `.cLines(1113, 1120));

  file('lib/test_hmm_uapi.ts')
    .hunk('', hunk`
        export const HMM_DMIRROR_MEMORY_DEVICE_PRIVATE: u8 = 1;
      + export const HMM_DMIRROR_MEMORY_DEVICE_PUBLIC: u8 = 2;
    `.cLines(65, 70));
});
