// SPDX-License-Identifier: GPL-2.0-only
// Local locks without PREEMPT_RT: they have no word; taking one keeps the task on its CPU.

import { local_irq_restore, local_irq_save } from './irqflags.ts';
import { preempt_disable, preempt_enable } from './preempt.ts';

export interface local_lock_t { readonly name: string }

export function local_lock(_lock: local_lock_t): void { preempt_disable(); }
export function local_unlock(_lock: local_lock_t): void { preempt_enable(); }
export function local_lock_irqsave(_lock: local_lock_t): void { local_irq_save(); }
export function local_unlock_irqrestore(_lock: local_lock_t): void { local_irq_restore(); }
