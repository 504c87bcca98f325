// SPDX-License-Identifier: GPL-2.0-only
// The selftests run once on each type of device memory.

import { outsidePort } from '../../../verifier/transform/patch.ts';
import { HMM_TESTS } from '../outside.ts';
import { v2 } from '../posting.ts';

export default outsidePort({
  ...v2,
  number: 9,
  subject: 'tools: update hmm-test to support device coherent type',
  date: 'Mon, 6 Dec 2021 12:52:49 -0600',
  messageId: '20211206185251.20646-10-alex.sierra@amd.com',
}, [HMM_TESTS], {
  suite: 'hmm-tests',
  variants: ['hmm_device_private', 'hmm_device_coherent', 'hmm2_device_private', 'hmm2_device_coherent'],
  adds: [],
  changes: ['hmm.migrate', 'hmm.migrate_fault', 'hmm.migrate_shared', 'hmm2.migrate_mixed', 'hmm.migrate_multiple', 'hmm2.snapshot'],
});
