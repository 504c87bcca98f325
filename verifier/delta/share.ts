// SPDX-License-Identifier: GPL-2.0-only
// A worker's share of the scenarios of a review. A side on which a scenario reaches nothing that differs
// from a side it was run on has the same run, with its own line numbers: that is taken over. A setting
// of the switches on which no run can differ from the first setting's is left out (DESIGN.md, Sides: a
// scenario runs on each value where it reaches the difference).

import { takeCompiled } from '../instrument/compile.ts';
import type { Run } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { scenarioNamed } from '../scenario/suite.ts';
import { JobSide } from './job-side.ts';
import { idsOf, nowMs, sidesOfJob, type Job, type JobPair, type JobResult, type JobTick } from './job.ts';
import { variantSuffix } from './switches.ts';

/** Takes scenarios until none is left; `tick` is told of each pair of runs, and `breathe` lets this thread's other events through. */
export async function runShare(job: Job, tick: (t: JobTick) => void, breathe: () => Promise<void> = async () => undefined): Promise<JobResult> {
  for (const { text, compiled } of job.compiled) takeCompiled(text, compiled);
  const sides = sidesOfJob(job).map((spec, at) => new JobSide(job, spec, at));
  const stop = new Int32Array(job.stop);
  const next = new Int32Array(job.next);
  const pairs: JobPair[] = [];
  const costs: JobPair[] = [];
  const ids = idsOf(job);
  let complete = true;
  for (let passed = 0, taken = 0; ; taken += 1) {
    const index = Atomics.add(next, 0, 1);
    let id = ids.next();
    for (passed += 1; passed <= index && id.done !== true; passed += 1) id = ids.next();
    if (id.done === true) break;
    const over = Atomics.load(stop, 0) !== 0 || (job.limit !== null && index - job.costs.length >= job.limit) || (job.deadline !== null && nowMs() >= job.deadline);
    if (over) { complete = false; break; }
    const scenario = scenarioNamed(id.value);
    if (scenario === null) throw new Error(`no scenario ${id.value}`);
    if (index < job.costs.length) {
      for (const pair of onAllSides(job, sides.filter((s) => s.spec.variant === 0), scenario, false)) costs.push({ index, ...pair });
      continue;
    }
    const made = onAllSides(job, sides, scenario, true).filter((pair) => scenario.optional !== true || pair.before.status !== 'unsupported' || pair.after.status !== 'unsupported');
    for (const pair of made) pairs.push({ index, ...pair });
    tick({
      scenario: scenario.id,
      events: made.reduce((n, p) => n + p.before.events + p.after.events, 0), findings: made.reduce((n, p) => n + p.after.findings.length, 0),
    });
    if (taken % 8 === 7) await breathe();
  }
  const reached = job.trees.map((_, tree) => [...new Set(sides.filter((s) => s.spec.tree === tree).flatMap((s) => s.reached()))].sort());
  return { pairs, costs, reached, complete };
}

/** A side's run, and the side that it was made on. */
interface Ran { readonly side: JobSide; readonly on: JobSide; readonly run: Run }

/** covers: what is reached counts as reached by the suite. */
function onAllSides(job: Job, sides: readonly JobSide[], scenario: Scenario, covers: boolean): Omit<JobPair, 'index'>[] {
  const ran: Ran[] = [];
  const out: Omit<JobPair, 'index'>[] = [];
  for (const variant of job.variants.keys()) {
    const here = sides.filter((s) => s.spec.variant === variant);
    const first = ran.filter((r) => r.side.spec.variant === 0);
    const differs = here.map((s) => variant === 0 || first.some((r) => r.side.spec.tree === s.spec.tree && r.on.sees(r.side.differenceTo(s))));
    const runs = new Map<JobSide, Ran>();
    const runOn = (side: JobSide): Ran => {
      const known = runs.get(side) ?? runOf(side, ran, scenario, covers);
      runs.set(side, known);
      return known;
    };
    for (const [step, side] of here.entries()) {
      const next = here[step + 1];
      // The base has no step: it stands beside itself.
      if (next === undefined && here.length > 1) break;
      if (differs[step] !== true && differs[step + 1] !== true) continue;
      const [before, after] = [runOn(side), runOn(next ?? side)];
      if (covers && next !== undefined) next.coverFrom(after.on, side);
      out.push({ step, variant, scenario: scenario.id, before: before.run, after: after.run, shared: { before: before.on !== side, after: after.on !== (next ?? side) } });
    }
  }
  return out;
}

function runOf(side: JobSide, ran: Ran[], scenario: Scenario, covers: boolean): Ran {
  const like = ran.find((r) => r.on === r.side && !r.on.sees(r.on.differenceTo(side)));
  const taken = like?.on.runOn(side, scenario) ?? null;
  const made: Ran = like !== undefined && taken !== null ? { side, on: like.on, run: taken } : { side, on: side, run: side.run(scenario, covers) };
  ran.push(made);
  return made;
}
