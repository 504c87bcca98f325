// SPDX-License-Identifier: GPL-2.0-only
// IS_ENABLED(CONFIG_X) is the constant of that name. Only options that differ between the
// configurations of the port are arms; the others are what the model is built with.

//#if MIGRATION
export const CONFIG_MIGRATION: boolean = true;
//#else
export const CONFIG_MIGRATION: boolean = false;
//#endif
//#if DEVICE_PRIVATE
export const CONFIG_DEVICE_PRIVATE: boolean = true;
//#else
export const CONFIG_DEVICE_PRIVATE: boolean = false;
//#endif
//#if DEV_PAGEMAP_OPS
export const CONFIG_DEV_PAGEMAP_OPS: boolean = true;
//#else
export const CONFIG_DEV_PAGEMAP_OPS: boolean = false;
//#endif
//#if DEBUG_VM
export const CONFIG_DEBUG_VM: boolean = true;
//#else
export const CONFIG_DEBUG_VM: boolean = false;
//#endif

export const CONFIG_SMP: boolean = true;
export const CONFIG_MMU: boolean = true;
export const CONFIG_64BIT: boolean = true;
export const CONFIG_ZONE_DEVICE: boolean = true;
export const CONFIG_FS_DAX: boolean = true;
export const CONFIG_FS_DAX_LIMITED: boolean = false;
export const CONFIG_MMU_NOTIFIER: boolean = true;
export const CONFIG_HAVE_FAST_GUP: boolean = true;
export const CONFIG_ARCH_HAS_PTE_SPECIAL: boolean = true;
export const CONFIG_ARCH_HAS_PTE_DEVMAP: boolean = true;
export const CONFIG_HAVE_MOVE_PMD: boolean = true;
/** x86 has it, for tables that are folded here. */
export const CONFIG_HAVE_MOVE_PUD: boolean = false;
export const CONFIG_PCI_P2PDMA: boolean = false;
export const CONFIG_TRANSPARENT_HUGEPAGE: boolean = false;
export const CONFIG_ARCH_ENABLE_THP_MIGRATION: boolean = false;
export const CONFIG_HUGETLB_PAGE: boolean = false;
export const CONFIG_KSM: boolean = false;
export const CONFIG_SWAP: boolean = false;
export const CONFIG_MEMCG: boolean = false;
export const CONFIG_NUMA: boolean = false;
export const CONFIG_NUMA_BALANCING: boolean = false;
export const CONFIG_SECRETMEM: boolean = false;
export const CONFIG_CMA: boolean = false;
export const CONFIG_MEMORY_FAILURE: boolean = false;
export const CONFIG_USERFAULTFD: boolean = false;
export const CONFIG_SHMEM: boolean = false;
export const CONFIG_MEM_SOFT_DIRTY: boolean = true;
export const CONFIG_STACK_GROWSUP: boolean = false;
