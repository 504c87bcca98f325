// SPDX-License-Identifier: GPL-2.0-only
// The script hands the addresses of special purpose memory to the driver.

import { outsidePort } from '../../../verifier/transform/patch.ts';
import { TEST_HMM_SCRIPT } from '../outside.ts';
import { v1 } from '../posting.ts';

export default outsidePort({
  ...v1,
  number: 14,
  subject: 'tools: update test_hmm script to support SP config',
  date: 'Tue, 24 Aug 2021 22:48:28 -0500',
  messageId: '20210825034828.12927-15-alex.sierra@amd.com',
}, [TEST_HMM_SCRIPT]);
