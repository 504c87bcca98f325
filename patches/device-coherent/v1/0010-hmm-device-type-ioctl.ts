// SPDX-License-Identifier: GPL-2.0-only
// The test driver's device knows what its memory is, and a command asks for it.
//
// The posting stands on a driver without exclusive access, and gives the command the number 0x04. v5.15
// has HMM_DMIRROR_EXCLUSIVE there and HMM_DMIRROR_CHECK_EXCLUSIVE after it, so the command has the next
// that is free, as in v2: with the posted number one switch would have two cases that are the same.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { v1 } from '../posting.ts';

export default patch({
  ...v1,
  number: 10,
  subject: 'lib: test_hmm add ioctl to get zone device type',
  date: 'Tue, 24 Aug 2021 22:48:24 -0500',
  messageId: '20210825034828.12927-11-alex.sierra@amd.com',
  files: ['lib/test_hmm.c', 'lib/test_hmm_uapi.h'],
  notModelled: [
    { what: 'the number of HMM_DMIRROR_GET_MEM_DEV_TYPE (lib/test_hmm_uapi.h)', reason: '0x06 for 0x04, which v5.15 has for HMM_DMIRROR_EXCLUSIVE' },
  ],
}, ({ file }) => {
  file('lib/test_hmm.ts')
    .hunk('', hunk`
        readonly cdevice: cdev = new cdev(this);
      + zone_device_type: unsigned_int = 0;

        devmem_capacity: unsigned_int = 0;
    `.cLines(82, 87))
    .hunk('dmirror_allocate_chunk', hunk`
        if (IS_ERR(res))
          break err_devmem;

      + mdevice.zone_device_type = HMM_DMIRROR_MEMORY_DEVICE_PRIVATE;
        devmem.pagemap.type = MEMORY_DEVICE_PRIVATE;
    `.cLines(468, 473))
    .hunk('dmirror_fops_unlocked_ioctl', hunk`
      + function dmirror_get_device_type(dmirror: dmirror,
      +   cmd: hmm_dmirror_cmd): int {
      +   mutex_lock(dmirror.mutex);
      +   cmd.zone_device_type = dmirror.mdevice.zone_device_type;
      +   mutex_unlock(dmirror.mutex);
      +
      +   return 0;
      + }
        function dmirror_fops_unlocked_ioctl(filp: file,
          command: unsigned_int,
          arg: uaddr): long {
    `.cLines(912, 917))
    .hunk('dmirror_fops_unlocked_ioctl', hunk`
            ret = dmirror_snapshot(dmirror, cmd);
            break;
      -
      +   case HMM_DMIRROR_GET_MEM_DEV_TYPE:
      +     ret = dmirror_get_device_type(dmirror, cmd);
      +     break;
          default:
            return -EINVAL;
    `.cLines(952, 958));

  file('lib/test_hmm_uapi.ts')
    .hunk('', hunk`
        faults: u64 = 0;
      + zone_device_type: u64 = 0;
        }
    `.cLines(26, 31))
    // After the last that v5.15 has.
    .hunk('', hunk`
        export const HMM_DMIRROR_CHECK_EXCLUSIVE: unsigned_int = _IOWR('H', 0x05, hmm_dmirror_cmd);
      + export const HMM_DMIRROR_GET_MEM_DEV_TYPE: unsigned_int = _IOWR('H', 0x06, hmm_dmirror_cmd);
    `.cLines(33, 38))
    .hunk('', hunk`
        export const HMM_DMIRROR_PROT_DEV_PRIVATE_REMOTE: u8 = 0x30;
      + export const HMM_DMIRROR_MEMORY_DEVICE_PRIVATE: u8 = 1;
    `.cLines(60, 63));
});
