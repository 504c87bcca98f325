// SPDX-License-Identifier: GPL-2.0-only
// Memory that the CPU reaches coherently is registered as public.

import { outsidePort } from '../../../verifier/transform/patch.ts';
import { KFD_MIGRATE } from '../outside.ts';
import { v1 } from '../posting.ts';

export default outsidePort({
  ...v1,
  number: 6,
  subject: 'drm/amdkfd: add SPM support for SVM',
  date: 'Tue, 24 Aug 2021 22:48:20 -0500',
  messageId: '20210825034828.12927-7-alex.sierra@amd.com',
}, [KFD_MIGRATE]);
