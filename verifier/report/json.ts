// SPDX-License-Identifier: GPL-2.0-only
// The review as one JSON document (DESIGN.md, JSON). Fields are written out in the contract's
// order, so that the bytes do not depend on how the review was put together.

import type {
  Apply, Conflict, Cost, Cycle, Finding, LabelledPlace, PatchReview, Place, Review, ScenarioResult, Side, Step,
} from './review.ts';

export function jsonReport(review: Review): string {
  return `${JSON.stringify(reviewOf(review), null, 1)}\n`;
}

const reviewOf = (r: Review): Review => ({
  schema: r.schema, target: r.target, kernel: r.kernel, base: r.base, switches: sorted(r.switches),
  patches: r.patches.map(patchOf), complete: r.complete, limits: r.limits,
});
const patchOf = (p: PatchReview): PatchReview => ({
  id: p.id, number: p.number, subject: p.subject, messageId: p.messageId, verdict: p.verdict, reason: p.reason, apply: applyOf(p.apply),
  findings: p.findings.map(findingOf), scenarios: p.scenarios.map(scenarioOf), costs: p.costs.map(costOf), unreached: p.unreached.map(placeOf),
});
const applyOf = (a: Apply): Apply => ({
  status: a.status, files: a.files, typeErrors: a.typeErrors, conflicts: a.conflicts.map(conflictOf),
  lines: a.lines === null ? null : {
    translated: a.lines.translated, commentOnly: a.lines.commentOnly, notInPort: a.lines.notInPort, notUnderstood: a.lines.notUnderstood,
  },
  notModelled: a.notModelled,
});
const scenarioOf = (s: ScenarioResult): ScenarioResult => ({
  id: s.id, threads: s.threads, before: sideOf(s.before), after: sideOf(s.after), added: s.added, removed: s.removed,
});
export const sideOf = (s: Side): Side => ({
  status: s.status, executions: s.executions, blocked: s.blocked, events: s.events, bound: s.bound, states: s.states,
  outcomes: s.outcomes.map((o) => ({ key: o.key, executions: o.executions })),
});
export const findingOf = (f: Finding): Finding => ({
  rule: f.rule, code: f.code, fingerprint: f.fingerprint, layer: f.layer, state: f.state, function: f.function, file: f.file, line: f.line,
  c: { file: f.c.file, function: f.c.function, line: f.c.line }, scenario: f.scenario, config: f.config, message: f.message, replay: f.replay,
  steps: f.steps, preemptions: f.preemptions, places: f.places.map(labelledOf), witness: f.witness.map(stepOf),
  cycle: f.cycle === null ? null : cycleOf(f.cycle),
});
const labelledOf = (p: LabelledPlace): LabelledPlace => ({ label: p.label, file: p.file, line: p.line, function: p.function, thread: p.thread });
const cycleOf = (c: Cycle): Cycle => ({
  kind: c.kind, preemptionsPerTurn: c.preemptionsPerTurn, expectedRounds: c.expectedRounds, killable: c.killable,
  stem: c.stem.map(stepOf), loop: c.loop.map(stepOf),
});
export const stepOf = (s: Step): Step => ({
  n: s.n, cpu: s.cpu, thread: s.thread, file: s.file, line: s.line, function: s.function, text: s.text,
  reads: s.reads, writes: s.writes, values: s.values,
});
const costOf = (c: Cost): Cost => ({ name: c.name, per: c.per, side: c.side, points: c.points.map(([n, v]) => [n, v] as const), law: c.law });
const placeOf = (p: Place): Place => ({ file: p.file, line: p.line, function: p.function, text: p.text });
const conflictOf = (c: Conflict): Conflict => ({
  rule: c.rule, anchor: c.anchor, nearest: c.nearest, changedBy: c.changedBy, place: placeOf(c.place),
});

export function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
