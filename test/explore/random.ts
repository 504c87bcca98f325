// SPDX-License-Identifier: GPL-2.0-only
// One random program held against plain enumeration; what differs, a line each.

import { explore, replay } from '../../verifier/explore/index.ts';
import { look, type Seen } from './oracle.ts';
import { programOf, shapeOf } from './random-programs.ts';

export interface Compared { readonly seed: number; readonly brute: Seen | null; readonly problems: readonly string[] }

const same = (a: Iterable<string>, b: Iterable<string>): boolean => JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());

/** `brute` is null where enumeration needs more executions than `most`. */
export function compare(seed: number, most: number): Compared {
  const program = programOf(shapeOf(seed));
  const brute = look(program, 'enumerate', most);
  if (!brute.result.complete) return { seed, brute: null, problems: [] };
  const problems: string[] = [];
  for (const order of [0, 7]) {
    const source = look(program, 'source', 1e6, order);
    const executions = (source.result.executions ?? 0) - source.result.ended;
    const say = (what: string): void => { problems.push(`${program.name}, order ${order}: ${what}`); };
    if (!source.result.complete) say('source is not complete');
    if (executions !== brute.traces.size) say(`${executions} executions for ${brute.traces.size} traces`);
    if (!same(source.traces, brute.traces)) say('other traces');
    if (!same(source.ends, brute.ends)) say('other ends');
    if (!same(source.outcomes, brute.outcomes)) say('other outcomes');
    if (!same(source.findings, brute.findings)) say(`findings ${source.findings.join('; ')} for ${brute.findings.join('; ')}`);
  }
  const states = look(program, 'stateful', 1e6);
  if (!states.result.complete) problems.push(`${program.name}: stateful is not complete`);
  if (!same(states.outcomes, brute.outcomes)) problems.push(`${program.name}: stateful has other outcomes`);
  if (!same(states.findings, brute.findings)) problems.push(`${program.name}: stateful has findings ${states.findings.join('; ')} for ${brute.findings.join('; ')}`);
  for (const finding of explore(program, { algorithm: 'source' }).findings) {
    const again = replay(program, finding.schedule);
    if (again.finding?.message !== finding.message || JSON.stringify(again.steps) !== JSON.stringify(finding.steps)) {
      problems.push(`${program.name}: ${finding.schedule} does not replay to ${finding.message}`);
    }
  }
  return { seed, brute, problems };
}
