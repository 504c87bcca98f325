// SPDX-License-Identifier: GPL-2.0-only
// AIO=n: the stubs of the header.

import type { mm_struct } from './mm_types.ts';

export function exit_aio(_mm: mm_struct): void {}
