// SPDX-License-Identifier: GPL-2.0-only
// Which options C is read with. The port says so itself: kconfig.ts has those that are always on or
// off, a configuration has those that are arms. A symbol that neither names is one the port was
// written without, but for the few below, which are facts of the machine that it models.

import { resolveArms, type Config } from '../../tree/arms.ts';
import type { PortTree } from '../../tree/load.ts';
import type { Symbols } from './c/arms.ts';

/** x86-64, SMP, split page table locks, counters per task: what port-manifest.md takes as given. */
const ALWAYS_ON: ReadonlySet<string> = new Set([
  '__KERNEL__', 'USE_SPLIT_PTE_PTLOCKS', 'ALLOC_SPLIT_PTLOCKS', 'SPLIT_RSS_COUNTING', 'CONFIG_PROC_FS', 'CONFIG_SYSFS',
  'CONFIG_SPARSEMEM', 'CONFIG_SPARSEMEM_VMEMMAP', 'CONFIG_VM_EVENT_COUNTERS', 'CONFIG_ZONE_DMA32',
  'CONFIG_XARRAY_MULTI', 'CONFIG_HAVE_CMPXCHG_LOCAL', 'CONFIG_SRCU', 'CONFIG_ELF_CORE', 'CONFIG_BLOCK', 'CONFIG_FILE_LOCKING', 'CONFIG_POSIX_TIMERS',
]);

export function portSymbols(tree: PortTree, config: Config): Symbols {
  const known = new Map<string, boolean>();
  const text = resolveArms(tree.files.get('include/linux/kconfig.ts') ?? '', config);
  for (const [, name = '', value] of text.matchAll(/^export const (CONFIG_\w+): boolean = (true|false);/gm)) known.set(name, value === 'true');
  for (const [name, value] of Object.entries(config)) if (value === 'y' || value === 'n') known.set(`CONFIG_${name}`, value === 'y');
  return (name) => known.get(name) ?? (ALWAYS_ON.has(name) ? true : null);
}
