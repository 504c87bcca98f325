// SPDX-License-Identifier: GPL-2.0-only
// What the device-coherent postings touch outside the port, and why it is not there.

import type { OutsideFile } from '../../verifier/transform/patch.ts';

export const KFD_MIGRATE: OutsideFile = { file: 'drivers/gpu/drm/amd/amdkfd/kfd_migrate.c', why: 'the amdkfd driver is not ported' };
export const HMM_TESTS: OutsideFile = { file: 'tools/testing/selftests/vm/hmm-tests.c', why: 'a program of user space, no part of the kernel' };
export const SELFTEST_MAKEFILE: OutsideFile = { file: 'tools/testing/selftests/vm/Makefile', why: 'how programs of user space are built' };
export const TEST_HMM_SCRIPT: OutsideFile = { file: 'tools/testing/selftests/vm/test_hmm.sh', why: 'a shell script: the model has no module loader and no shell' };

const NO_DAX = 'no file system, page cache or DAX mapping in the port';
export const DAX_FILES = [
  { file: 'fs/dax.c', why: NO_DAX },
  { file: 'fs/ext4/inode.c', why: NO_DAX },
  { file: 'fs/fuse/dax.c', why: NO_DAX },
  { file: 'fs/xfs/xfs_file.c', why: NO_DAX },
  { file: 'include/linux/dax.h', why: NO_DAX },
] as const;
