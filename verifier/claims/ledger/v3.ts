// SPDX-License-Identifier: GPL-2.0-only
// What was said on device-coherent v3, its test driver and its selftests: C01 to C26. C24 and C25
// also look at v1, whose tests and hunks they are about.

import type { Claim } from '../claim.ts';

const POPPLE = 'Alistair Popple';
const SIERRA = 'Alex Sierra';
const MARTINS = 'Joao Martins';
const ON_SETUP = '2389959.omVpu533ic@nvdebian';
const ON_TYPE = '29335901.2ltahdNQJ0@nvdebian';
const ON_TEST_DRIVER = '2108807.GxKChsLC2Z@nvdebian';
const ON_EARLY = '008b5ff4-dd53-d652-46dd-5ce771c69a0a@oracle.com';
const V3_COVER = '20220110223201.31024-1-alex.sierra@amd.com';
const V2_TYPE = '20211206185251.20646-2-alex.sierra@amd.com';

export const V3_CLAIMS: readonly Claim[] = [
  {
    id: 'C01', author: POPPLE, date: '2022-01-12', messageId: ON_SETUP, where: null, kinds: ['run'],
    functions: ['try_to_migrate', 'migrate_vma_unmap'],
    statement: 'Of ZONE_DEVICE pages try_to_migrate() lets only device-private ones through and leaves all others mapped, so wherever a coherent page needs it, its migration cannot succeed.',
  },
  {
    id: 'C02', author: POPPLE, date: '2022-01-12', messageId: ON_SETUP, where: null, kinds: ['run'],
    functions: ['migrate_vma_collect_pmd', 'migrate_vma_unmap', 'try_to_migrate'],
    statement: 'The selftests owe their success to the shortcut in migrate_vma_collect_pmd(): it trylocks the page and puts the migration entry there itself, so nothing is mapped any more when migrate_vma_unmap() looks, and try_to_migrate() stays out of it.',
  },
  {
    id: 'C03', author: POPPLE, date: '2022-01-12', messageId: ON_SETUP, where: null, kinds: ['static', 'run'],
    functions: ['try_to_migrate_one'],
    statement: 'Opening try_to_migrate() alone may not be enough: try_to_migrate_one() perhaps has to learn about coherent pages as well before it can be relied on.',
  },
  {
    id: 'C04', author: POPPLE, date: '2022-01-20', messageId: '3719261.HnWzZch5t3@nvdebian', where: null, kinds: ['static', 'run'],
    functions: ['try_to_migrate', 'try_to_migrate_one'],
    statement: 'Device pages in try_to_migrate_one() can be of two types, private and coherent, no other; the arm for ordinary pages serves the coherent ones as it stands.',
  },
  {
    id: 'C05', author: SIERRA, date: '2022-01-10', messageId: V3_COVER, where: null, kinds: ['run'],
    functions: ['__gup_longterm_locked', 'check_and_migrate_movable_pages', 'gup_pte_range', 'try_grab_compound_head'],
    statement: 'Under v3 a get_user_pages call that has FOLL_LONGTERM set and meets a coherent page ends in failure.',
  },
  {
    id: 'C06', author: SIERRA, date: '2022-01-10', messageId: V3_COVER, where: null, kinds: ['static', 'run'],
    functions: ['migrate_pages', 'unmap_and_move', 'isolate_lru_page'],
    statement: 'Nothing can migrate a device page that is known by its pfn alone; the chief obstacle is that migrate_pages() takes pages from the LRU, where device pages never are.',
  },
  {
    id: 'C07', author: SIERRA, date: '2021-12-06', messageId: '20211206185251.20646-1-alex.sierra@amd.com', where: null, kinds: ['run'],
    functions: ['put_page', '__put_page', 'release_pages', 'try_get_page', 'try_grab_page', 'try_grab_compound_head', 'memunmap_pages', 'free_zone_device_page'],
    statement: 'Changing the reference counts of ZONE_DEVICE pages ahead of the rest, as patches 1 and 2 of v1 do, brought in a bug whose repair would reach far into the structure of the code.',
  },
  {
    id: 'C08a', author: SIERRA, date: '2021-12-06', messageId: V2_TYPE, where: null, kinds: ['run'],
    functions: ['migrate_vma_collect_pmd', 'migrate_vma_prepare', 'migrate_vma_unmap', 'migrate_vma_pages', 'migrate_vma_insert_page'],
    statement: 'Whatever page a process has, of whichever kind, it can be moved into coherent memory of a device.',
  },
  {
    id: 'C08b', author: SIERRA, date: '2021-12-06', messageId: V2_TYPE, where: null, kinds: ['run'],
    functions: ['get_user_pages', 'get_user_pages_fast', 'pin_user_pages', 'pin_user_pages_fast', 'migrate_vma_setup', 'migrate_vma_pages', 'migrate_vma_finalize'],
    statement: 'Pins on coherent pages are granted to no one, and for that reason the device can get them evicted whenever it wants.',
  },
  {
    id: 'C09', author: SIERRA, date: '2022-01-10', messageId: '20220110223201.31024-4-alex.sierra@amd.com', where: null, kinds: ['run'],
    functions: ['check_and_migrate_movable_pages', '__gup_longterm_locked'],
    statement: 'As an interim, whoever asks for a long-term pin where coherent pages are gets an error back and no more is done.',
  },
  {
    id: 'C10a', author: 'David Hildenbrand', date: '2022-01-12', messageId: '8c4df8e4-ef99-c3fd-dcca-759e92739d4c@redhat.com', where: null, kinds: ['design'], functions: [],
    statement: 'Who moves pages into such memory? And does anything move them out again except the wish to have device memory free?',
  },
  {
    id: 'C10b', author: 'Felix Kuehling', date: '2022-01-12', messageId: 'f0d6b6d6-806e-4c6f-cbb7-677ef32dfcad@amd.com', where: null, kinds: ['design'], functions: [],
    statement: 'It is the driver whose memory it is: as with DEVICE_PRIVATE it migrates pages there when the application asks or the device faults. They come back on request too, not only when memory is short.',
  },
  {
    id: 'C11a', author: MARTINS, date: '2022-01-20', messageId: ON_EARLY, where: null, kinds: ['run'],
    functions: ['__get_user_pages', 'check_and_migrate_movable_pages'],
    statement: 'It costs less to turn a page down when GUP first meets it than to pin the whole range and turn it down after that.',
  },
  {
    id: 'C11b', author: MARTINS, date: '2022-01-20', messageId: ON_EARLY, where: null, kinds: ['run'],
    functions: ['gup_pte_range', 'check_vma_flags', '__gup_longterm_locked'],
    statement: 'The two types differ in where a long-term pin has to be refused: for filesystem DAX the fast path only, as the slow one copes; for coherent memory every path of GUP.',
  },
  {
    id: 'C11c', author: MARTINS, date: '2022-01-20', messageId: ON_EARLY, where: null, kinds: ['design'], functions: [],
    statement: 'Following Jason Gunthorpe: better that a pgmap carries flags for what is special about it than that code all over the place asks for its type.',
  },
  {
    id: 'C12', author: POPPLE, date: '2022-01-21', messageId: '2432841.uOC12ROH9Y@nvdebian', where: null, kinds: ['design'], functions: [],
    statement: 'In the end coherent pages shall be moved out of the way like those of ZONE_MOVABLE instead of failing the call; what patch 3 of v3 tests keeps the place for that.',
  },
  {
    id: 'C13', author: POPPLE, date: '2022-01-20', messageId: ON_TYPE, where: null, kinds: ['design'], functions: ['is_device_page', 'is_zone_device_page'],
    statement: 'Two names as much alike as is_device_page and is_zone_device_page will be mixed up.',
  },
  {
    id: 'C14', author: POPPLE, date: '2022-01-20', messageId: ON_TYPE, where: null, kinds: ['run', 'static'], functions: ['memremap_pages'],
    statement: 'Patch 1 of v3 makes memremap_pages() turn a COHERENT pgmap away on a kernel built without support for device-private memory, and it is not clear that the coherent type depends on that support.',
  },
  {
    id: 'C15', author: POPPLE, date: '2022-01-20', messageId: ON_TYPE, where: null, kinds: ['run'], functions: ['memremap_pages', 'do_swap_page', 'migrate_device_page'],
    statement: 'No coherent page ever has its migrate_to_ram called; memremap_pages() ought therefore to reject a COHERENT pgmap that brings one.',
  },
  {
    id: 'C16', author: POPPLE, date: '2022-01-20', messageId: ON_TYPE, where: null, kinds: ['run'], functions: ['migrate_vma_insert_page'],
    statement: 'In migrate_vma_insert_page() a coherent page needs no arm of its own, since its PTE is an ordinary one: the arm of system pages does the same.',
  },
  {
    id: 'C17', author: POPPLE, date: '2022-01-20', messageId: '2652278.CYUQLKzMqb@nvdebian', where: null, kinds: ['static', 'run'],
    functions: ['hmm_dmirror_init', 'hmm_dmirror_exit', 'dmirror_allocate_chunk'],
    statement: 'The enumeration of device types in patch 6 of v3 has no need to keep its zero free.',
  },
  {
    id: 'C18', author: POPPLE, date: '2022-01-20', messageId: ON_TEST_DRIVER, where: null, kinds: ['run'],
    functions: ['hmm_dmirror_init', 'hmm_dmirror_exit', 'dmirror_device_remove'],
    statement: 'Module exit need not ask for zone_device_type as it does in patch 8 of v3: a module that exits was initialised with success, and then every device has its type.',
  },
  {
    id: 'C19', author: POPPLE, date: '2022-01-20', messageId: '2313181.3HZiDsDWk4@nvdebian', where: null, kinds: ['run'],
    functions: ['dmirror_allocate_chunk', 'dmirror_device_init', 'hmm_dmirror_init'],
    statement: 'After patch 7 of v3 nothing can be seen to give zone_device_type its value, since the statement that did so is gone; hmm_dmirror_init is where it belongs.',
  },
  {
    id: 'C20', author: POPPLE, date: '2022-01-20', messageId: ON_TEST_DRIVER, where: null, kinds: ['run'],
    functions: ['dmirror_migrate_alloc_and_copy', 'dmirror_devmem_fault_alloc_and_copy'],
    statement: 'When either alloc_and_copy function of the test driver is given a page of a type it should not get, a warning is too little: it should skip the page, so that the test that is running fails.',
  },
  {
    id: 'C21', author: POPPLE, date: '2022-01-20', messageId: ON_TEST_DRIVER, where: null, kinds: ['run'], functions: ['dmirror_migrate_to_system'],
    statement: 'Unless dmirror_migrate_to_system says how many pages it moved, nobody learns that some of them did not come back.',
  },
  {
    id: 'C22', author: POPPLE, date: '2022-01-20', messageId: ON_TEST_DRIVER, where: null, kinds: ['run'],
    functions: ['dmirror_devmem_fault', 'do_swap_page', 'migrate_vma_setup', 'migrate_vma_pages'],
    statement: 'With device-private pages a failure to come back cannot be overlooked: what brings them back is a CPU fault, and a thread whose fault fails dies of SIGBUS.',
  },
  {
    id: 'C23', author: POPPLE, date: '2022-01-20', messageId: ON_TEST_DRIVER, where: null, kinds: ['run'], functions: ['dmirror_devmem_fault'],
    statement: 'dmirror_devmem_fault could do without BACKING_PAGE, because it is the handler of private pages and no coherent one gets there.',
  },
  {
    id: 'C24a', author: POPPLE, date: '2022-01-20', messageId: '2346143.zzXRFGWsWK@nvdebian', where: null, kinds: ['static'], functions: ['migrate_ping_pong'],
    statement: 'Patch 9 of v3 announces a test migrate_ping_pong that it does not contain.',
  },
  {
    id: 'C24b', author: POPPLE, date: '2022-01-20', messageId: '2346143.zzXRFGWsWK@nvdebian', where: null, kinds: ['run'],
    functions: ['migrate_multiple', 'dmirror_migrate_to_system'],
    statement: 'On coherent memory the way back that migrate_multiple takes proves nothing: the test would be green with not a single page moved.',
  },
  {
    id: 'C24c', author: SIERRA, date: '2022-01-26', messageId: '3e10368c-6ea9-f82f-16cb-3df7172404ad@amd.com', where: null, kinds: ['run'],
    functions: ['migrate_multiple', 'migrate_ping_pong'],
    statement: 'A migrate_ping_pong test can be spared, because migrate_multiple exercises the way from coherent to system memory as well.',
  },
  {
    id: 'C25a', author: POPPLE, date: '2021-10-01', messageId: '5085060.BnOf7i5VvV@nvdebian', where: null, kinds: ['static', 'run'],
    functions: ['dmirror_migrate_alloc_and_copy', 'dmirror_devmem_fault_alloc_and_copy', 'migrate_vma_pages', 'migrate_vma_finalize'],
    statement: 'A driver has to leave the src array of migrate_vma as it finds it; a page that it does not want is declined by a zero in dst.',
  },
  {
    id: 'C25b', author: POPPLE, date: '2021-10-01', messageId: '5085060.BnOf7i5VvV@nvdebian', where: null, kinds: ['run'],
    functions: ['migrate_vma_collect_pmd', 'dmirror_migrate_alloc_and_copy', 'dmirror_devmem_fault_alloc_and_copy'],
    statement: 'A collection of system pages yields no device page, so the branch that handles one as source is dead code short of a bug, and so is its counterpart for system pages on the way back.',
  },
  {
    id: 'C26', author: 'Liam Howlett', date: '2022-01-03', messageId: '20220103202443.bgtkqgimta63lqay@revolver', where: null, kinds: ['design'], functions: ['vma_lookup'],
    statement: 'The function that patch 8 of v2 adds would read better with vma_lookup and a single label to leave by.',
  },
];
