// SPDX-License-Identifier: GPL-2.0-only
// The rules: stable names and codes (DESIGN.md, Rules). Codes number each group in its row's
// order and never change; later rules are appended. `decided` is what this build can decide.

export const RULE_NAMES = [
  'use-after-free', 'double-free', 'refcount-underflow', 'refcount-leak', 'pin-mismatch', 'unpinnable-pin', 'lost-page',
  'bad-page-state', 'stale-pte', 'stale-tlb', 'data-corruption', 'null-dereference', 'unprotected-read', 'overlay-misuse',
  'dma-misuse', 'pte-misuse', 'wrong-permission',
  'lock-misuse', 'lock-order', 'sleep-in-atomic', 'deadlock', 'data-race',
  'anchor-missing', 'anchor-ambiguous', 'call-count-changed', 'already-applied', 'overlaps', 'needs-patch', 'refused',
  'livelock', 'unbounded-retry', 'lost-wakeup',
  'bug-on', 'warn-on',
  'type-mismatch', 'config-break', 'use-after-release', 'leak-on-path', 'unchecked-result', 'uninitialized',
  'api-misuse', 'accounting', 'stale-notifier', 'driver-state',
] as const;
export type RuleName = (typeof RULE_NAMES)[number];

export type RuleLayer = 'types' | 'static' | 'run' | 'patch';

export interface Rule {
  readonly name: RuleName;
  readonly code: string;
  readonly group: 'memory' | 'locking' | 'patch' | 'progress' | 'asserts' | 'types and flow' | 'contracts';
  readonly layer: RuleLayer;
  /** One line: what is broken when it fires. */
  readonly summary: string;
  /** False: the name is reserved; this build has no check for it and says so. */
  readonly decided: boolean;
  /** After the finding the execution ends (DESIGN.md, How code runs). */
  readonly ends: boolean;
}

type Row = readonly [RuleName, RuleLayer, boolean, boolean, string];
const row = (group: Rule['group'], base: string, rows: readonly Row[]): Rule[] =>
  rows.map(([name, layer, decided, ends, summary], i) =>
    ({ name, code: `KPV${base}${String(i + 1).padStart(2, '0')}`, group, layer, summary, decided, ends }));

export const RULES: readonly Rule[] = [
  ...row('memory', '01', [
    ['use-after-free', 'run', true, true, 'an object is used after it was freed'],
    ['double-free', 'run', true, true, 'an object is freed that is free already'],
    ['refcount-underflow', 'run', true, true, 'a thread puts a reference that it does not hold'],
    ['refcount-leak', 'run', true, false, 'a reference is left that nobody will put'],
    ['pin-mismatch', 'run', true, false, 'what GUP says it pinned is not what it pinned'],
    ['unpinnable-pin', 'run', true, false, 'a long-term pin on a page that must stay movable'],
    ['lost-page', 'run', true, false, 'a page was taken off its list and never put back'],
    ['bad-page-state', 'run', true, false, 'flags or counts of a page contradict what names it'],
    ['stale-pte', 'run', true, false, 'a page table entry names a page that is free'],
    ['stale-tlb', 'run', true, false, 'a CPU holds a translation that the page table took back'],
    ['data-corruption', 'run', true, true, 'a page does not hold what was last written to it'],
    ['null-dereference', 'run', true, true, 'a NULL pointer is followed'],
    ['unprotected-read', 'run', true, false, 'nothing the reader holds keeps what it reads alive'],
    ['overlay-misuse', 'run', true, false, 'a word of struct page is read through the arm that did not write it'],
    ['dma-misuse', 'run', false, false, 'a DMA mapping is unmapped twice, never, or as another'],
    ['pte-misuse', 'run', true, false, 'an accessor is used on the wrong kind of page table entry'],
    ['wrong-permission', 'run', true, false, 'an entry lets a user write who may not'],
  ]),
  ...row('locking', '02', [
    ['lock-misuse', 'run', true, false, 'a lock is not held where it must be, or held where it must not'],
    ['lock-order', 'run', true, false, 'locks are taken against the order of mm/rmap.c'],
    ['sleep-in-atomic', 'run', true, false, 'code that may sleep runs under a spinlock or with interrupts off'],
    ['deadlock', 'run', true, true, 'a thread waits for what nobody will do'],
    ['data-race', 'run', true, false, 'two plain accesses without order, one a write'],
  ]),
  ...row('patch', '03', [
    ['anchor-missing', 'patch', true, true, 'the statement a hunk stands on is not there'],
    ['anchor-ambiguous', 'patch', true, true, 'the statement a hunk stands on is there more than once'],
    ['call-count-changed', 'patch', true, true, 'a function has another number of callers than the patch believes'],
    ['already-applied', 'patch', true, true, 'the patch was applied before'],
    ['overlaps', 'patch', true, true, 'two hunks change the same statement'],
    ['needs-patch', 'patch', true, true, 'the patch needs another one first'],
    ['refused', 'patch', true, true, 'the patch says what code from a mail may not say'],
  ]),
  ...row('progress', '04', [
    ['livelock', 'run', true, true, 'threads run for ever and none completes a step'],
    ['unbounded-retry', 'run', true, true, 'a loop comes round with an equal state and nobody can change it'],
    ['lost-wakeup', 'run', true, true, 'a thread sleeps on after what it waits for has happened'],
  ]),
  ...row('asserts', '05', [
    ['bug-on', 'run', true, false, 'a BUG, or a VM_BUG_ON that a debug kernel would stop at'],
    ['warn-on', 'run', true, false, 'a WARN of the kernel fires'],
  ]),
  ...row('types and flow', '06', [
    ['type-mismatch', 'types', true, false, 'a value of one kind is handed where another is meant'],
    ['config-break', 'types', true, false, 'a configuration no longer builds'],
    ['use-after-release', 'static', false, false, 'a path uses what it has released'],
    ['leak-on-path', 'static', false, false, 'a path leaves without giving back'],
    ['unchecked-result', 'static', false, false, 'a result that must be looked at is not'],
    ['uninitialized', 'static', false, false, 'a path reads what nobody set'],
  ]),
  ...row('contracts', '07', [
    ['api-misuse', 'run', true, false, 'a driver or caller breaks a stated contract'],
    ['accounting', 'run', true, false, 'a counter differs from what it counts'],
    ['stale-notifier', 'run', true, false, 'a notifier sequence, or a device mapping, outlives its invalidation'],
    ['driver-state', 'run', false, false, "a driver's fields contradict the pages it holds"],
  ]),
];

const byName = new Map(RULES.map((r) => [r.name, r]));

export function ruleNamed(name: RuleName): Rule {
  const rule = byName.get(name);
  if (rule === undefined) throw new Error(`no rule ${name}`);
  return rule;
}

/** A rule by name or code, for the command line. */
export function findRule(word: string): Rule | undefined {
  return RULES.find((r) => r.name === word || r.code === word.toUpperCase());
}
