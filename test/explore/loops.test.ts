// SPDX-License-Identifier: GPL-2.0-only
// Random programs that loop. The states of generators against those of a machine whose states are known: the same
// outcomes, errors, deadlocks and livelocks. And 'source' on the same: where it says that it is complete, it is.

import test from 'ava';
import { explore, search, type BuiltAlgorithm, type Cycle } from '../../verifier/explore/index.ts';
import { codeOf, flatProgram, Machine, type Code } from './machine.ts';

interface Shown { readonly outcomes: readonly string[]; readonly findings: readonly string[]; readonly cycles: readonly string[]; readonly complete: boolean; readonly states: number | null }

function machine(code: Code, algorithm: BuiltAlgorithm): Shown {
  const system = new Machine(code), outcomes = new Set<string>(), findings = new Set<string>();
  const result = search(system, { algorithm, maxExecutions: 100_000, maxEvents: 10_000, seed: 0, preemptions: false }, {
    maximal: ({ deadlocked }) => {
      if (system.failure !== null) findings.add(system.failure);
      else if (deadlocked.length > 0) findings.add('deadlock');
      else outcomes.add(system.outcome());
      return 'go on';
    },
  });
  const cycle = (one: Cycle): string => `${one.kind} ${one.preemptionsPerTurn} ${one.loop.length}`;
  return { outcomes: [...outcomes].sort(), findings: [...findings].sort(), cycles: result.cycles.map(cycle), complete: result.complete, states: result.states };
}

function generators(seed: number, code: Code, algorithm: BuiltAlgorithm): Shown {
  const { outcomes, findings, complete, states } = explore(flatProgram(seed, code), { algorithm, maxExecutions: algorithm === 'source' ? 300 : 20_000, maxEvents: 200 });
  const cycles: string[] = [];
  for (const one of findings) if (one.kind === 'livelock') cycles.push(`${one.cycle} ${one.preemptionsPerTurn} ${one.loop.length}`);
  const rest = new Set(findings.filter((one) => one.kind !== 'livelock').map((one) => one.message));
  return { outcomes: outcomes.map((one) => one.key), findings: [...rest].sort(), cycles, complete, states };
}

test('states of looping generators are those of the machine', (t) => {
  let livelocks = 0, deadlocks = 0, sources = 0, looping = 0;
  for (let seed = 1; seed <= 45; seed++) {
    const code = codeOf(seed), known = machine(code, 'stateful'), got = generators(seed, code, 'stateful');
    t.true(known.complete && got.complete, `${seed}`);
    t.deepEqual({ ...got, states: null }, { ...known, states: null }, `${seed}`);
    // Variables that no longer matter may tell states apart; nothing may merge them.
    t.true(got.states! >= known.states!, `${seed}: ${got.states} states for ${known.states}`);
    if (known.cycles.length > 0) livelocks++;
    if (known.findings.includes('deadlock')) deadlocks++;
    if (code.some((own) => own.some((one) => one.k === 'jump'))) looping++;
    const source = generators(seed, code, 'source');
    if (!source.complete) continue;
    sources++;
    t.deepEqual(source.outcomes, known.outcomes, `${seed}, source`);
    const errors = (of: Shown): readonly string[] => of.findings.filter((one) => one !== 'deadlock');
    t.deepEqual(errors(source), errors(known), `${seed}, source`);
  }
  t.true(livelocks > 10 && deadlocks > 1 && sources > 20 && looping > 20, JSON.stringify({ livelocks, deadlocks, sources, looping }));
});

test('a system without generators: the searches agree where nothing loops', (t) => {
  let compared = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const code = codeOf(seed);
    if (code.some((own) => own.some((one, pc) => one.k === 'jump' && one.to <= pc))) continue;
    compared++;
    const brute = machine(code, 'enumerate'), source = machine(code, 'source'), states = machine(code, 'stateful');
    t.deepEqual({ ...source, cycles: [] }, { ...brute, cycles: [] }, `${seed}`);
    t.deepEqual({ ...states, states: null }, { ...brute, states: null }, `${seed}`);
  }
  t.true(compared > 40, `${compared}`);
});
