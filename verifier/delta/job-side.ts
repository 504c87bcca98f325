// SPDX-License-Identifier: GPL-2.0-only
// One side of a job in a worker: linked when it is first needed, with what its last run reached.

import type { RunFinding } from '../check/finding.ts';
import type { Site } from '../instrument/sites.ts';
import type { RunnableSide } from '../scenario/link-side.ts';
import { runScenario, type Run } from '../scenario/run.ts';
import { symbolOn, type Scenario } from '../scenario/scenario.ts';
import type { Difference } from '../tree/difference.ts';
import { linkOf, type Job, type SideSpec } from './job.ts';

export class JobSide {
  readonly spec: SideSpec;
  readonly at: number;
  readonly #job: Job;
  #linked: RunnableSide | null = null;
  /** Every site that any run reached; the runtime's own are those of the last one. */
  #reached = new Uint8Array(0);
  #run: Run | null = null;
  /** `file:line` of statements that a run taken over from elsewhere reached. */
  readonly #taken = new Set<string>();
  /** By difference: the sites of its functions. */
  readonly #sitesOf = new Map<Difference, readonly number[]>();
  /** By side: where its statements stand. */
  readonly #places = new Map<JobSide, ReadonlyMap<string, Site>>();

  constructor(job: Job, spec: SideSpec, at: number) {
    this.#job = job;
    this.spec = spec;
    this.at = at;
  }

  get linked(): RunnableSide {
    this.#linked ??= linkOf(this.#job, this.spec);
    return this.#linked;
  }

  /** covers: what it reaches is part of reached(). */
  run(scenario: Scenario, covers: boolean): Run {
    const { runtime } = this.linked.port;
    runtime.clearCoverage();
    this.#run = runScenario(this.linked, scenario);
    if (!covers) return this.#run;
    if (this.#reached.length < runtime.reached.length) this.#reached = new Uint8Array(runtime.reached.length);
    for (let i = 0; i < runtime.reached.length; i += 1) if (runtime.reached[i] !== 0) this.#reached[i] = 1;
    return this.#run;
  }

  /** Where a run was taken over from `on`: what of it this side does otherwise than the one `before` counts as reached here. */
  coverFrom(on: JobSide, before: JobSide): void {
    if (on === this) return;
    const difference = this.differenceTo(before);
    if (!on.sees(difference)) return;
    const { runtime } = on.linked.port;
    const places = on.#placesOn(this);
    const wanted = difference.kind === 'in' ? on.#sites(difference) : runtime.sites.keys();
    for (const at of wanted) {
      const site = runtime.sites[at];
      if (site === undefined || runtime.reached[at] === 0 || !site.covers) continue;
      const here = places.get(keyOf(site)) ?? site;
      this.#taken.add(`${here.file}:${here.line}`);
    }
  }

  /** What two sides do differently; `{ kind: 'in', functions: [] }` of a side and itself. */
  differenceTo(other: JobSide): Difference {
    const [low, high] = this.at < other.at ? [this.at, other.at] : [other.at, this.at];
    return low === high ? NONE : this.#job.differences[high]?.[low] ?? { kind: 'everywhere' };
  }

  /** Whether the last run here might have gone otherwise where this differs. */
  sees(difference: Difference): boolean {
    if (this.#run === null || this.#run.status === 'unsupported' || difference.kind === 'everywhere') return true;
    const { reached } = this.linked.port.runtime;
    return this.#sites(difference).some((at) => reached[at] !== 0);
  }
  #sites(difference: Extract<Difference, { kind: 'in' }>): readonly number[] {
    const known = this.#sitesOf.get(difference);
    if (known !== undefined) return known;
    const wanted = new Set(difference.functions);
    const made = this.linked.port.runtime.sites.flatMap((s, at) => (wanted.has(`${s.file}#${s.function}`) ? [at] : []));
    this.#sitesOf.set(difference, made);
    return made;
  }

  /** The last run, as it is on a side that does the same; null where that side lacks what the scenario needs. */
  runOn(other: JobSide, scenario: Scenario): Run | null {
    const run = this.#run;
    if (run === null || scenario.needs.some((n) => symbolOn(other.linked.view, n) === null)) return null;
    if (run.findings.length === 0) return run;
    const places = this.#placesOn(other);
    const moved = (s: Site): Site => places.get(keyOf(s)) ?? s;
    return { ...run, findings: run.findings.map((f): RunFinding => ({
      ...f, site: moved(f.site), stack: f.stack.map(moved), places: f.places.map((p) => ({ ...p, site: moved(p.site) })),
    })) };
  }
  /** Statement by statement: functions that do the same have the same statements in the same order. */
  #placesOn(other: JobSide): ReadonlyMap<string, Site> {
    const known = this.#places.get(other);
    if (known !== undefined) return known;
    const there = byFunction(other.linked.port.runtime.sites);
    const made = new Map<string, Site>();
    for (const [name, mine] of byFunction(this.linked.port.runtime.sites)) {
      const theirs = there.get(name) ?? [];
      if (theirs.length === mine.length) for (const [i, s] of mine.entries()) made.set(keyOf(s), theirs[i] ?? s);
    }
    this.#places.set(other, made);
    return made;
  }

  /** `file:line` of statements that some run reached. */
  reached(): string[] {
    const sites = this.#linked?.port.runtime.sites ?? [];
    return [...sites.flatMap((s, at) => (this.#reached[at] !== 0 && s.covers ? [`${s.file}:${s.line}`] : [])), ...this.#taken];
  }
}

const NONE: Difference = { kind: 'in', functions: [] };

function keyOf(s: Site): string { return `${s.file}\0${s.function}\0${s.line}\0${s.text}`; }
function byFunction(sites: readonly Site[]): Map<string, Site[]> {
  const out = new Map<string, Site[]>();
  for (const s of sites) {
    const name = `${s.file}#${s.function}`;
    const list = out.get(name);
    if (list === undefined) out.set(name, [s]);
    else list.push(s);
  }
  return out;
}
