// SPDX-License-Identifier: GPL-2.0-only
// Messages to the log: there is none.

import { notModelled } from '../../arch/model/marks.ts';

export function pr_err(_fmt: string): void { notModelled('the kernel log'); }
export function pr_warn_once(_fmt: string): void { notModelled('the kernel log'); }
export function pr_warn(_fmt: string): void { notModelled('the kernel log'); }
export function pr_info(_fmt: string): void { notModelled('the kernel log'); }
