// SPDX-License-Identifier: GPL-2.0-only
// The verdict, from what was found and nothing else (DESIGN.md, JSON, verdict).

import type { Finding, Place, ScenarioResult, Verdict } from '../report/review.ts';

const several = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

export function verdictOf(findings: readonly Finding[], scenarios: readonly ScenarioResult[], unreached: readonly Place[]): { readonly verdict: Verdict; readonly reason: string } {
  const of = (state: Finding['state']): number => findings.filter((f) => f.state === state).length;
  const [broken, brought] = [of('new'), of('introduced')];
  const fresh = broken + brought;
  const news = brought === 0 ? several(fresh, 'new finding') : `${broken === 0 ? '' : `${several(broken, 'new finding')} and `}${several(brought, 'finding')} about what it brings`;
  const fixed = of('fixed');
  const changed = scenarios.filter((s) => s.added.length > 0 || s.removed.length > 0).length;
  const outcomes = changed === 0 ? '' : `, outcomes differ in ${several(changed, 'scenario')}`;
  if (fresh > 0 && fixed > 0) return { verdict: 'mixed', reason: `${news}, ${fixed} fixed${outcomes}` };
  if (fresh > 0) return { verdict: 'regression', reason: `${news}, none fixed${outcomes}` };
  if (fixed > 0) return { verdict: 'fix', reason: `${several(fixed, 'finding')} fixed, none new${outcomes}` };
  if (changed > 0) return { verdict: 'behaviour-change', reason: `outcomes differ in ${several(changed, 'scenario')}; no finding came or went` };
  if (unreached.length > 0) return { verdict: 'not-exercised', reason: `${several(unreached.length, 'statement')} of the patch reached by no scenario, and nothing else differs` };
  return { verdict: 'no-change', reason: 'every changed statement was reached; outcomes and findings are equal' };
}
