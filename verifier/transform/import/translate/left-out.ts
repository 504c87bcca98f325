// SPDX-License-Identifier: GPL-2.0-only
// What C does and the port leaves out.

import type { CExpr } from '../c/ast.ts';
import type { Scope } from './scope.ts';

/** Statements that have no effect in the model (kernel-port/README.md). */
export const LEFT_OUT = new RegExp(`^(?:${[
  'smp_(?:mb|rmb|wmb|mb__\\w+|acquire__after_ctrl_dep|read_barrier_depends)', 'barrier', 'mb', 'rmb', 'wmb', 'cpu_relax',
  'flush_(?:cache|dcache|icache|anon|kernel_dcache)_\\w+', 'prefetchw?', 'fallthrough', 'EXPORT_SYMBOL\\w*',
  'might_sleep', 'might_sleep_if', 'might_fault', 'preempt_\\w+_notrace',
  'trace_\\w+', 'mm_trace_\\w+', 'psi_\\w+', 'delayacct_\\w+', 'instrument_\\w+', 'kasan_\\w+', 'kmsan_\\w+', 'ASSERT_EXCLUSIVE_\\w+',
  'BUILD_BUG_ON\\w*', 'build_bug', 'static_assert', 'compiletime_assert',
  'lockdep_\\w+', 'RCU_LOCKDEP_WARN', '__acquire', '__release', 'rcu_lock_(?:acquire|release)', 'rwsem_acquire\\w*', 'rwsem_release', 'lock_map_\\w+', 'fs_reclaim_\\w+',
].join('|')})$`);

/** The name of a statement that is left out; one that the port declares is not. */
export function leftOut(of: CExpr, scope: Scope): string | null {
  if (of.kind === 'cast' && of.of.kind === 'number') return '(void)0';
  if (of.kind === 'name' && of.name === 'fallthrough') return 'fallthrough';
  if (of.kind !== 'call' || of.callee.kind !== 'name' || scope.variables.has(of.callee.name)) return null;
  const { name } = of.callee;
  return LEFT_OUT.test(name) && scope.port.value(name, scope.module) === undefined ? `${name}()` : null;
}
