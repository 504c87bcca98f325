// SPDX-License-Identifier: GPL-2.0-only
// KTAP version 1: a plan, a line for each test with what was said of it before, and the totals as
// kselftest prints them.

import { ruleNamed } from '../check/rules.ts';
import type { Tested } from '../selftest/verdict.ts';

export function ktapReport(tests: readonly Tested[]): string {
  const counts = { pass: 0, fail: 0, skip: 0 };
  const lines = tests.flatMap((one, i) => {
    counts[one.verdict.kind] += 1;
    return [...saidOf(one), resultOf(one, i + 1)];
  });
  return [
    'KTAP version 1', `1..${tests.length}`, ...lines,
    `# Totals: pass:${counts.pass} fail:${counts.fail} xfail:0 xpass:0 skip:${counts.skip} error:0`, '',
  ].join('\n');
}

function resultOf({ name, verdict }: Tested, n: number): string {
  switch (verdict.kind) {
    case 'pass': return `ok ${n} ${name}`;
    case 'fail': return `not ok ${n} ${name}`;
    case 'skip': return `ok ${n} ${name} # SKIP ${oneLine(verdict.why)}`;
  }
}

/** What the rules found, and which assert did not hold. A rule that is broken fails no test by itself, as a warning of a debug kernel does not. */
function saidOf({ verdict, findings }: Tested): readonly string[] {
  return [
    ...findings.map((f) => `# ${ruleNamed(f.rule).code} ${f.rule} in ${f.site.function}, ${f.site.file}:${f.site.line}: ${oneLine(f.message)}`),
    ...(verdict.kind === 'fail' ? [`# ${oneLine(verdict.why)}`] : []),
  ];
}

/** A description has no `#` and no line break. */
function oneLine(text: string): string { return text.replaceAll('#', '').replace(/\s+/g, ' ').trim(); }
