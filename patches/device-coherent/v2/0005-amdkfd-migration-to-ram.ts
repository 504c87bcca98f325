// SPDX-License-Identifier: GPL-2.0-only
// Which pages the driver selects on the way back depends on how the CPU reaches them.

import { outsidePort } from '../../../verifier/transform/patch.ts';
import { KFD_MIGRATE } from '../outside.ts';
import { v2 } from '../posting.ts';

export default outsidePort({
  ...v2,
  number: 5,
  subject: 'drm/amdkfd: coherent type as sys mem on migration to ram',
  date: 'Mon, 6 Dec 2021 12:52:45 -0600',
  messageId: '20211206185251.20646-6-alex.sierra@amd.com',
}, [KFD_MIGRATE]);
