// SPDX-License-Identifier: GPL-2.0-only
// What the model leaves out, as every report states it: first what keeps the search over
// interleavings small (scenario/cuts.ts has the reasons), then what is not modelled at all.

import { RULES } from '../check/rules.ts';

const undecided = RULES.filter((r) => !r.decided && r.layer !== 'static').map((r) => r.name);

const SEARCH: readonly string[] = [
  'memory order is sequential consistency',
  'interleavings are run up to the order of what nobody can tell apart: two reads, two readers of one lock, two changes of a page count that stay at 3 or more',
  'no events of their own: fields of a vma and of an mm that mmap_lock is for (its holders are watched), what belongs to one task or CPU (pagevecs, cached counters), what is set before a pgmap or a driver can be found, statistics, xarrays, and fields that no function writes',
  'a thread stops only at accesses whose order with another thread matters in that scenario; which these are is found by running, and a search that finds one more begins anew',
  'a freed frame or device page is the next one given out, except in scenarios that end in +never',
  'a TLB flush waits for a CPU with interrupts off (FLUSH_WAITS_IRQSOFF=yes, as x86 without a hypervisor), except in scenarios that end in +nowait',
  'of those who wait for a lock any may win it, and so may a newcomer; a queued writer of an rwsem keeps new readers out; no lock is handed over after a time',
];

export const LIMITS: readonly string[] = [
  ...SEARCH,
  'x86-64, 4 KiB pages; no huge pages, hugetlb, KSM, memcg, userfaultfd, swap or NUMA; longs have 32 bits',
  'file mappings, page cache and writeback are not modelled',
  "drivers are lib/test_hmm.c, one process after the other, and a small model of kpv's, with one policy a scenario (how many pages a call moves, what it returns)",
  'allocation fails only where a scenario says so; reclaim and compaction do not run',
  'a page holds one word of content',
  undecided.length === 0 ? 'the static layer is not decided by this build' : `the rules ${undecided.join(', ')} and the static layer are not decided by this build`,
];
export const KERNEL = 'v5.15';
