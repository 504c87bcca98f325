// SPDX-License-Identifier: GPL-2.0-only
// Which pages the driver selects on the way back depends on how the CPU reaches them.

import { outsidePort } from '../../../verifier/transform/patch.ts';
import { KFD_MIGRATE } from '../outside.ts';
import { v1 } from '../posting.ts';

export default outsidePort({
  ...v1,
  number: 7,
  subject: 'drm/amdkfd: public type as sys mem on migration to ram',
  date: 'Tue, 24 Aug 2021 22:48:21 -0500',
  messageId: '20210825034828.12927-8-alex.sierra@amd.com',
}, [KFD_MIGRATE]);
