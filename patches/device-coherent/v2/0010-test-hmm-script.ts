// SPDX-License-Identifier: GPL-2.0-only
// The script hands the addresses of special purpose memory to the driver, and makes nodes for two more devices.

import { outsidePort } from '../../../verifier/transform/patch.ts';
import { TEST_HMM_SCRIPT } from '../outside.ts';
import { v2 } from '../posting.ts';

export default outsidePort({
  ...v2,
  number: 10,
  subject: 'tools: update test_hmm script to support SP config',
  date: 'Mon, 6 Dec 2021 12:52:50 -0600',
  messageId: '20211206185251.20646-11-alex.sierra@amd.com',
}, [TEST_HMM_SCRIPT]);
