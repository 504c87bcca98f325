// SPDX-License-Identifier: GPL-2.0-only
// A page of the new type goes back to its driver when it is free.

import { hunk } from '../../../verifier/transform/hunk.ts';
import { patch } from '../../../verifier/transform/patch.ts';
import { v1 } from '../posting.ts';

export default patch({
  ...v1,
  number: 9,
  subject: 'mm: call pgmap->ops->page_free for DEVICE_PUBLIC pages',
  date: 'Tue, 24 Aug 2021 22:48:23 -0500',
  messageId: '20210825034828.12927-10-alex.sierra@amd.com',
  files: ['mm/memremap.c'],
  notModelled: [],
}, ({ file }) => {
  file('mm/memremap.ts')
    .hunk('', hunk`
      - function free_device_private_page(page: page): void {
      + function free_device_page(page: page): void {
          __ClearPageWaiters(page);
    `.cLines(460, 466))
    .hunk('free_zone_device_page', hunk`
        switch (page.pgmap.type) {
      +   case MEMORY_DEVICE_PRIVATE:
      +   case MEMORY_DEVICE_PUBLIC:
      +     free_device_page(page);
      +     return;
          case MEMORY_DEVICE_FS_DAX:
            wake_up_var(page._refcount);
            return;
      -   case MEMORY_DEVICE_PRIVATE:
      -     free_device_private_page(page);
      -     return;
          default:
            return;
    `.cLines(494, 506));
});
