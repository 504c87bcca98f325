// SPDX-License-Identifier: GPL-2.0-only
// Every check can come out otherwise: on the port as it is, and on one altered so that the claim is
// as true, or as false, as it is not. A check whose verdict stands whatever the code does is none.

import test from 'ava';
import { CHECKS } from '../../verifier/claims/checks/index.ts';
import type { Verdict } from '../../verifier/claims/claim.ts';
import { openLaboratory } from '../../verifier/delta/laboratory.ts';
import { loadPort, withFiles, type PortTree } from '../../verifier/tree/load.ts';

interface Change { readonly on: RegExp; readonly file: string; readonly from: string; readonly to: string }

const ALL = /./;
const V2 = /v2\/3/;
const V3 = /v3/;

/** Edits by what they bring about. */
const LIFTED: Change = { on: V3, file: 'mm/rmap.ts', from: '  if (is_zone_device_page(page) && !is_device_private_page(page))\n    return;\n', to: '' };
const PRESENT_ARM: Change = { on: V3, file: 'mm/rmap.ts', from: '    if (is_zone_device_page(page)) {\n      let entry: swp_entry_t;', to: '    if (is_device_private_page(page)) {\n      let entry: swp_entry_t;' };
const FAST_REFUSES: Change = { on: V3, file: 'mm/gup.ts', from: '      head = try_grab_compound_head(page, 1, flags);\n      if (!head)\n        break pte_unmap;', to: '      head = (flags & FOLL_LONGTERM) && is_device_page(page) ? null : try_grab_compound_head(page, 1, flags);\n      if (!head)\n        break pte_unmap;' };
const NO_LONGTERM: Change = { on: ALL, file: 'mm/gup.ts', from: '  if (vm_flags & (VM_IO | VM_PFNMAP))\n    return -EFAULT;\n\n  if (gup_flags & FOLL_ANON', to: '  if (gup_flags & FOLL_LONGTERM)\n    return -EFAULT;\n\n  if (gup_flags & FOLL_ANON' };
const NO_GRAB: Change = { on: V3, file: 'mm/gup.ts', from: 'function try_grab_compound_head(page: page, refs: int, flags: foll_flags): page | null {\n', to: 'function try_grab_compound_head(page: page, refs: int, flags: foll_flags): page | null {\n  if (is_device_page(page))\n    return null;\n' };
const NOTHING_MOVES: Change = { on: ALL, file: 'mm/migrate.ts', from: '  if (PageCompound(page))\n    return false;\n\n  if (is_zone_device_page(page)) {\n', to: '  if (page)\n    return false;\n\n  if (is_zone_device_page(page)) {\n' };
const ANY_MOVES: Change = { on: ALL, file: 'mm/migrate.ts', from: NOTHING_MOVES.from, to: '  if (page)\n    return true;\n\n  if (is_zone_device_page(page)) {\n' };
const ALL_NORMAL: Change = { on: ALL, file: 'include/linux/gfp.ts', from: '  const bit: int = flags & GFP_ZONEMASK;', to: '  const bit: int = 0;' };
const NOT_PINNABLE: Change = { on: ALL, file: 'include/linux/mm.ts', from: '  return !(is_zone_movable_page(page) || is_migrate_cma_page(page)) ||', to: '  return !(is_zone_movable_page(page) || is_zone_device_page(page)) ||' };
const OWN_CASE: Change = { on: V3, file: 'mm/memremap.ts', from: '    case MEMORY_DEVICE_PRIVATE:\n    case MEMORY_DEVICE_COHERENT:\n      if (!CONFIG', to: '    case MEMORY_DEVICE_COHERENT:\n      break;\n    case MEMORY_DEVICE_PRIVATE:\n      if (!CONFIG' };
const CALLED: Change = { on: V3, file: 'mm/gup.ts', from: '      ret = -EFAULT;\n      break unpin_pages;', to: '      head.pgmap.ops.migrate_to_ram({ page: head, vma: find_extend_vma(current().mm, 0x10000000), address: 0x10000000 });\n      ret = -EFAULT;\n      break unpin_pages;' };
const ENTRY = '        entry = pte_mkold(mk_pte(page,\n          vma.vm_page_prot));\n';
const READ_ONLY: Change = { on: V3, file: 'mm/migrate.ts', from: `${ENTRY}        if (vma.vm_flags & VM_WRITE)\n          entry = pte_mkwrite(pte_mkdirty(entry));\n`, to: ENTRY };
const SPECIAL: Change = { on: V3, file: 'mm/migrate.ts', from: ENTRY, to: ENTRY.replace('vma.vm_page_prot));', 'vma.vm_page_prot)) | 0x200;') };
const DEVMAP: Change = { on: V3, file: 'mm/migrate.ts', from: ENTRY, to: ENTRY.replace('vma.vm_page_prot));', 'vma.vm_page_prot)) | 0x80000000;') };
const DRIVER_WRITES: Change = { on: V3, file: 'drivers/model/device.ts', from: 'export function model_devmem_free(', to: 'export function model_remap(cell: never): void { set_pte_at(cell, cell, cell, cell); }\nexport function model_devmem_free(' };
const HELD: readonly Change[] = [
  { on: V2, file: 'mm/gup.ts', from: '      page_index = i;\n      break unpin_pages;', to: '      page_index = i;\n      get_page(head);\n      break unpin_pages;' },
  { on: V2, file: 'mm/gup.ts', from: '  if (is_device_page(head))\n    return migrate_device_page(start + page_index * PAGE_SIZE, head);', to: '  if (is_device_page(head)) {\n    ret = migrate_device_page(start + page_index * PAGE_SIZE, head);\n    put_page(head);\n    return ret;\n  }' },
  { on: V2, file: 'mm/gup.ts', from: ' try_get_page, untagged_addr,', to: ' get_page, try_get_page, untagged_addr,' },
];
const FAULT_SKIPS: Change = { on: /^base$/, file: 'mm/memory.ts', from: '        ret = vmf.page.pgmap.ops.migrate_to_ram(vmf);', to: '        ret = VM_FAULT_SIGBUS;' };
const FAULT_LOCKS: Change = { on: ALL, file: 'mm/memory.ts', from: '        ret = vmf.page.pgmap.ops.migrate_to_ram(vmf);', to: '        lock_page(vmf.page);\n        ret = vmf.page.pgmap.ops.migrate_to_ram(vmf);' };
const WHOLE_RANGE: Change = { on: ALL, file: 'drivers/model/device.ts', from: "  if (reach === 'page')", to: '  if (reach === null)' };
const ONE_PAGE: Change = { on: ALL, file: 'drivers/model/device.ts', from: "  if (reach === 'page')", to: '  if (reach !== null)' };
const UNHELD: Change = { on: ALL, file: 'mm/vmscan.ts', from: '    get_page(page);\n    lruvec = lock_page_lruvec_irq(page);', to: '    lruvec = lock_page_lruvec_irq(page);' };
const LRU_TAKES: Change = { on: ALL, file: 'mm/vmscan.ts', from: '  if (TestClearPageLRU(page)) {', to: '  if (!TestClearPageLRU(page)) {\n    get_page(page);\n    ret = 0;\n  } else {' };
const ANY_COUNT: Change = { on: ALL, file: 'mm/migrate.ts', from: '    if (page_count(page) !== expected_count)\n      return -EAGAIN;', to: '    if (page_count(page) < expected_count)\n      return -EAGAIN;' };
const MORE_CALLERS: Change = { on: ALL, file: 'mm/gup.ts', from: 'function gup_pmd_range(', to: 'function slowly(page: page): page | null { return try_grab_compound_head(page, 1, 0); }\n\nfunction gup_pmd_range(' };
const EVERY_ENTRY: Change = { on: ALL, file: 'include/linux/swapops.ts', from: '  BUG_ON(is_migration_entry(entry) && !PageLocked(p));', to: '  BUG_ON(!PageLocked(p));' };
const FORGETS: Change = { on: ALL, file: 'drivers/model/device.ts', from: '  page.zone_device_data = dev.free_pages;\n  dev.free_pages = page;\n  spin_unlock(dev.lock);\n}', to: '  spin_unlock(dev.lock);\n}' };
const NEVER_FREES: Change = { on: ALL, file: 'mm/memremap.ts', from: '  page.pgmap.ops.page_free(page);\n', to: '' };
const TWICE: Change = { on: /t60/, file: 'mm/rmap.ts', from: '    if (is_device_private_page(page)) {\n      let entry: swp_entry_t;', to: '    if (is_zone_device_page(page)) {\n      let entry: swp_entry_t;' };
const NO_COPY: Change = { on: /g60/, file: 'mm/migrate.ts', from: '    copy_highpage(dpage, page);\n  migrate_vma_finalize(args);', to: '    dpage.index = page.index;\n  migrate_vma_finalize(args);' };
const NO_ASSERT: Change = { on: ALL, file: 'include/linux/mm.ts', from: '  VM_BUG_ON_PAGE(page_ref_zero_or_close_to_overflow(page), page);\n  page_ref_inc(page);\n}\n\n/** @refs page: returns when true */', to: '  page_ref_inc(page);\n}\n\n/** @refs page: returns when true */' };
const WAITS: Change = { on: /v1\/2/, file: 'mm/memremap.ts', from: '    percpu_ref_put_many(pgmap.ref, pfn_end(pgmap, i) -\n      pfn_first(pgmap, i));', to: '    pfn_end(pgmap, i);' };
const DRIVER = /v[23]\/8/;
const RMAP_TAKES: Change = { on: DRIVER, file: 'mm/rmap.ts', from: LIFTED.from, to: '  if (page)\n    return;\n' };
const SLOTS: Change = { on: DRIVER, file: 'lib/test_hmm.ts', from: 'function dmirror_device_remove(mdevice: dmirror_device): void {\n', to: 'function dmirror_device_remove(mdevice: dmirror_device): void {\n  if (!mdevice.zone_device_type)\n    return;\n' };
const SETS_TYPE: Change = { on: /v3\/7/, file: 'lib/test_hmm.ts', from: '      switch (mdevice.zone_device_type) {', to: '      mdevice.zone_device_type = HMM_DMIRROR_MEMORY_DEVICE_PRIVATE;\n      switch (mdevice.zone_device_type) {' };
const BEFORE_COPY = '      dmirror_devmem_fault_alloc_and_copy(args, dmirror);\n\n      migrate_vma_pages(args);\n';
const COUNTS: Change = { on: DRIVER, file: 'lib/test_hmm.ts', from: '      args.flags = dmirror_select_device(dmirror);\n', to: '      args.flags = dmirror_select_device(dmirror);\n      cmd.cpages = 1;\n' };
const FAULTS: Change = { on: /v3\/8/, file: 'lib/test_hmm.ts', from: BEFORE_COPY, to: '      dmirror_devmem_fault_alloc_and_copy(args, dmirror);\n\n      dmirror_devmem_fault({ page: migrate_pfn_to_page(src_pfns[0]), vma: vma, address: addr });\n      migrate_vma_pages(args);\n' };
const NOTICED: Change = { on: DRIVER, file: 'lib/test_hmm.ts', from: '      ret = dmirror_migrate_to_system(dmirror, cmd);', to: '      ret = -EINVAL;' };
const REMOVES_ALL: Change = { on: DRIVER, file: 'lib/test_hmm.ts', from: '    if (dmirror_devices()[id].zone_device_type)\n', to: '    if (id < 2)\n' };
const LEAVES: Change = { on: DRIVER, file: 'lib/test_hmm.ts', from: '    WARN_ON(!is_device_page(spage));\n', to: '    if (WARN_ON(!is_device_page(spage)))\n      continue;\n' };
const TELLS: Change = { on: /^base$/, file: 'lib/test_hmm.ts', from: "  // The device's page table has lost the page already.\n  migrate_vma_finalize(args);\n  return 0;", to: '  migrate_vma_finalize(args);\n  return src_pfns[0] & MIGRATE_PFN_MIGRATE ? 0 : VM_FAULT_SIGBUS;' };
const SELECTS: Change = { on: /v1\/9/, file: 'mm/migrate.ts', from: '        mpfn = migrate_pfn(pfn) | MIGRATE_PFN_MIGRATE;\n', to: '        if (page && is_device_page(page) !== Boolean(migrate.flags & MIGRATE_VMA_SELECT_IOMEM))\n          break next;\n        mpfn = migrate_pfn(pfn) | MIGRATE_PFN_MIGRATE;\n' };
const LIST_OF_ITS_OWN: Change = { on: ALL, file: 'mm/vmscan.ts', from: LRU_TAKES.from, to: LRU_TAKES.to };

const FLIPS: Readonly<Record<string, readonly [Verdict, Verdict, ...Change[]]>> = {
  C01: ['confirmed', 'refuted', LIFTED],
  C02: ['refuted', 'confirmed', RMAP_TAKES],
  C03: ['confirmed', 'refuted', PRESENT_ARM],
  C04: ['confirmed', 'refuted', TWICE],
  C05: ['refuted', 'confirmed', FAST_REFUSES],
  C06: ['confirmed', 'refuted', LIST_OF_ITS_OWN],
  C07: ['confirmed', 'refuted', WAITS],
  C08a: ['refuted', 'confirmed', ANY_MOVES, ANY_COUNT],
  C08b: ['refuted', 'confirmed', NO_GRAB],
  C09: ['refuted', 'confirmed', FAST_REFUSES],
  C11a: ['confirmed', 'not-reproduced', NO_LONGTERM],
  C14: ['confirmed', 'refuted', OWN_CASE],
  C15: ['confirmed', 'refuted', CALLED],
  C16: ['confirmed', 'refuted', READ_ONLY],
  C17: ['refuted', 'confirmed', REMOVES_ALL],
  C18: ['refuted', 'confirmed', SLOTS],
  C19: ['confirmed', 'refuted', SETS_TYPE],
  C20: ['confirmed', 'refuted', LEAVES],
  C21: ['confirmed', 'refuted', COUNTS],
  C22: ['refuted', 'confirmed', TELLS],
  C23: ['confirmed', 'refuted', FAULTS],
  C24b: ['confirmed', 'not-reproduced', NOTICED],
  C25b: ['refuted', 'confirmed', SELECTS],
  C28: ['refuted', 'confirmed', SPECIAL],
  C29: ['confirmed', 'refuted', SPECIAL],
  C30: ['confirmed', 'refuted', DRIVER_WRITES],
  C34: ['confirmed', 'refuted', SELECTS],
  C39b: ['confirmed', 'refuted', NO_ASSERT],
  C41: ['confirmed', 'refuted', ...HELD],
  C42: ['confirmed', 'refuted', FAULT_SKIPS],
  C43a: ['refuted', 'not-reproduced', ...HELD],
  C43b: ['confirmed', 'not-reproduced', ...HELD],
  C44: ['confirmed', 'refuted', WHOLE_RANGE],
  C45: ['confirmed', 'refuted', ONE_PAGE],
  C46a: ['refuted', 'confirmed', ...HELD],
  C46b: ['confirmed', 'refuted', ...HELD],
  C47: ['confirmed', 'refuted', ...HELD],
  C48: ['confirmed', 'refuted', UNHELD],
  C50: ['refuted', 'confirmed', ANY_COUNT],
  C51: ['confirmed', 'refuted', ANY_COUNT],
  C52a: ['confirmed', 'refuted', NOT_PINNABLE],
  C52b: ['refuted', 'confirmed', NOT_PINNABLE],
  C52c: ['refuted', 'confirmed', DEVMAP],
  C52d: ['confirmed', 'refuted', DEVMAP],
  C52e: ['confirmed', 'refuted', MORE_CALLERS],
  C53: ['refuted', 'confirmed', FAULT_LOCKS],
  C54: ['confirmed', 'refuted', EVERY_ENTRY],
  C55: ['confirmed', 'refuted', NO_COPY],
  C56a: ['confirmed', 'not-reproduced', FORGETS],
  C56b: ['confirmed', 'refuted', NEVER_FREES],
  C57: ['confirmed', 'refuted', LIST_OF_ITS_OWN],
  C60: ['refuted', 'confirmed', NOTHING_MOVES, ALL_NORMAL],
  C61b: ['confirmed', 'refuted', LIST_OF_ITS_OWN],
};

function altered(changes: readonly Change[], met: Set<Change>): (tree: PortTree, target: string) => PortTree {
  return (tree, target) => changes.filter((one) => one.on.test(target)).reduce((at, one) => {
    const parts = (at.files.get(one.file) ?? '').split(one.from);
    if (parts.length !== 2) throw new Error(`${one.file} of ${target} has ${parts.length - 1} times: ${one.from}`);
    met.add(one);
    return withFiles(at, new Map([[one.file, parts.join(one.to)]]));
  }, tree);
}

test('every check has an alteration that turns it', (t) => { t.deepEqual([...CHECKS.keys()], Object.keys(FLIPS)); });

const port = loadPort();
const lab = openLaboratory(port);
for (const [id, [now, then, ...changes]] of Object.entries(FLIPS)) {
  test.serial(`${id}: ${now} as things are, ${then} when altered`, (t) => {
    const check = CHECKS.get(id);
    if (check === undefined) return t.fail(`no check for ${id}`);
    const met = new Set<Change>();
    const [posted, other] = [check(lab), check(openLaboratory(port, altered(changes, met)))];
    t.deepEqual([posted.verdict, other.verdict], [now, then], `${posted.evidence} | ${other.evidence}`);
    t.is(met.size, changes.length, 'every change was made');
    t.true(posted.story.length > 0 && !/\n/.test(posted.evidence));
  });
}
