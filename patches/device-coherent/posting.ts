// SPDX-License-Identifier: GPL-2.0-only
// What the mails of the device-coherent postings have in common.

import type { PatchMeta } from '../../verifier/transform/patch.ts';

type Common = Pick<PatchMeta, 'series' | 'version' | 'of' | 'author' | 'to' | 'cc' | 'coverId' | 'base' | 'switches' | 'prefix'>;

const common = {
  series: 'device-coherent',
  author: { name: 'Alex Sierra', email: 'alex.sierra@amd.com' },
  to: [
    'akpm@linux-foundation.org', 'Felix.Kuehling@amd.com', 'linux-mm@kvack.org', 'rcampbell@nvidia.com',
    'linux-ext4@vger.kernel.org', 'linux-xfs@vger.kernel.org',
  ],
  base: 'base',
  // The base blob of gup.c has the first form, v5.15.y the second; they differ in what a long pin
  // of a movable page comes to, so the series is reviewed on both.
  switches: { GRAB_FORM: ['886d', 'own'] },
};

export const v1: Common = {
  ...common,
  version: 'v1',
  prefix: 'PATCH v1',
  of: 14,
  cc: ['amd-gfx@lists.freedesktop.org', 'dri-devel@lists.freedesktop.org', 'hch@lst.de', 'jgg@nvidia.com', 'jglisse@redhat.com'],
  coverId: '20210825034828.12927-1-alex.sierra@amd.com',
};

export const v2: Common = {
  ...common,
  version: 'v2',
  of: 11,
  cc: [
    'amd-gfx@lists.freedesktop.org', 'dri-devel@lists.freedesktop.org', 'hch@lst.de', 'jglisse@redhat.com', 'jgg@nvidia.com',
    'apopple@nvidia.com', 'willy@infradead.org',
  ],
  coverId: '20211206185251.20646-1-alex.sierra@amd.com',
};

export const v3: Common = {
  ...common,
  version: 'v3',
  of: 10,
  cc: [
    'amd-gfx@lists.freedesktop.org', 'dri-devel@lists.freedesktop.org', 'hch@lst.de', 'jgg@nvidia.com', 'jglisse@redhat.com',
    'apopple@nvidia.com', 'willy@infradead.org',
  ],
  coverId: '20220110223201.31024-1-alex.sierra@amd.com',
};
