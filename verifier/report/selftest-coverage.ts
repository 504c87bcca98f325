// SPDX-License-Identifier: GPL-2.0-only
// Behind the totals of a KTAP report, as diagnostics: what was reached, and functions never called.

import type { FileCoverage } from '../selftest/coverage.ts';

export function coverageText(files: readonly FileCoverage[]): string {
  const sum = (of: (one: FileCoverage) => number): number => files.reduce((n, one) => n + of(one), 0);
  const functions = sum((one) => one.functions);
  const called = functions - sum((one) => one.neverCalled.length);
  const rows = files.filter((one) => one.neverCalled.length > 0)
    .map((one) => `# ${one.file}: ${one.reached} of ${one.statements} statements; never called: ${one.neverCalled.join(', ')}`);
  return [`# Coverage of the .c files: ${called} of ${functions} functions called, ${sum((one) => one.reached)} of ${sum((one) => one.statements)} statements reached`, ...rows, ''].join('\n');
}
