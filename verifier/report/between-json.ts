// SPDX-License-Identifier: GPL-2.0-only
// Two targets side by side as one JSON document, its fields in the contract's order.

import type { Delta } from './between.ts';
import { findingOf, sideOf, sorted } from './json.ts';

export function deltaJson(delta: Delta): string {
  const { schema, left, right, kernel, base, switches, patches, findings, scenarios, complete, limits } = delta;
  const made: Delta = {
    schema, left, right, kernel, base, switches: sorted(switches),
    patches: patches.map((p) => ({ mark: p.mark, left: p.left, right: p.right, subject: p.subject })),
    findings: findings.map((f) => ({ mark: f.mark, left: f.left, right: f.right, hidden: f.hidden, finding: findingOf(f.finding) })),
    scenarios: scenarios.map((s) => ({ mark: s.mark, id: s.id, threads: s.threads, left: sideOf(s.left), right: sideOf(s.right), added: s.added, removed: s.removed })),
    complete, limits,
  };
  return `${JSON.stringify(made, null, 1)}\n`;
}
