// SPDX-License-Identifier: GPL-2.0-only
// What the model leaves out, as every report states it.

export const LIMITS: readonly string[] = [
  'one thread at a time: no interleavings in this build, so races are not looked for',
  'memory order is sequential consistency',
  'x86-64, 4 KiB pages; no huge pages, hugetlb, KSM, memcg, userfaultfd, swap or NUMA; longs have 32 bits',
  'file mappings, page cache and writeback are not modelled',
  'allocation fails only where a scenario says so; reclaim and compaction do not run',
  'a page holds one word of content',
  'the rules unprotected-read, dma-misuse, data-race, livelock, lost-wakeup, stale-notifier, driver-state and the static layer are not decided by this build',
];
export const KERNEL = 'v5.15';
