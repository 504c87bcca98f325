// SPDX-License-Identifier: GPL-2.0-only
// What was said on device-coherent v1, when the type was still the old public one: C27 to C40.

import type { Claim } from '../claim.ts';

const KUEHLING = 'Felix Kuehling';
const HELLWIG = 'Christoph Hellwig';
const CAMPBELL = 'Ralph Campbell';
const ON_REGION = '20210902081826.GA16283@lst.de';
const ON_COUNTS = '505e4fe4-241a-8205-d2ef-f603e9cc46c6@nvidia.com';
const PFN_USERS: readonly string[] = ['pfn_valid', 'pfn_to_page', 'page_to_pfn', 'migrate_pfn_to_page', 'hmm_pfn_to_page'];
const PTE_MAKERS: readonly string[] = ['migrate_vma_insert_page', 'remove_migration_pte', 'vm_normal_page'];

export const V1_CLAIMS: readonly Claim[] = [
  {
    id: 'C27', author: KUEHLING, date: '2021-09-01', messageId: '11d64457-9d61-f82d-6c98-d68762dce85d@amd.com', where: null, kinds: ['run'],
    functions: ['migrate_vma_collect_pmd', 'migrate_vma_pages'],
    statement: 'As things are, the migrate_vma functions have no way to take a page of a file into device-private memory.',
  },
  {
    id: 'C28', author: HELLWIG, date: '2021-08-25', messageId: '20210825074602.GA29620@lst.de', where: null, kinds: ['run'], functions: PTE_MAKERS,
    statement: 'A public device page should stand in the page table with the special bit set, so that vm_normal_page() gives nothing for it.',
  },
  {
    id: 'C29', author: 'Alex Sierra', date: '2021-08-25', messageId: 'c4241eb3-07d2-c85b-0f48-cce4b8369381@amd.com', where: null, kinds: ['run'], functions: [...PTE_MAKERS, 'pfn_valid'],
    statement: 'Public device pages have a valid pfn, and their PTEs lack the special bit and the devmap bit just as those of system memory do; hence vm_normal_page() finds the page.',
  },
  {
    id: 'C30', author: KUEHLING, date: '2021-08-26', messageId: 'a9eb2c4a-d8cc-9553-57b7-fd1622679aaa@amd.com', where: null, kinds: ['static'],
    functions: ['svm_migrate_vma_to_vram', 'svm_migrate_vma_to_ram', 'dmirror_migrate_alloc_and_copy', 'dmirror_devmem_fault_alloc_and_copy'],
    statement: 'A driver writes no PTE of a CPU; if these were special, core code would have to have made them so.',
  },
  {
    id: 'C31a', author: HELLWIG, date: '2021-08-30', messageId: '20210830082800.GA6836@lst.de', where: null, kinds: ['design'], functions: [],
    statement: 'Where the direct map covers memory and struct pages exist for it as for any other, a pgmap and handling of its own are superfluous.',
  },
  {
    id: 'C31b', author: KUEHLING, date: '2021-09-01', messageId: '11d64457-9d61-f82d-6c98-d68762dce85d@amd.com', where: null, kinds: ['design'], functions: [],
    statement: 'It takes a pgmap to be sure of struct pages and a direct map for memory that firmware marks as special-purpose: by itself the kernel may set up neither.',
  },
  {
    id: 'C31c', author: HELLWIG, date: '2021-09-02', messageId: ON_REGION, where: null, kinds: ['design'], functions: [],
    statement: 'What firmware soft-reserves is handled as device I/O space without struct pages until some driver takes it; so what is spoken of here is I/O space that happens to be coherent with the caches.',
  },
  {
    id: 'C32', author: HELLWIG, date: '2021-09-02', messageId: ON_REGION, where: null, kinds: ['run'], functions: PFN_USERS,
    statement: 'As a rule pfn_valid() has to answer no for a region of that sort.',
  },
  {
    id: 'C33', author: KUEHLING, date: '2021-09-09', messageId: '8307c3b6-52c9-fbab-6f02-c00ed3e8a35e@amd.com', where: null, kinds: ['run'], functions: PFN_USERS,
    statement: 'For device pages too pfn_valid() has to answer yes: pfns are how hmm_range_fault() and the migrate_vma functions pass pages on, be they of the system or of a device.',
  },
  {
    id: 'C34', author: HELLWIG, date: '2021-09-02', messageId: ON_REGION, where: null, kinds: ['run'], functions: ['migrate_vma_collect_pmd'],
    statement: 'Agreeing with Felix Kuehling: what patch 3 of v1 selects for migration is too wide and has to be narrowed in some manner.',
  },
  {
    id: 'C35a', author: HELLWIG, date: '2021-09-01', messageId: '20210901082925.GA21961@lst.de', where: null, kinds: ['design'], functions: [],
    statement: 'Pages of files are made by the page cache and anonymous ones by the page allocator, every time; what role public device pages could have for either is not apparent to him.',
  },
  {
    id: 'C35b', author: HELLWIG, date: '2021-09-02', messageId: ON_REGION, where: null, kinds: ['design'], functions: [],
    statement: 'He sees sense in moving data into these pages and out of them again, but not in having them hold the page cache.',
  },
  {
    id: 'C36', author: KUEHLING, date: '2021-09-01', messageId: 'e6a9e3cc-9dca-946a-c3fc-f86753fe8fd4@amd.com', where: null, kinds: ['run'],
    functions: ['hmm_range_fault', 'mmu_interval_read_begin', 'mmu_interval_read_retry', 'dmirror_read', 'dmirror_write'],
    statement: 'HMM together with interval notifiers lets a device map pages of a file today, as long as they stay in system memory.',
  },
  {
    id: 'C37', author: 'Dave Chinner', date: '2021-09-01', messageId: '20210901220308.GL2566745@dread.disaster.area', where: null, kinds: ['design'], functions: [],
    statement: 'Where is it written down how this works? If the page cache had pages of a device, would locking a page still keep every piece of hardware in order, and what became of faults, paging on demand, truncation and I/O?',
  },
  {
    id: 'C38', author: 'Dan Williams', date: '2021-09-02', messageId: 'CAPcyv4gCbZikp1k+f3FA5HusSW8gGkpCAxzR70eKEASLcnMCRA@mail.gmail.com', where: null, kinds: ['design'], functions: [],
    statement: 'Who gets a soft-reserved range is up to policy: the page allocator by way of device-dax as of now, and in the same way it could be some other driver.',
  },
  {
    id: 'C39a', author: 'Vlastimil Babka', date: '2021-08-25', messageId: 'dbd0f54a-ad6c-97a2-17d7-826247424c97@suse.cz', where: null, kinds: ['design'], functions: [],
    statement: 'What was the reason for device pages to have one reference from the beginning, and what took that reason away before patch 2 of v1?',
  },
  {
    id: 'C39b', author: CAMPBELL, date: '2021-08-25', messageId: ON_COUNTS, where: null, kinds: ['run'], functions: ['get_page', 'put_page', 'put_devmap_managed_page'],
    statement: 'get_page() insists on a reference that is there before; with one to start from, both it and put_page() could be used on device pages with no further thought.',
  },
  {
    id: 'C39c', author: CAMPBELL, date: '2021-08-25', messageId: ON_COUNTS, where: null, kinds: ['static'],
    functions: ['vmf_insert_mixed', 'insert_pfn', 'zap_pte_range', 'migrate_vma_insert_page'],
    statement: 'A PTE for a device page is mostly made with no reference to go with it: few drivers that have such pages touch the count.',
  },
  {
    id: 'C39d', author: CAMPBELL, date: '2021-08-25', messageId: ON_COUNTS, where: null, kinds: ['run'],
    functions: ['free_devmap_managed_page', 'dax_page_unused', 'dax_wait_page', 'put_page'],
    statement: 'For filesystem DAX, one reference left meant that the page was idle. Device-private memory then gave that state further meanings, and so mm came to ask for is_device_private_page().',
  },
  {
    id: 'C40a', author: HELLWIG, date: '2021-08-25', messageId: '20210825074657.GB29620@lst.de', where: null, kinds: ['design'], functions: ['free_device_page'],
    statement: 'Patch 9 of v1 should be merged into patch 4, where the function would get the name free_device_page at once.',
  },
  {
    id: 'C40b', author: HELLWIG, date: '2021-08-25', messageId: '20210825074725.GC29620@lst.de', where: null, kinds: ['design'], functions: [],
    statement: 'Patch 8 of v1 is another one to be merged into patch 4.',
  },
];
