// SPDX-License-Identifier: GPL-2.0-only
// Searches of a scenario's threads for tests: one side of a target, what its search found, and one
// of its executions once more by the schedule that its witness has.

import { identity, type RunFinding } from '../../verifier/check/finding.ts';
import { besideNamed } from '../../verifier/scenario/beside.ts';
import type { Witness } from '../../verifier/scenario/explored.ts';
import { runScenario, type Run } from '../../verifier/scenario/run.ts';
import type { Scenario } from '../../verifier/scenario/scenario.ts';
import { decodeSchedule } from '../../verifier/scenario/schedule.ts';
import { linkSide, type RunnableSide } from '../../verifier/scenario/side.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import type { PortTree } from '../../verifier/tree/load.ts';

export function sideOf(tree: PortTree): RunnableSide { return linkSide(tree.files, CONFIGS.default); }

/** A scenario by its id, searched as it is best for a test. */
export function beside(id: string, search?: 'source' | 'stateful'): Scenario {
  const found = besideNamed(id);
  if (found === null) throw new Error(`no scenario ${id}`);
  return search === undefined ? found : { ...found, search };
}

export interface Shown { readonly finding: RunFinding; readonly witness: Witness }

/** What a search found, each with its witness. */
export function shown(run: Run): readonly Shown[] {
  return run.findings.map((finding) => {
    const witness = run.search?.witnesses.get(identity(finding));
    if (witness === undefined) throw new Error(`no witness for ${identity(finding)}`);
    return { finding, witness };
  });
}

/** The one execution of a witness, with its steps. */
export function again(side: RunnableSide, scenario: Scenario, witness: Witness): Run {
  const schedule = decodeSchedule(witness.schedule);
  if (schedule === null) throw new Error(`no schedule: ${witness.schedule}`);
  return runScenario(side, scenario, { trace: true, maxEvents: 3_000_000, schedule });
}

export function shows(run: Run, finding: RunFinding): boolean { return run.findings.some((f) => identity(f) === identity(finding)); }

/** Who ran in it. */
export function threadsOf(run: Run): readonly string[] { return [...new Set(run.trace.map((s) => s.thread))].sort(); }

/** The call chain of a finding, outermost first, its own function last. */
export function chainOf(f: RunFinding): readonly string[] { return [...f.stack.map((s) => s.function), f.site.function]; }

export const WITHOUT_REFERENCE: ReadonlySet<string> = new Set(['use-after-free', 'unprotected-read']);

/** The read of a device page or its pgmap that nothing keeps, on the way of a pin to the driver. */
export function onTheWay(f: RunFinding): boolean {
  return WITHOUT_REFERENCE.has(f.rule) && chainOf(f).includes('check_and_migrate_movable_pages');
}

/** `rule function object`. */
export function inShort(f: RunFinding): string { return `${f.rule} ${f.site.function} ${f.object}`; }
export function outcomesOf(run: Run): readonly string[] { return (run.search?.outcomes ?? []).map((o) => o.key); }
