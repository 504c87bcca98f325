// SPDX-License-Identifier: GPL-2.0-only
// The review as data: what every format is a pure function of (DESIGN.md, JSON). Field names and
// order are the contract of `--format json`; change them with the schema's number only.

import type { Step } from '../check/trace.ts';

export type Verdict = 'conflict' | 'outside-port' | 'regression' | 'fix' | 'mixed' | 'behaviour-change' | 'no-change' | 'not-exercised';
export type Layer = 'types' | 'static' | 'run' | 'interleaving';
export type FindingState = 'new' | 'introduced' | 'fixed' | 'same' | 'unmasked';

export interface Place { readonly file: string; readonly line: number; readonly function: string; readonly text: string }
export interface LabelledPlace { readonly label: string; readonly file: string; readonly line: number; readonly function: string; readonly thread: string | null }

export type { Step };

export interface Cycle {
  readonly kind: 'trap' | 'self-sustaining' | 'adversarial';
  readonly preemptionsPerTurn: number;
  readonly expectedRounds: number | null;
  readonly killable: boolean;
  readonly stem: readonly Step[];
  readonly loop: readonly Step[];
}

export interface Finding {
  readonly rule: string;
  readonly code: string;
  readonly fingerprint: string;
  readonly layer: Layer;
  readonly state: FindingState;
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly c: { readonly file: string; readonly function: string; readonly line: number | null };
  readonly scenario: string | null;
  readonly config: string | null;
  readonly message: string;
  readonly replay: string | null;
  readonly steps: number;
  readonly preemptions: number;
  readonly places: readonly LabelledPlace[];
  readonly witness: readonly Step[];
  readonly cycle: Cycle | null;
}

export interface Outcome { readonly key: string; readonly executions: number | null }
export interface Side {
  readonly status: 'ran' | 'unsupported' | 'cut';
  /** Null where states were searched. */
  readonly executions: number | null;
  readonly blocked: number;
  readonly events: number;
  readonly bound: string | null;
  readonly states: number | null;
  readonly outcomes: readonly Outcome[];
}
export interface ScenarioResult {
  readonly id: string;
  readonly threads: number;
  readonly before: Side;
  readonly after: Side;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}
export interface Cost {
  readonly name: string;
  readonly per: string;
  readonly side: 'before' | 'after';
  readonly points: readonly (readonly [number, number])[];
  readonly law: string | null;
}
export interface Conflict {
  readonly rule: string;
  readonly anchor: string;
  readonly nearest: string | null;
  readonly changedBy: string | null;
  readonly place: Place;
}
export interface Apply {
  readonly status: 'applied' | 'conflict' | 'outside-port';
  readonly files: readonly string[];
  readonly typeErrors: number;
  readonly conflicts: readonly Conflict[];
  readonly lines: { readonly translated: number; readonly commentOnly: number; readonly notInPort: number; readonly notUnderstood: number } | null;
  readonly notModelled: readonly string[];
}
export interface PatchReview {
  readonly id: string;
  readonly number: number;
  readonly subject: string;
  readonly messageId: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly apply: Apply;
  readonly findings: readonly Finding[];
  readonly scenarios: readonly ScenarioResult[];
  readonly costs: readonly Cost[];
  readonly unreached: readonly Place[];
}
export interface Review {
  readonly schema: 'kpv.review/1';
  readonly target: string;
  readonly kernel: string;
  readonly base: string;
  readonly switches: Readonly<Record<string, string>>;
  readonly patches: readonly PatchReview[];
  readonly complete: boolean;
  readonly limits: readonly string[];
}
