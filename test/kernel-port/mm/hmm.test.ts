// SPDX-License-Identifier: GPL-2.0-only
// hmm_range_fault as a driver that mirrors an address space calls it: what it is told of pages in
// each state, which faults it causes, and when it has to begin again.

import test from 'ava';
import { calls, objections, Steps, thread, work, workBeside } from '../program.ts';

/** A mirror of all of P's range. `look` asks for one page, with the array's own flags masked out. */
const MIRROR = `
import { walk_page_range } from '../../mm/pagewalk.ts';
import { sys_madvise, sys_munmap } from '../../arch/model/syscalls.ts';
import { HMM_PFN_ERROR, HMM_PFN_ORDER_SHIFT, HMM_PFN_REQ_FAULT, HMM_PFN_REQ_WRITE, HMM_PFN_VALID, hmm_pfn_to_page, hmm_range, hmm_range_fault } from '../../include/linux/hmm.ts';
import { mmu_interval_notifier_insert, mmu_interval_notifier_remove, mmu_interval_read_begin } from '../../mm/mmu_notifier.ts';
import type { model_device } from './device.ts';

class mirror {
  readonly notifier: mmu_interval_notifier = new mmu_interval_notifier(this);
  invalidations: int = 0;
}
const the_mirror = per_machine(() => new mirror(), 'mirror');
const ops: mmu_interval_notifier_ops = {
  invalidate(sub: mmu_interval_notifier, range: mmu_notifier_range, seq: unsigned_long): boolean {
    (sub.owner as mirror).invalidations++;
    mmu_interval_set_seq(sub, seq);
    return true;
  },
};
export function open(mm: mm_struct, start: uaddr, npages: int): int {
  return mmu_interval_notifier_insert(the_mirror().notifier, mm, start, npages * PAGE_SIZE, ops);
}
export function close(): void { mmu_interval_notifier_remove(the_mirror().notifier); }
export function invalidations(): int { return the_mirror().invalidations; }

function asked(addr: uaddr, npages: int, flags: hmm_pfn_t): hmm_range {
  return Init(hmm_range, {
    notifier: the_mirror().notifier, notifier_seq: mmu_interval_read_begin(the_mirror().notifier), start: addr,
    end: addr + npages * PAGE_SIZE, hmm_pfns: Array.from({ length: npages }, (): hmm_pfn_t => 0), default_flags: flags,
  });
}
function faulted(mm: mm_struct, range: hmm_range): int {
  mmap_read_lock(mm);
  const ret = hmm_range_fault(range);
  mmap_read_unlock(mm);
  return ret;
}
/** As a driver has to go about it: from the beginning while the range is invalidated. */
function settled(mm: mm_struct, range: hmm_range): int {
  let ret: int;
  let rounds: int = 0;

  do {
    range.notifier_seq = mmu_interval_read_begin(range.notifier);
    ret = faulted(mm, range);
  } while (ret === -EBUSY && rounds++ < 4);
  return ret;
}
/** The top byte of what is told of the first page. */
function told(range: hmm_range): int { return (range.hmm_pfns[0] >>> HMM_PFN_ORDER_SHIFT) & 0xff; }
function look(mm: mm_struct, addr: uaddr, flags: hmm_pfn_t): int {
  const range = asked(addr, 1, flags);
  const ret = settled(mm, range);
  return ret ? ret : told(range);
}
export function write_once(mm: mm_struct, addr: uaddr): int { return faulted(mm, asked(addr, 1, HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE)); }
export function snapshot(mm: mm_struct, addr: uaddr): int { return look(mm, addr, 0); }
export function fault(mm: mm_struct, addr: uaddr): int { return look(mm, addr, HMM_PFN_REQ_FAULT); }
export function write_fault(mm: mm_struct, addr: uaddr): int { return look(mm, addr, HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE); }

/** What is in the page that a fault came to. */
export function read(mm: mm_struct, addr: uaddr): int {
  const range = asked(addr, 1, HMM_PFN_REQ_FAULT);
  const ret = faulted(mm, range);
  return ret ? ret : frame_content(hmm_pfn_to_page(range.hmm_pfns[0]));
}

/** Each page asks for itself: the first for nothing, the second to be written. */
export function each(mm: mm_struct, addr: uaddr): int {
  const range = asked(addr, 2, 0);
  range.pfn_flags_mask = (HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE) >>> 0;
  range.hmm_pfns[1] = (HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE) >>> 0;
  const ret = faulted(mm, range);
  return ret ? ret : told(range) * 1000 + ((range.hmm_pfns[1] >>> HMM_PFN_ORDER_SHIFT) & 0xff);
}

/** The range was zapped after the sequence was read. */
export function late(mm: mm_struct, addr: uaddr): int {
  const range = asked(addr, 1, HMM_PFN_REQ_FAULT);
  sys_madvise(addr, PAGE_SIZE, MADV_DONTNEED);
  return faulted(mm, range);
}

/** Asked of page by page beyond the vma: the hole has no page and no right. */
export function beyond(mm: mm_struct, addr: uaddr): int {
  const range = asked(addr, 2, 0);
  const ret = faulted(mm, range);
  return ret ? ret : told(range) * 1000 + ((range.hmm_pfns[1] >>> HMM_PFN_ORDER_SHIFT) & 0xff);
}

/** A private page as its own driver sees it: the flags, and whether the pfn is the device's. */
export function own(mm: mm_struct, addr: uaddr, dev: model_device): int {
  const range = asked(addr, 1, HMM_PFN_REQ_FAULT);
  range.dev_private_owner = dev;
  const ret = faulted(mm, range);
  if (ret)
    return ret;
  const page = hmm_pfn_to_page(range.hmm_pfns[0]);
  return told(range) * 10 + (is_device_private_page(page) && page.pgmap.owner === dev ? 1 : 0);
}
/** As its own driver, which follows no pfn before it has looked at the sequence: 0 when it has to begin again. */
export function flags_of_own(mm: mm_struct, addr: uaddr, dev: model_device): int {
  const range = asked(addr, 1, HMM_PFN_REQ_FAULT);
  range.dev_private_owner = dev;
  const ret = faulted(mm, range);
  if (mmu_interval_read_retry(range.notifier, range.notifier_seq))
    return 0;
  return ret ? ret : told(range);
}
export function callbacks(dev: model_device): int { return dev.nr_callbacks; }
export function order(mm: mm_struct, addr: uaddr): int {
  const range = asked(addr, 1, HMM_PFN_REQ_FAULT);
  faulted(mm, range);
  return hmm_pfn_to_map_order(range.hmm_pfns[0]);
}
`;
const VALID = String(0x80);
const WRITABLE = String(0xc0);
const NONE = '0';
const ERROR = String(0x20);

const mm = { mm: 'P' };
const at = (page: number): { readonly page: number } => ({ page });

test('the program is typed as the port is', (t) => { t.deepEqual(objections(MIRROR), []); });

test('a page that is there is told without a fault; what is not, as nothing', (t) => {
  const steps = new Steps(4).map().store(0, 17).load(1, 'zero').call('open', [mm, at(0), 4]);
  steps.call('snapshot', [mm, at(0)], 'written').call('snapshot', [mm, at(1)], 'zeroed').call('snapshot', [mm, at(2)], 'hole');
  steps.call('beyond', [mm, at(3)]).call('read', [mm, at(0)]).call('order', [mm, at(0)]).call('close', []).end();
  const { results, findings } = work(MIRROR, steps);
  t.deepEqual(findings, []);
  t.like(results, { written: WRITABLE, zeroed: VALID, hole: NONE, beyond: ERROR, read: '17', order: '0' });
});

test('a fault is made where one is asked for: to read the zero page, to write one of its own', (t) => {
  const steps = new Steps(4).map().call('open', [mm, at(0), 4]);
  steps.call('fault', [mm, at(0)]).call('write_once', [mm, at(0)]).call('write_fault', [mm, at(0)]).call('each', [mm, at(1)]);
  steps.call('snapshot', [mm, at(1)], 'still').call('snapshot', [mm, at(0)], 'now').call('close', []).end();
  const { results, findings } = work(MIRROR, steps);
  t.deepEqual(findings, []);
  // The fault that replaces the zero page tells the notifier, so the caller's sequence is over.
  t.like(results, { fault: VALID, write_once: '-EBUSY', write_fault: WRITABLE, now: WRITABLE });
  t.is(results['each'], String(0xc0), 'page 1 is as it was, page 2 can be written');
  t.is(results['still'], NONE);
});

test('without the right there is no fault that helps', (t) => {
  const steps = new Steps(2).map(false).call('open', [mm, at(0), 4]);
  steps.call('fault', [mm, at(0)]).call('write_fault', [mm, at(0)]).call('fault', [mm, at(2)], 'outside').call('close', []).end();
  const { results, findings } = work(MIRROR, steps);
  t.deepEqual(findings, []);
  t.like(results, { fault: VALID, write_fault: '-EPERM', outside: '-EFAULT' });
});

test('a range that was invalidated after its sequence was read gives -EBUSY', (t) => {
  const steps = new Steps(2).map().load(0, 'zero').call('open', [mm, at(0), 2]);
  steps.call('late', [mm, at(0)]).call('invalidations', []).do({ call: 'munmap', page: 0, pages: 1 });
  steps.call('fault', [mm, at(0)], 'gone').call('close', []).end();
  const { results, findings } = work(MIRROR, steps);
  t.like(results, { late: '-EBUSY', invalidations: '1', gone: '-EFAULT' });
  t.deepEqual(findings, []);
});

test('a private page is told to its own driver; for another it is nothing, and no fault brings it back', (t) => {
  const steps = new Steps(2).map().device('private').store(0, 17).do({ drain: 'all' }).take('private', 0).call('open', [mm, at(0), 2]);
  steps.call('own', [mm, at(0), { device: 'private' }]).call('callbacks', [{ device: 'private' }], 'before').call('snapshot', [mm, at(0)], 'other');
  steps.call('write_fault', [mm, at(0)], 'foreign').load(0, 'load').call('callbacks', [{ device: 'private' }], 'after').call('read', [mm, at(0)]);
  steps.call('close', []).end([], ['private']);
  const { results, findings } = work(MIRROR, steps);
  // Before 5.19 (8a295dbbaf72) it is an error to ask for another owner's page; only the CPU gets it back.
  t.like(results, { own: String(0xc0 * 10 + 1), before: '0', other: NONE, foreign: '-EFAULT', load: '17', after: '1', read: '17' });
  // The move lost the dirty bit: so it is in v5.15, and until fd35ca3d12cc (6.1).
  t.deepEqual(findings.map((f) => f.replace(/:.*(?= \()/, '')), ['bad-page-state (migrate_vma_collect_pmd)']);
});

test('beside a zap the owner of a private page is read while nothing holds the page', (t) => {
  const steps = new Steps(1).map().device('private').take('private', 0).do({ call: 'clone', child: 'Q' }).call('open', [mm, at(0), 1]);
  const ending = new Steps(1).call('close', [], null).end(['Q'], ['private']);
  const { outcomes, findings, status } = workBeside(MIRROR, steps, [
    thread('P', 0, 'look', calls('flags_of_own', [mm, at(0), { device: 'private' }])), thread('Q', 1, 'zap', { call: 'dontneed', page: 0, pages: 1 }),
  ], ending);
  t.is(status, 'ran');
  // The pte is read without its lock, and then the page's pgmap: nothing keeps either (model-rules.md, 2.2). So it is in C.
  t.deepEqual(findings, ['unprotected-read in hmm_is_device_private_entry', 'use-after-free in hmm_is_device_private_entry']);
  // Either way round, the driver is told the truth or begins again.
  for (const outcome of outcomes) t.regex(outcome, /P\.look=(0|128|192|-EBUSY) |^end=/);
});
