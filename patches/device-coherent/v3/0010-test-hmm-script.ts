// SPDX-License-Identifier: GPL-2.0-only
// The same change as in v2.

import { reposted } from '../../../verifier/transform/patch.ts';
import { v3 } from '../posting.ts';
import same from '../v2/0010-test-hmm-script.ts';

export default reposted({
  ...same.meta,
  ...v3,
  date: 'Mon, 10 Jan 2022 16:32:01 -0600',
  messageId: '20220110223201.31024-11-alex.sierra@amd.com',
}, same);
