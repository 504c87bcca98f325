// SPDX-License-Identifier: GPL-2.0-only
// The selftests move pages back by themselves where no CPU fault does, and learn the public type.

import { outsidePort } from '../../../verifier/transform/patch.ts';
import { HMM_TESTS } from '../outside.ts';
import { v1 } from '../posting.ts';

export default outsidePort({
  ...v1,
  number: 13,
  subject: 'tools: update hmm-test to support device public type',
  date: 'Tue, 24 Aug 2021 22:48:27 -0500',
  messageId: '20210825034828.12927-14-alex.sierra@amd.com',
}, [HMM_TESTS], {
  suite: 'hmm-tests',
  variants: [],
  adds: ['hmm.migrate_ping_pong'],
  changes: ['hmm.migrate', 'hmm.migrate_fault', 'hmm.migrate_shared', 'hmm2.migrate_mixed', 'hmm.migrate_multiple', 'hmm2.snapshot'],
});
