// SPDX-License-Identifier: GPL-2.0-only
import type { address_space } from './fs.ts';
import type { page } from './mm_types.ts';

/** Non-LRU movable pages are not modelled. */
export function PageMovable(_page: page): boolean { return false; }
export function __SetPageMovable(_page: page, _mapping: address_space): void {}
export function __ClearPageMovable(_page: page): void {}
