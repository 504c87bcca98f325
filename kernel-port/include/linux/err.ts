// SPDX-License-Identifier: GPL-2.0-only
// ERR_PTR: a pointer or an errno in one value. `T | ErrPtr` says so in the type.

import { reduced } from '../../arch/model/marks.ts';
import type { long } from './types.ts';

export class ErrPtr {
  readonly errno: long;
  constructor(errno: long) { this.errno = errno; }
}
export function ERR_PTR(error: long): ErrPtr {
  reduced('an error pointer is an object of its own');
  return new ErrPtr(error);
}
export function PTR_ERR(ptr: unknown): long {
  reduced('an error pointer is an object of its own');
  return ptr instanceof ErrPtr ? ptr.errno : 0;
}
export function IS_ERR(ptr: unknown): ptr is ErrPtr {
  reduced('an error pointer is an object of its own');
  return ptr instanceof ErrPtr;
}
export function IS_ERR_OR_NULL(ptr: unknown): ptr is ErrPtr | null {
  reduced('an error pointer is an object of its own');
  return ptr === null || ptr instanceof ErrPtr;
}
export function PTR_ERR_OR_ZERO(ptr: unknown): long {
  if (IS_ERR(ptr))
    return PTR_ERR(ptr);
  else
    return 0;
}
/** A count or a length that is really an errno: the top page of the address space. */
export function IS_ERR_VALUE(x: number): boolean { return x >>> 0 >= -4095 >>> 0; }
