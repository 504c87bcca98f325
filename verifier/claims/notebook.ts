// SPDX-License-Identifier: GPL-2.0-only
// What a check writes down while it looks, and the decision that it comes to.

import type { Scenario } from '../scenario/scenario.ts';
import type { Decision } from './claim.ts';
import type { Laboratory, Seen, Suite, Where } from './laboratory.ts';

export class Notebook {
  readonly #lab: Laboratory;
  readonly #story: string[] = [];
  #command: string;
  constructor(id: string, lab: Laboratory) {
    this.#lab = lab;
    this.#command = `kpv claims ${id}`;
  }

  /** Looks, and writes down what came of it. `shows`: more of it, in words. */
  see(where: Where, scenario: Scenario, shows: (seen: Seen) => string = () => ''): Seen {
    const seen = this.#lab.see(where, scenario);
    const more = shows(seen);
    const came = seen.run.search === null ? seen.run.outcome : `${seen.run.search.executions ?? seen.run.search.states ?? 0} ${seen.run.search.executions === null ? 'states' : 'executions'}: ${seen.outcomes.join(' | ')}`;
    this.note(`${named(where)}, ${scenario.id}: ${came}${seen.whole ? '' : `, cut: ${seen.run.bound ?? ''}`}${more === '' ? '' : `; ${more}`}`);
    return seen;
  }
  /** Runs tests of the kernel's own suite, and writes down how they ended. */
  tests(where: Where, glob: string, shows: (suite: Suite) => string = () => ''): Suite {
    const suite = this.#lab.tests(where, glob);
    const more = shows(suite);
    this.note(`${named(where)}, selftest '${glob}': ${suite.inWords}${more === '' ? '' : `; ${more}`}`);
    return suite;
  }
  note(line: string): void { this.#story.push(line); }
  get lab(): Laboratory { return this.#lab; }

  /** What shows the deciding run, where a command of its own does. */
  shownBy(where: Where, scenario: Scenario): this {
    const set = Object.entries(where.switches ?? {}).map(([name, value]) => ` --set ${name}=${value}`).join('');
    if ((where.edits ?? []).length === 0 && !scenario.id.startsWith('claims/')) this.#command = `kpv review ${where.target}${set} --scenario '${scenario.id}'`;
    return this;
  }

  confirmed(evidence: string, condition: string | null = null): Decision { return this.#made('confirmed', evidence, condition); }
  refuted(evidence: string, condition: string | null = null): Decision { return this.#made('refuted', evidence, condition); }
  notReproduced(evidence: string, condition: string | null = null): Decision { return this.#made('not-reproduced', evidence, condition); }
  #made(verdict: Decision['verdict'], evidence: string, condition: string | null): Decision {
    return { verdict, condition, evidence, command: this.#command, story: [...this.#story] };
  }
}

export function named({ target, switches, edits = [] }: Where): string {
  const set = Object.entries(switches ?? {}).map(([name, value]) => `${name}=${value}`);
  return `${target}${set.length === 0 ? '' : `[${set.join(',')}]`}${edits.length === 0 ? '' : ' altered'}`;
}
