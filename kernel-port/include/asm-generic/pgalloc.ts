// SPDX-License-Identifier: GPL-2.0-only
// Tables of ptes come and go here; what x86 says of their installation stands in arch/model/pgtable.ts.

import { should_fail } from '../../arch/model/fault_inject.ts';
import { this_machine } from '../../arch/model/machine.ts';
import { page_table } from '../../arch/model/pgtable.ts';
import { reduced } from '../../arch/model/marks.ts';
import type { mm_struct } from '../linux/mm_types.ts';

/** Null when memory is short. */
export function pte_alloc_one(_mm: mm_struct): page_table | null {
  reduced('a table is no frame; its allocation fails like one of a page');
  return should_fail(this_machine().fail_page_alloc) ? null : new page_table();
}
/** Of a table that was never installed. */
export function pte_free(_mm: mm_struct, _pte_page: page_table): void {
  reduced('a table is no page: the collector has it');
}
