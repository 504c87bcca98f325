// SPDX-License-Identifier: GPL-2.0-only
// The numbers of ioctls: direction, size of the argument, kind of device, number.

import type { StructClass, unsigned_int } from './types.ts';

const _IOC_WRITE = 1;
const _IOC_READ = 2;

/** sizeof of a struct that consists of __u64. */
export function Sizeof(of: object): unsigned_int { return Object.keys(of).length * 8; }

export function _IOWR<T extends object>(type: string, nr: unsigned_int, size: StructClass<T>): unsigned_int {
  return (((_IOC_READ | _IOC_WRITE) << 30) | (type.charCodeAt(0) << 8) | nr | (Sizeof(new size()) << 16)) >>> 0;
}
