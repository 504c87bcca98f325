// SPDX-License-Identifier: GPL-2.0-only
// Where the coherent memory of two more devices lies comes from parameters of the module; a chunk is
// made of what its device's type says. Nobody sets a type yet.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { v2 } from '../posting.ts';

export default patch({
  ...v2,
  number: 7,
  subject: 'lib: test_hmm add module param for zone device type',
  date: 'Mon, 6 Dec 2021 12:52:47 -0600',
  messageId: '20211206185251.20646-8-alex.sierra@amd.com',
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
    `.cLines(34, 39))
    .hunk('dmirror_allocate_chunk', hunk`
        function dmirror_allocate_chunk(mdevice: dmirror_device,
      -   ppage: Ref<page | null> | null): boolean {
      +   ppage: Ref<page | null> | null): int {
          let devmem: dmirror_chunk | null;
      -   let res: resource | ErrPtr;
      +   let res: resource | ErrPtr | null = null;
          let pfn: pfn_nr;
          let pfn_first: pfn_nr;
          let pfn_last: pfn_nr;
          let ptr: unknown;
      +   let ret: int = -ENOMEM;

          devmem = kzalloc(dmirror_chunk, GFP_KERNEL);
          if (!devmem)
      -     return false;
      +     return ret;
    `.cLines(452, 462))
    .hunk('dmirror_allocate_chunk', hunk`
      - res = request_free_mem_region(iomem_resource(), DEVMEM_CHUNK_SIZE,
      -   'hmm_dmirror');
      - if (IS_ERR(res))
      + switch (mdevice.zone_device_type) {
      + case HMM_DMIRROR_MEMORY_DEVICE_PRIVATE:
      +   res = request_free_mem_region(iomem_resource(), DEVMEM_CHUNK_SIZE,
      +     'hmm_dmirror');
      +   if (IS_ERR_OR_NULL(res))
      +     break err_devmem;
      +   devmem.pagemap.range.start = res.start;
      +   devmem.pagemap.range.end = res.end;
      +   devmem.pagemap.type = MEMORY_DEVICE_PRIVATE;
      +   break;
      + case HMM_DMIRROR_MEMORY_DEVICE_COHERENT:
      +   devmem.pagemap.range.start = (MINOR(mdevice.cdevice.dev) - 2) ?
      +     spm_addr_dev0().v :
      +     spm_addr_dev1().v;
      +   devmem.pagemap.range.end = devmem.pagemap.range.start +
      +     DEVMEM_CHUNK_SIZE - 1;
      +   devmem.pagemap.type = MEMORY_DEVICE_COHERENT;
      +   break;
      + default:
      +   ret = -EINVAL;
          break err_devmem;
      + }

      - mdevice.zone_device_type = HMM_DMIRROR_MEMORY_DEVICE_PRIVATE;
      - devmem.pagemap.type = MEMORY_DEVICE_PRIVATE;
      - devmem.pagemap.range.start = res.start;
      - devmem.pagemap.range.end = res.end;
        devmem.pagemap.nr_range = 1;
    `.cLines(463, 480))
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
    `.cLines(495, 504))
    .hunk('dmirror_allocate_chunk', hunk`
        spin_unlock(mdevice.lock);

      - return true;
      + return 0;
        }

        mutex_unlock(mdevice.devmem_lock);
      - release_mem_region(devmem.pagemap.range.start, range_len(devmem.pagemap.range));
      + if (res && devmem.pagemap.type === MEMORY_DEVICE_PRIVATE)
      +   release_mem_region(devmem.pagemap.range.start,
      +     range_len(devmem.pagemap.range));
        }
        kfree(devmem);

      - return false;
      + return ret;
    `.cLines(527, 541))
    .hunk('dmirror_devmem_alloc_page', hunk`
          spin_unlock(mdevice.lock);
      -   if (!dmirror_allocate_chunk(mdevice, dpage))
      +   if (dmirror_allocate_chunk(mdevice, dpage))
            break error;
    `.cLines(560, 566))
    .hunk('dmirror_device_init', hunk`
        if (ret)
          return ret;

      - dmirror_allocate_chunk(mdevice, null);
      -
      - return 0;
      + return dmirror_allocate_chunk(mdevice, null);
    `.cLines(1220, 1229))
    .hunk('dmirror_device_remove', hunk`
        memunmap_pages(devmem.pagemap);
      - release_mem_region(devmem.pagemap.range.start,
      -   range_len(devmem.pagemap.range));
      + if (devmem.pagemap.type === MEMORY_DEVICE_PRIVATE)
      +   release_mem_region(devmem.pagemap.range.start,
      +     range_len(devmem.pagemap.range));
        kfree(devmem);
    `.cLines(1236, 1243));

  file('lib/test_hmm_uapi.ts')
    .hunk('', hunk`
        export const HMM_DMIRROR_MEMORY_DEVICE_PRIVATE: u8 = 1;
      + export const HMM_DMIRROR_MEMORY_DEVICE_COHERENT: u8 = 2;
    `.cLines(68, 73));
});
