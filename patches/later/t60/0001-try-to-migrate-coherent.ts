// SPDX-License-Identifier: GPL-2.0-only
// v6.0 (f25cbb7a95a2): try_to_migrate() takes coherent pages, by the arm of normal pages. Only the part
// in mm/rmap.c: the type itself is device-coherent/v3/1.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { later } from '../posting.ts';

export default patch({
  ...later,
  version: 't60',
  number: 1,
  of: 1,
  base: 'device-coherent/v3/2',
  subject: 'mm: add zone device coherent type memory support',
  author: { name: 'Alex Sierra', email: 'alex.sierra@amd.com' },
  date: 'Fri, 15 Jul 2022 10:05:10 -0500',
  messageId: '20220715150521.18165-4-alex.sierra@amd.com',
  coverId: '20220715150521.18165-1-alex.sierra@amd.com',
  files: ['mm/rmap.c'],
  notModelled: [{ what: 'the other files of the patch', reason: 'device-coherent/v3/1 and 2 have the type and how its pages are selected' }],
}, ({ file }) => file('mm/rmap.ts')
  .hunk('try_to_migrate_one', hunk`
        update_hiwater_rss(mm);

    -   if (is_zone_device_page(page)) {
    +   if (is_device_private_page(page)) {
          let entry: swp_entry_t;
          let swp_pte: pte_t;
  `.cLines(1972, 1978))
  .hunk('try_to_migrate', hunk`
    - if (is_zone_device_page(page) && !is_device_private_page(page))
    + if (is_zone_device_page(page) &&
    +     (!is_device_private_page(page) && !is_device_coherent_page(page)))
        return;
  `.cLines(2138, 2145)));
