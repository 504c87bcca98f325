// SPDX-License-Identifier: GPL-2.0-only
// With counts that start at zero, the driver sets the count of a page that it hands out.

import { outsidePort } from '../../../verifier/transform/patch.ts';
import { KFD_MIGRATE } from '../outside.ts';
import { v1 } from '../posting.ts';

export default outsidePort({
  ...v1,
  number: 5,
  subject: 'drm/amdkfd: ref count init for device pages',
  date: 'Tue, 24 Aug 2021 22:48:19 -0500',
  messageId: '20210825034828.12927-6-alex.sierra@amd.com',
}, [KFD_MIGRATE]);
