// SPDX-License-Identifier: GPL-2.0-only
// What the model leaves out, as every report states it.

import { RULES } from '../check/rules.ts';

const undecided = RULES.filter((r) => !r.decided && r.layer !== 'static').map((r) => r.name);

export const LIMITS: readonly string[] = [
  'one thread at a time: no interleavings in this build, so races are not looked for',
  'memory order is sequential consistency',
  'x86-64, 4 KiB pages; no huge pages, hugetlb, KSM, memcg, userfaultfd, swap or NUMA; longs have 32 bits',
  'file mappings, page cache and writeback are not modelled',
  "drivers are a small model of kpv's, with one policy a scenario (how many pages a call moves, what it returns), none of the kernel's",
  'allocation fails only where a scenario says so; reclaim and compaction do not run',
  'a page holds one word of content',
  `the rules ${undecided.join(', ')} and the static layer are not decided by this build`,
];
export const KERNEL = 'v5.15';
