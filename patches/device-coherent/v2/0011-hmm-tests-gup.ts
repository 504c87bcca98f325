// SPDX-License-Identifier: GPL-2.0-only
// A selftest of what a long-term pin does to device pages.

import { outsidePort } from '../../../verifier/transform/patch.ts';
import { HMM_TESTS, SELFTEST_MAKEFILE } from '../outside.ts';
import { v2 } from '../posting.ts';

export default outsidePort({
  ...v2,
  number: 11,
  subject: 'tools: add hmm gup test for long term pinned device pages',
  date: 'Mon, 6 Dec 2021 12:52:51 -0600',
  messageId: '20211206185251.20646-12-alex.sierra@amd.com',
}, [SELFTEST_MAKEFILE, HMM_TESTS], {
  suite: 'hmm-tests',
  variants: [],
  adds: ['hmm.hmm_gup_test'],
  changes: [],
});
