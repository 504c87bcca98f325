// SPDX-License-Identifier: GPL-2.0-only
// Forms of later kernels, carried to this port so that a claim can be looked at before and after its
// remedy. They were written for kernels whose device pages count from zero, whose migration has no
// prepare step and whose pages are folios: each module says what it keeps of v5.15 instead.

import type { PatchMeta } from '../../verifier/transform/patch.ts';

type Common = Pick<PatchMeta, 'series' | 'to' | 'cc' | 'switches'>;

export const later: Common = { series: 'later', to: ['linux-mm@kvack.org'], cc: [], switches: { GRAB_FORM: ['own'] } };
