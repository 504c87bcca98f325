// SPDX-License-Identifier: GPL-2.0-only
// What was said on long-term pins of coherent pages, on device-coherent v2 patch 3 and later: C41 to C62.

import type { Claim } from '../claim.ts';

const POPPLE = 'Alistair Popple';
const KUEHLING = 'Felix Kuehling';
const GUNTHORPE = 'Jason Gunthorpe';
const HILDENBRAND = 'David Hildenbrand';
const SIERRA = 'Alex Sierra';
const FIRST_REPLY = '2858338.J0npWUQLIM@nvdebian';
const ON_ARRAY = '20211208135345.GC6467@ziepe.ca';
const ON_PINS = '9fa224e6-d51a-d3cc-575b-3d56517a331a@amd.com';
const ON_PINS_AGAIN = '2b996383-ebe6-e9d8-d794-58ecfd4a16e8@amd.com';
const ON_ENTRIES = '2497746.4npHOaMrmn@nvdebian';
const ON_DEVMAP = '87letq6wb5.fsf@nvdebian.thelocal';
const LISTS = 'linux-mm, dri-devel, amd-gfx';
const V2_THREAD = `${LISTS}; in the thread of device-coherent v2 patch 3`;
const UNPIN: readonly string[] = ['__gup_longterm_locked', 'check_and_migrate_movable_pages'];
const GRAB: readonly string[] = ['try_grab_compound_head', 'is_pinnable_page', 'gup_pte_range'];
const DEVMAP: readonly string[] = ['gup_pte_range', 'pte_devmap', 'migrate_vma_insert_page', 'remove_migration_pte'];
const BY_LIST: readonly string[] = ['migrate_pages', 'unmap_and_move', 'isolate_lru_page'];
const COUNTED: readonly string[] = ['migrate_vma_check_page', 'expected_page_refs', 'migrate_page_move_mapping'];
const FREED: readonly string[] = ['free_devmap_managed_page', 'put_page', 'migrate_vma_finalize'];

export const GUP_CLAIMS: readonly Claim[] = [
  {
    id: 'C41', author: POPPLE, date: '2021-12-08', messageId: FIRST_REPLY, where: null, kinds: ['interleaving'],
    functions: ['check_and_migrate_movable_pages', 'migrate_device_page'],
    statement: 'By the time v2 goes to the driver through migrate_to_ram it has given up all it held, so the page can be free by then and the pgmap gone with it.',
  },
  {
    id: 'C42', author: POPPLE, date: '2021-12-08', messageId: FIRST_REPLY, where: null, kinds: ['interleaving'],
    functions: ['do_swap_page', 'pte_unmap_same', 'dmirror_devmem_fault'],
    statement: 'A CPU fault on a device-private page suffers from much the same: nothing keeps the page from going away under it.',
  },
  {
    id: 'C43a', author: POPPLE, date: '2021-12-08', messageId: FIRST_REPLY, where: null, kinds: ['interleaving'],
    functions: ['try_get_page', 'do_swap_page', 'check_and_migrate_movable_pages'],
    statement: 'Taking a reference with try_get_page() ahead of the driver call is likely to be the cure.',
  },
  {
    id: 'C43b', author: POPPLE, date: '2021-12-08', messageId: FIRST_REPLY, where: null, kinds: ['run'], functions: ['try_get_page'],
    statement: 'The way device pages are counted defeats try_get_page() as a cure.',
  },
  {
    id: 'C44', author: POPPLE, date: '2021-12-08', messageId: FIRST_REPLY, where: null, kinds: ['run'], functions: UNPIN,
    statement: 'Each device page in the range costs v2 one more turn of pinning everything and checking everything; gathering the pages first, or moving them as the check meets them, would avoid that.',
  },
  {
    id: 'C45', author: KUEHLING, date: '2021-12-08', messageId: ON_PINS, where: null, kinds: ['run'],
    functions: ['migrate_device_page', 'svm_migrate_to_ram', 'dmirror_devmem_fault'],
    statement: 'One page a turn is right, because one call of migrate_to_ram can bring many pages back, with the AMD driver 2 MB of them; a call for each would cost still more.',
  },
  {
    id: 'C46a', author: KUEHLING, date: '2021-12-08', messageId: ON_PINS, where: null, kinds: ['static', 'run'], functions: UNPIN,
    statement: '__get_user_pages_locked has pinned the page, so at the driver call that much should hold it; only when check_and_migrate_movable_pages is done, well or ill, is the pin dropped.',
  },
  {
    id: 'C46b', author: KUEHLING, date: '2021-12-08', messageId: ON_PINS_AGAIN, where: null, kinds: ['static', 'run'], functions: UNPIN,
    statement: 'At the driver call nothing is pinned any longer: the code drops the pins and calls the driver after that.',
  },
  {
    id: 'C47', author: GUNTHORPE, date: '2021-12-08', messageId: ON_ARRAY, where: null, kinds: ['static', 'interleaving'], functions: ['check_and_migrate_movable_pages'],
    statement: 'Once the pages in pages[] are unpinned, the array is off limits to the function.',
  },
  {
    id: 'C48', author: GUNTHORPE, date: '2021-12-08', messageId: ON_ARRAY, where: null, kinds: ['static', 'run'], functions: ['isolate_lru_page', 'check_and_migrate_movable_pages'],
    statement: 'Before v2 the function was right in this: what it used after the unpin it had isolated, and isolate_lru_page keeps what it isolates by taking one more reference.',
  },
  {
    id: 'C49', author: GUNTHORPE, date: '2021-12-08', messageId: ON_ARRAY, where: null, kinds: ['design'], functions: ['check_and_migrate_movable_pages'],
    statement: 'With the jumps that the patch adds, the flow of the function becomes a tangle; it should be written without.',
  },
  {
    id: 'C50', author: KUEHLING, date: '2021-12-08', messageId: ON_PINS_AGAIN, where: null, kinds: ['run'], functions: COUNTED,
    statement: 'Put to Alex Sierra: could the pins stay until the pages have moved, and would they then move at all?',
  },
  {
    id: 'C51', author: SIERRA, date: '2021-12-08', messageId: '3f8a48d6-7ee7-fb30-5942-29054c34aac5@amd.com', where: null, kinds: ['run'], functions: COUNTED,
    statement: 'The pins have to go first: a page that still has them fails the comparison of its count with the expected one in migrate_page_move_mapping and does not move.',
  },
  {
    id: 'C52a', author: HILDENBRAND, date: '2022-06-17', messageId: '6aef4b7f-0ced-08cd-1f0c-50c22996aa41@redhat.com', where: null, kinds: ['run'], functions: GRAB,
    statement: 'On v5 patch 1: before a long-term grab try_grab_folio() looks only whether the page is pinnable. A coherent page passes, so it can be pinned for good and nothing stands in the way.',
  },
  {
    id: 'C52b', author: KUEHLING, date: '2022-06-21', messageId: '65987ab8-426d-e533-0295-069312b4f751@amd.com', where: null, kinds: ['run'], functions: GRAB,
    statement: 'try_grab_folio() may safely grab such a page, since __gup_longterm_locked moves away whatever must not be pinned for long and then tries once more.',
  },
  {
    id: 'C52c', author: POPPLE, date: '2022-06-21', messageId: ON_DEVMAP, where: null, kinds: ['static', 'run'], functions: DEVMAP,
    statement: 'What he had taken for granted: that gup_pte_range() treats a coherent page in its branch for devmap PTEs.',
  },
  {
    id: 'C52d', author: POPPLE, date: '2022-06-21', messageId: ON_DEVMAP, where: null, kinds: ['static', 'run'], functions: DEVMAP,
    statement: 'In gup_pte_range() the branch for devmap PTEs is not the one that coherent pages go through.',
  },
  {
    id: 'C52e', author: SIERRA, date: '2022-06-21', messageId: 'f5b9f777-85a2-9c38-17f3-0c9be1eeb867@amd.com', where: null, kinds: ['static'],
    functions: ['try_grab_compound_head', 'try_grab_folio', 'hmm_gup_test'],
    statement: 'Only fast GUP gets to try_grab_folio(), and the hmm selftest for long-term pins never goes there: its one entry is pin_user_pages.',
  },
  {
    id: 'C53', author: KUEHLING, date: '2021-12-08', messageId: ON_PINS_AGAIN, where: null, kinds: ['static', 'run'], functions: ['pfn_swap_entry_to_page', 'do_swap_page'],
    statement: 'An ordinary CPU fault appears to come to migrate_to_ram with the page locked, since pfn_swap_entry_to_page checks for the lock on the way.',
  },
  {
    id: 'C54', author: POPPLE, date: '2021-12-09', messageId: ON_ENTRIES, where: null, kinds: ['static', 'run'], functions: ['pfn_swap_entry_to_page'],
    statement: 'The lock check in pfn_swap_entry_to_page concerns migration entries and no other type of entry.',
  },
  {
    id: 'C55', author: POPPLE, date: '2021-12-09', messageId: ON_ENTRIES, where: null, kinds: ['run'],
    functions: ['migrate_device_coherent_page', 'copy_highpage', 'migrate_vma_setup', 'migrate_vma_pages', 'migrate_vma_finalize'],
    statement: 'Moving a coherent page back takes no help of a driver: the CPU can read it, so the kernel can do all of it.',
  },
  {
    id: 'C56a', author: KUEHLING, date: '2021-12-09', messageId: null, where: `${LISTS}; in reply to ${ON_ENTRIES}`, kinds: ['run'], functions: FREED,
    statement: 'A migration that leaves the driver out is acceptable on one condition: that page_free still tells the driver of each device page that becomes free.',
  },
  {
    id: 'C56b', author: POPPLE, date: '2021-12-10', messageId: null, where: V2_THREAD, kinds: ['run'], functions: FREED,
    statement: 'That condition is met: as migration lets go of the page for the last time, page_free of its driver is called.',
  },
  {
    id: 'C57', author: POPPLE, date: '2021-12-10', messageId: null, where: V2_THREAD, kinds: ['static', 'run'], functions: BY_LIST,
    statement: 'Given only pfns, there is nothing yet that migrates device pages; migrate_pages() is no candidate, above all since it is made for pages of the LRU.',
  },
  {
    id: 'C58', author: KUEHLING, date: '2021-12-10', messageId: null, where: V2_THREAD, kinds: ['design'], functions: ['get_user_pages'],
    statement: 'For the time being it would do to let long-term requests for coherent pages come back with an error.',
  },
  {
    id: 'C59', author: GUNTHORPE, date: '2021-12-08', messageId: '20211209025322.GE6467@ziepe.ca', where: null, kinds: ['design'], functions: ['vma_is_special_huge'],
    statement: 'How to get there: filesystem DAX makes folios of its pages; zapping becomes one function; an entry of any level takes a reference as it is made; vma_is_special_huge goes. Then page tables have no page of count zero, and GUP can lose the devmap bits and the pgmap.',
  },
  {
    id: 'C60', author: SIERRA, date: '2021-12-06', messageId: '20211206185251.20646-4-alex.sierra@amd.com', where: null, kinds: ['run'],
    functions: ['__gup_longterm_locked', 'check_and_migrate_movable_pages', 'migrate_device_page', 'gup_pte_range'],
    statement: 'A long-term pin of coherent pages brings them home: what the caller has pinned in the end is system memory.',
  },
  {
    id: 'C61a', author: HILDENBRAND, date: '2022-02-10', messageId: '50e2ee65-98a5-fd2f-3b58-b5be5c13c18b@redhat.com', where: null, kinds: ['design'], functions: ['migrate_pages'],
    statement: 'To pin the new page where it was moved complicates matters for no gain. Dropping all pins and having the caller look the pages up afresh, which is what follows migrate_pages() elsewhere, is enough.',
  },
  {
    id: 'C61b', author: POPPLE, date: '2022-02-11', messageId: '5251686.PpEh1BJ82l@nvdebian', where: null, kinds: ['static', 'run'], functions: BY_LIST,
    statement: 'No list for migrate_pages() can hold a ZONE_DEVICE page: it is not on the LRU, and its lru field is in use for something else.',
  },
  {
    id: 'C62', author: 'Christoph Hellwig', date: '2022-02-10', messageId: '20220210064519.GA3692@lst.de', where: null, kinds: ['static'], functions: ['check_and_migrate_movable_pages'],
    statement: 'On the change proposed in 2168128.7o4XcKHI9n@nvdebian: where ret begins as -EFAULT, it is a mistake to delete the line that sets it to 0 before the pages are unpinned.',
  },
];
