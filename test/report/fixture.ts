// SPDX-License-Identifier: GPL-2.0-only
// A review made by hand, with one of each thing a report has to show. Its names, counts and lines
// are invented: no test of a format may depend on what the verifier finds today.

import type { Finding, PatchReview, Review, ScenarioResult, Side, Step } from '../../verifier/report/review.ts';
import { hunk, patch, type PatchModule } from '../../verifier/transform/index.ts';

export const PATCH: PatchModule = patch({
  series: 'demo', version: 'v2', number: 3, of: 11, subject: 'mm/demo: count only the pages the caller sees',
  author: { name: 'Ann Author', email: 'ann@example.org' }, date: 'Mon, 6 Dec 2021 12:52:43 -0600',
  to: ['first@example.org', 'linux-mm@example.org'], cc: ['Second Reader <second@example.org>', 'ann@example.org', 'first@example.org'],
  messageId: '20211206-demo-4@example.org', coverId: '20211206-demo-1@example.org', files: ['mm/demo.c'], notModelled: [],
}, ({ file }) => file('mm/demo.ts').hunk('count_pages', hunk`
      let n: int = 0;
    + if (is_device_page(head))
    +   return move_page(start + index * PAGE_SIZE, head);
    +
      return n;
  `));

const id = (mix: string, rest = 'slow.long.w.own.once.none.oom.drained.never.load.now'): string => `gup/${mix}/${rest}`;

const step = (n: number, over: Partial<Step> = {}): Step => ({
  n, cpu: 0, thread: 'P', file: 'mm/demo.ts', line: 100 + n, function: 'count_pages', text: `page_ref_add(page, ${n});`,
  reads: [], writes: ['page._refcount'], values: [`refcount(device page 0x1007) ${n} -> ${n + 1}`], ...over,
});

const finding = (over: Partial<Finding>): Finding => ({
  rule: 'pin-mismatch', code: 'KPV0105', fingerprint: 'ab12cd34ef56ab78', layer: 'run', state: 'new', function: 'count_pages',
  file: 'mm/demo.ts', line: 120, c: { file: 'mm/demo.c', function: 'count_pages', line: null }, scenario: id('mc'), config: 'default',
  message: '2 pages asked for, 16 said to be pinned; before the patch in no run, after it in 31 runs',
  replay: `kpv1:${'QUJDRA'.repeat(40)}`, steps: 10, preemptions: 0,
  places: [
    { label: 'return move_page(start + index * PAGE_SIZE, head)', file: 'mm/demo.ts', line: 120, function: 'count_pages', thread: 'P' },
    { label: 'the page was pinned here', file: 'mm/demo.ts', line: 90, function: 'pin_page', thread: 'P' },
    { label: 'called from rc = count_pages(start, rc, pages)', file: 'mm/demo.ts', line: 140, function: 'walk_pages', thread: null },
  ],
  witness: Array.from({ length: 10 }, (_, i) => step(i + 1)), cycle: null, ...over,
});

export const FINDINGS: readonly Finding[] = [
  finding({
    rule: 'unpinnable-pin', code: 'KPV0106', fingerprint: '01', state: 'same', message: 'device page 0x1007 is pinned for long; before the patch in 4 runs, after it in 3 runs',
    places: [], witness: [], line: 95,
  }),
  finding({
    rule: 'config-break', code: 'KPV0602', fingerprint: '02', layer: 'types', function: 'walk_pages', line: 140, scenario: null, config: 'MIGRATION=n',
    message: 'count_pages() takes 3 arguments and is handed 4', replay: null, steps: 0, witness: [],
    c: { file: 'mm/demo.c', function: 'walk_pages', line: 1802 },
    places: [{ label: 'rc = count_pages(start, rc, pages, flags);', file: 'mm/demo.ts', line: 140, function: 'walk_pages', thread: null }],
  }),
  finding({
    rule: 'unbounded-retry', code: 'KPV0402', fingerprint: '03', function: 'walk_pages', line: 139, scenario: id('cc'),
    message: '`do \u2026 while (!rc)` comes round with an equal state and never ends; before the patch in no run, after it in 1 run',
    c: { file: 'mm/demo.c', function: 'walk_pages', line: null },
    places: [{ label: 'do \u2026 while (!rc)', file: 'mm/demo.ts', line: 139, function: 'walk_pages', thread: 'P' }],
    cycle: {
      kind: 'trap', preemptionsPerTurn: 0, expectedRounds: null, killable: true,
      stem: Array.from({ length: 8 }, (_, i) => step(i + 1)), loop: [step(1, { function: 'walk_pages' }), step(2, { function: '', text: '' })],
    },
  }),
  finding({
    rule: 'lost-page', code: 'KPV0107', fingerprint: '04', state: 'introduced', message: 'movable page 0x13 is on no list; before the patch in no run, after it in 2 runs',
    scenario: id('m', 'slow.pin.r.own.forked.none.page.ownpvec.page1.again.never'), replay: 'kpv1:U2hvcnQ',
  }),
  finding({}),
  finding({
    rule: 'refcount-leak', code: 'KPV0104', fingerprint: '06', state: 'fixed', message: 'a reference is left; before the patch in 7 runs, after it in no run', witness: [],
  }),
];

const side = (keys: readonly string[], over: Partial<Side> = {}): Side => ({
  status: 'ran', executions: 1, blocked: 0, events: 100, bound: null, states: null, outcomes: keys.map((key) => ({ key, executions: 1 })), ...over,
});
const scenario = (name: string, before: Side, after: Side): ScenarioResult => {
  const [a, b] = [before.outcomes.map((o) => o.key), after.outcomes.map((o) => o.key)];
  const both = before.status !== 'unsupported' && after.status !== 'unsupported';
  return { id: name, threads: 1, before, after, added: both ? b.filter((k) => !a.includes(k)) : [], removed: both ? a.filter((k) => !b.includes(k)) : [] };
};

export const REVIEWED: PatchReview = {
  id: PATCH.id, number: 3, subject: PATCH.meta.subject, messageId: PATCH.meta.messageId, verdict: 'mixed', reason: '4 new findings, 1 fixed',
  apply: { status: 'applied', files: ['mm/demo.ts'], typeErrors: 1, conflicts: [], lines: null, notModelled: ['Documentation/demo.rst: text only'] },
  findings: FINDINGS,
  scenarios: [
    scenario(id('mc'), side(['P.pin=2 P.unpin again=0 page0=system page1=device0']), side(['P.pin=16 end=refcount-underflow page0=system page1=device0'])),
    scenario(`${id('mc')}@GRAB_FORM=own`, side(['P.pin=2 page0=device0']), side(['P.pin=-EFAULT page0=system'])),
    scenario(id('cc'), side(['P.pin=2 page0=device0']), side(['P.pin=-EFAULT page0=device0'])),
    scenario(id('p'), side([], { status: 'unsupported', executions: 0, events: 0, bound: 'this side has no MEMORY_DEVICE_COHERENT' }), side(['P.pin=1'])),
    scenario(id('n'), side(['P.pin=1']), side(['P.pin=1'])),
  ],
  costs: [
    { name: 'GUP rounds', per: 'coherent page, driver moves one page a call', side: 'before', points: [[1, 1], [2, 1], [3, 1], [4, 1], [8, 1], [16, 1]], law: '1' },
    { name: 'GUP rounds', per: 'coherent page, driver moves one page a call', side: 'after', points: [[1, 2], [2, 3], [3, 4], [4, 5], [8, 9], [16, 17]], law: 'n + 1' },
    { name: 'pins taken', per: 'coherent page, driver moves one page a call', side: 'after', points: [[1, 2], [2, 7], [4, 5]], law: null },
  ],
  unreached: [{ file: 'mm/demo.ts', line: 122, function: 'count_pages', text: 'return -EBUSY;' }],
};

const quiet = (over: Partial<PatchReview>): PatchReview => ({
  ...REVIEWED, id: 'demo/v2/2', number: 2, subject: 'mm/demo: prepare', messageId: '20211206-demo-3@example.org', verdict: 'no-change',
  reason: 'every changed statement was reached', findings: [], scenarios: [scenario(id('n'), side(['P.pin=1']), side(['P.pin=1']))], costs: [], unreached: [], ...over,
});
export const UNCHANGED: PatchReview = quiet({});
export const CONFLICTED: PatchReview = quiet({
  id: 'demo/v2/3', number: 3, messageId: PATCH.meta.messageId, subject: PATCH.meta.subject, verdict: 'conflict', reason: 'an anchor is gone', scenarios: [],
  apply: {
    status: 'conflict', files: [], typeErrors: 0, lines: null, notModelled: [],
    conflicts: [{
      rule: 'anchor-missing', anchor: 'return n;', nearest: 'return m;', changedBy: 'demo/v2/1',
      place: { file: 'mm/demo.ts', line: 121, function: 'count_pages', text: 'return m;' },
    }],
  },
});
export const OUTSIDE: PatchReview = quiet({
  verdict: 'outside-port', reason: 'only a shell script', scenarios: [],
  apply: { status: 'outside-port', files: [], typeErrors: 0, conflicts: [], lines: { translated: 0, commentOnly: 1, notInPort: 9, notUnderstood: 0 }, notModelled: [] },
});

export function reviewOf(patches: readonly PatchReview[], over: Partial<Review> = {}): Review {
  return {
    schema: 'kpv.review/1', target: 'demo/v2', kernel: 'v5.15', base: 'base', switches: { PFN_LOCKED: 'old', GRAB_FORM: 'own' }, patches, complete: true,
    limits: ['one thread at a time', 'memory order is sequential consistency'], ...over,
  };
}
export const REVIEW: Review = reviewOf([UNCHANGED, REVIEWED]);
export const moduleOf = (name: string): PatchModule | undefined => (name === PATCH.id ? PATCH : undefined);
