// SPDX-License-Identifier: GPL-2.0-only
// The same blobs as in v2.

import { reposted } from '../../../verifier/transform/patch.ts';
import { v3 } from '../posting.ts';
import same from '../v2/0007-hmm-device-type-parameter.ts';

export default reposted({
  ...same.meta,
  ...v3,
  date: 'Mon, 10 Jan 2022 16:31:58 -0600',
  messageId: '20220110223201.31024-8-alex.sierra@amd.com',
}, same);
