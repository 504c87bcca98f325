// SPDX-License-Identifier: GPL-2.0-only
// What a check may ask: runs and searches of scenarios on targets, on variants of them, and the text of
// functions. Who makes the trees is not its business (delta/laboratory.ts does).

import type { RunFinding } from '../check/finding.ts';
import type { TracedStep } from '../check/trace.ts';
import type { Site } from '../instrument/sites.ts';
import type { Run } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Tested } from '../selftest/verdict.ts';

/** A change to the port that a check needs to decide: what is there is replaced, where it stands once. */
export interface Edit { readonly file: string; readonly from: string; readonly to: string }

export interface Where {
  /** `base`, `device-coherent/v2/3`: the tree after it. */
  readonly target: string;
  readonly switches?: Readonly<Record<string, string>>;
  readonly edits?: readonly Edit[];
}

/** The port, or what a patch makes of it, no longer has what the check looks at. */
export class CannotLook extends Error {}

export interface Laboratory {
  /** Runs a scenario, or searches its threads, and looks at it. The same one is run once. */
  readonly see: (where: Where, scenario: Scenario) => Seen;
  /** Runs those tests of the kernel's own suite whose names match; what they reached together. */
  readonly tests: (where: Where, glob: string) => Suite;
  /** The text of a function without its comments; CannotLook where the side has none. */
  readonly source: (where: Where, file: string, fn: string) => string;
  /** The functions that call one, as `file#function`, sorted. */
  readonly callers: (where: Where, fn: string) => readonly string[];
}

/** What a side's statements were reached by. */
class Coverage {
  readonly #sites: readonly Site[];
  readonly #reached: Uint8Array;
  constructor(sites: readonly Site[], reached: Uint8Array) {
    this.#sites = sites;
    this.#reached = reached;
  }
  /** Whether the function ran; with a text, whether a statement of it that says so did. */
  reached(fn: string, says = ''): boolean {
    return this.#sites.some((site, at) => site.function === fn && this.#reached[at] !== 0 && (says === '' ? site.covers : site.text.includes(says)));
  }
}

/** Tests of the kernel's own suite, as they ended. */
export class Suite extends Coverage {
  readonly tests: readonly Tested[];
  constructor(tests: readonly Tested[], sites: readonly Site[], reached: Uint8Array) {
    super(sites, reached);
    this.tests = tests;
  }
  get passed(): readonly string[] { return this.tests.filter((one) => one.verdict.kind === 'pass').map((one) => one.name); }
  /** `name: why` */
  get failed(): readonly string[] { return this.tests.flatMap((one) => (one.verdict.kind === 'fail' ? [`${one.name}: ${one.verdict.why}`] : [])); }
  get inWords(): string { return `${this.passed.length} pass${this.failed.length === 0 ? '' : `, ${this.failed.length} fail (${this.failed.join('; ')})`}`; }
}

/** A run, as a check reads it. */
export class Seen extends Coverage {
  readonly run: Run;
  constructor(run: Run, sites: readonly Site[], reached: Uint8Array) {
    super(sites, reached);
    if (run.status === 'unsupported') throw new CannotLook(run.bound ?? 'a scenario that this side cannot run');
    this.run = run;
  }

  /** What a named step gave: `P.pin`; a page's place: `page0`. Null where the run has none. */
  value(name: string): string | null {
    return this.run.outcome.split(' ').find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  }
  number(name: string): number | null {
    const value = this.value(name);
    return value === null || !/^-?\d+$/.test(value) ? null : Number(value);
  }
  found(rule: string, fn = ''): readonly RunFinding[] {
    return this.run.findings.filter((f) => f.rule === rule && (fn === '' || f.site.function === fn || f.stack.some((s) => s.function === fn)));
  }
  get rules(): readonly string[] { return [...new Set(this.run.findings.map((f) => `${f.rule} in ${f.site.function}`))].sort(); }
  /** Steps of the trace that changed something; of a search there are none. */
  steps(fn = ''): readonly TracedStep[] { return this.run.trace.filter((s) => fn === '' || s.function === fn); }
  /** Whether every execution that differs was seen. */
  get whole(): boolean { return this.run.status === 'ran'; }
  /** `P.pin=1 page0=system` */
  get outcomes(): readonly string[] { return this.run.search === null ? [this.run.outcome] : this.run.search.outcomes.map((o) => o.key); }
}
