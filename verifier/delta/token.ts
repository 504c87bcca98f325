// SPDX-License-Identifier: GPL-2.0-only
// Replay tokens: `kpv1:` and base64url of a short JSON. A token names the run whole and carries a
// check against the sources, so that one made on other sources is refused with the reason.

import { createHash } from 'node:crypto';
import { treeHash, type PortTree } from '../tree/load.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Switches } from './target.ts';

export interface Token {
  readonly target: string;
  readonly side: 'before' | 'after';
  readonly scenario: string;
  readonly switches: Switches;
  readonly config: string;
  /** Who runs how far (scenario/schedule.ts); empty where one thread runs. */
  readonly schedule: string;
  readonly rule: string;
  readonly function: string;
  /** What the finding is told by, shortened: two may be of one rule and function. Empty in tokens of old. */
  readonly finding: string;
  readonly check: string;
}

export function checkOf(tree: PortTree, scenario: Scenario): string {
  return createHash('sha256').update(treeHash(tree)).update(JSON.stringify(scenario)).digest('hex').slice(0, 8);
}

export function encodeToken(t: Token): string {
  const switches = Object.entries(t.switches).map(([k, v]) => `${k}=${v}`).sort().join(',');
  const fields = [t.target, t.side === 'after' ? 'a' : 'b', t.scenario, switches, t.config, t.schedule, t.rule, t.function, t.check, t.finding];
  return `kpv1:${Buffer.from(JSON.stringify(fields), 'utf8').toString('base64url')}`;
}

export type Decoded = { readonly ok: true; readonly token: Token } | { readonly ok: false; readonly reason: string };

/** Takes a token as a mailer leaves it: wrapped, quoted, in brackets. */
export function decodeToken(word: string): Decoded {
  const bare = word.replace(/[\s<>|]/g, '');
  if (!bare.startsWith('kpv1:')) return { ok: false, reason: 'a replay token starts with kpv1:' };
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(bare.slice(5), 'base64url').toString('utf8'));
  } catch {
    return { ok: false, reason: 'the replay token is damaged: some of it was lost on the way' };
  }
  if (!Array.isArray(fields) || (fields.length !== 9 && fields.length !== 10) || !fields.every((f): f is string => typeof f === 'string')) {
    return { ok: false, reason: 'the replay token is damaged: it does not hold ten fields' };
  }
  const [target = '', side = '', scenario = '', switches = '', config = '', schedule = '', rule = '', fn = '', check = '', finding = ''] = fields;
  if (side !== 'a' && side !== 'b') return { ok: false, reason: 'the replay token is damaged: it names no side' };
  const set: Record<string, string> = {};
  for (const s of switches.split(',').filter((x) => x !== '')) {
    const [k = '', v = ''] = s.split('=');
    set[k] = v;
  }
  return { ok: true, token: { target, side: side === 'b' ? 'before' : 'after', scenario, switches: set, config, schedule, rule, function: fn, finding, check } };
}
