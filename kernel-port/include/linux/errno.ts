// SPDX-License-Identifier: GPL-2.0-only
import type { int } from './types.ts';

export const EPERM: int = 1;
export const ENOENT: int = 2;
export const EINTR: int = 4;
export const EIO: int = 5;
export const ENXIO: int = 6;
export const EAGAIN: int = 11;
export const ENOMEM: int = 12;
export const EACCES: int = 13;
export const EFAULT: int = 14;
export const EBUSY: int = 16;
export const EEXIST: int = 17;
export const ENODEV: int = 19;
export const EINVAL: int = 22;
export const ENOTTY: int = 25;
export const ERANGE: int = 34;
export const ENOSYS: int = 38;
export const EOVERFLOW: int = 75;
export const EOPNOTSUPP: int = 95;
export const EHWPOISON: int = 133;
