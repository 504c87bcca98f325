// SPDX-License-Identifier: GPL-2.0-only
// As in v2, but for dmirror_migrate_to_system().

import { patch } from '../../../verifier/transform/patch.ts';
import { v3 } from '../posting.ts';
import v2, { fromMigrate, toSystem, uapi, upToMigrate } from '../v2/0008-hmm-coherent-devices.ts';

const VMA_LOOKUP = `
  +       vma = vma_lookup(mm, addr);
  +       if (!vma || !(vma.vm_flags & VM_READ)) {`;

export default patch({
  ...v2.meta,
  ...v3,
  date: 'Mon, 10 Jan 2022 16:31:59 -0600',
  messageId: '20220110223201.31024-9-alex.sierra@amd.com',
}, ({ file }) => {
  upToMigrate(file('lib/test_hmm.ts')).hunk('dmirror_migrate', toSystem(VMA_LOOKUP, ''));
  fromMigrate(file('lib/test_hmm.ts'));
  uapi(file('lib/test_hmm_uapi.ts'));
});
