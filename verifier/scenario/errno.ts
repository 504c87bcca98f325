// SPDX-License-Identifier: GPL-2.0-only
// Errors by name, as outcomes and reports print them.

const NAMES: Readonly<Record<number, string>> = {
  1: 'EPERM', 2: 'ENOENT', 4: 'EINTR', 5: 'EIO', 6: 'ENXIO', 11: 'EAGAIN', 12: 'ENOMEM', 13: 'EACCES', 14: 'EFAULT',
  16: 'EBUSY', 17: 'EEXIST', 19: 'ENODEV', 22: 'EINVAL', 38: 'ENOSYS', 75: 'EOVERFLOW', 95: 'EOPNOTSUPP', 133: 'EHWPOISON',
};

/** `-14` is `-EFAULT`; an unknown negative stays a number. */
export function errnoName(n: number): string {
  const name = NAMES[-n];
  return name === undefined ? String(n) : `-${name}`;
}
