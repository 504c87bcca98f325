// SPDX-License-Identifier: GPL-2.0-only
// Memory that the CPU reaches coherently is registered as coherent.

import { outsidePort } from '../../../verifier/transform/patch.ts';
import { KFD_MIGRATE } from '../outside.ts';
import { v2 } from '../posting.ts';

export default outsidePort({
  ...v2,
  number: 4,
  subject: 'drm/amdkfd: add SPM support for SVM',
  date: 'Mon, 6 Dec 2021 12:52:44 -0600',
  messageId: '20211206185251.20646-5-alex.sierra@amd.com',
}, [KFD_MIGRATE]);
