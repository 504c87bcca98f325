// SPDX-License-Identifier: GPL-2.0-only
// A long-term pin that meets a device page drops what it has pinned and fails. Stated as posted.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { v3 } from '../posting.ts';

export default patch({
  ...v3,
  number: 3,
  subject: 'mm/gup: fail get_user_pages for LONGTERM dev coherent type',
  date: 'Mon, 10 Jan 2022 16:31:54 -0600',
  messageId: '20220110223201.31024-4-alex.sierra@amd.com',
  files: ['mm/gup.c'],
  notModelled: [],
}, ({ file }) => file('mm/gup.ts')
  .hunk('check_and_migrate_movable_pages', hunk`
    + unpin_pages: {
      for (i = 0; i < nr_pages; i++) {
        head = compound_head(pages[i]);
      ...
        prev_head = head;
    +   if (is_device_page(head)) {
    +     WARN_ON_ONCE(is_device_private_page(head));
    +     ret = -EFAULT;
    +     break unpin_pages;
    +   }
    +
        if (!is_pinnable_page(head)) {
          if (PageHuge(head)) {
      ...
      if (list_empty(movable_page_list) && !isolation_error_count)
        return nr_pages;

    + }
      if (gup_flags & FOLL_PIN) {
        unpin_user_pages(pages, nr_pages);
  `.cLines(1720, 1755)));
