// SPDX-License-Identifier: GPL-2.0-only
// Behind the totals of a KTAP report, as diagnostics: tests that pass though a call of theirs fails, or
// though a migration moved nothing.

import type { Spoiled, Unnoticed } from '../selftest/spoil.ts';

export function spoiledText({ runs, unnoticed }: Spoiled): string {
  const tests = new Set(unnoticed.map((one) => one.test)).size;
  return [`# Spoiled: ${runs} calls, each in a run of its own; ${unnoticed.length} of them go unnoticed, in ${tests} test${tests === 1 ? '' : 's'}`, ...unnoticed.map(lineOf), ''].join('\n');
}

function lineOf({ test, call, nth, kind }: Unnoticed): string {
  return `# ${test} still passes where ${call}, call ${nth + 1} of the program, ${kind === 'fails' ? 'fails' : 'does nothing and says that it did'}`;
}
