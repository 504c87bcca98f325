// SPDX-License-Identifier: GPL-2.0-only
// The test driver's device knows what its memory is, and a command asks for it.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { v2 } from '../posting.ts';

export default patch({
  ...v2,
  number: 6,
  subject: 'lib: test_hmm add ioctl to get zone device type',
  date: 'Mon, 6 Dec 2021 12:52:46 -0600',
  messageId: '20211206185251.20646-7-alex.sierra@amd.com',
  files: ['lib/test_hmm.c', 'lib/test_hmm_uapi.h'],
  notModelled: [],
}, ({ file }) => {
  file('lib/test_hmm.ts')
    .hunk('', hunk`
        readonly cdevice: cdev = new cdev(this);
      + zone_device_type: unsigned_int = 0;

        devmem_capacity: unsigned_int = 0;
    `.cLines(84, 89))
    .hunk('dmirror_allocate_chunk', hunk`
        if (IS_ERR(res))
          break err_devmem;

      + mdevice.zone_device_type = HMM_DMIRROR_MEMORY_DEVICE_PRIVATE;
        devmem.pagemap.type = MEMORY_DEVICE_PRIVATE;
    `.cLines(470, 475))
    .hunk('dmirror_fops_unlocked_ioctl', hunk`
      + function dmirror_get_device_type(dmirror: dmirror,
      +   cmd: hmm_dmirror_cmd): int {
      +   mutex_lock(dmirror.mutex);
      +   cmd.zone_device_type = dmirror.mdevice.zone_device_type;
      +   mutex_unlock(dmirror.mutex);
      +
      +   return 0;
      + }
      +
        function dmirror_fops_unlocked_ioctl(filp: file,
          command: unsigned_int,
          arg: uaddr): long {
    `.cLines(1025, 1030))
    .hunk('dmirror_fops_unlocked_ioctl', hunk`
            ret = dmirror_snapshot(dmirror, cmd);
            break;

      +   case HMM_DMIRROR_GET_MEM_DEV_TYPE:
      +     ret = dmirror_get_device_type(dmirror, cmd);
      +     break;
          default:
            return -EINVAL;
    `.cLines(1075, 1080));

  file('lib/test_hmm_uapi.ts')
    .hunk('', hunk`
        faults: u64 = 0;
      + zone_device_type: u64 = 0;
        }
    `.cLines(26, 28))
    .hunk('', hunk`
        export const HMM_DMIRROR_CHECK_EXCLUSIVE: unsigned_int = _IOWR('H', 0x05, hmm_dmirror_cmd);
      + export const HMM_DMIRROR_GET_MEM_DEV_TYPE: unsigned_int = _IOWR('H', 0x06, hmm_dmirror_cmd);
    `.cLines(35, 40))
    .hunk('', hunk`
        export const HMM_DMIRROR_PROT_DEV_PRIVATE_REMOTE: u8 = 0x30;
      + export const HMM_DMIRROR_MEMORY_DEVICE_PRIVATE: u8 = 1;
    `.cLines(62, 65));
});
