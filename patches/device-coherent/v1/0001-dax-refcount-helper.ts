// SPDX-License-Identifier: GPL-2.0-only
// One helper for what file systems take as an unused DAX page, and one to wait for it.

import { outsidePort } from '../../../verifier/transform/patch.ts';
import { DAX_FILES } from '../outside.ts';
import { v1 } from '../posting.ts';

export default outsidePort({
  ...v1,
  author: { name: 'Ralph Campbell', email: 'rcampbell@nvidia.com' },
  sender: v1.author,
  number: 1,
  subject: 'ext4/xfs: add page refcount helper',
  date: 'Tue, 24 Aug 2021 22:48:15 -0500',
  messageId: '20210825034828.12927-2-alex.sierra@amd.com',
}, [...DAX_FILES]);
