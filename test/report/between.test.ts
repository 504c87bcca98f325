// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { deltaJson } from '../../verifier/report/between-json.ts';
import { deltaText } from '../../verifier/report/between-text.ts';
import { PLAIN_PAINT } from '../../verifier/report/paint.ts';
import type { Delta, FindingRow } from '../../verifier/report/between.ts';
import { FINDINGS, REVIEWED } from './fixture.ts';
import { golden } from './golden.ts';

const row = (i: number, over: Partial<FindingRow>): readonly FindingRow[] => FINDINGS.slice(i, i + 1).map((finding) => ({ mark: '=', left: 2, right: 3, hidden: null, finding, ...over }));
const DELTA: Delta = {
  schema: 'kpv.delta/1', left: 'demo/v2', right: 'demo/v3', kernel: 'v5.15', base: 'base', switches: { PFN_LOCKED: 'old', GRAB_FORM: 'own' },
  patches: [
    { mark: '=', left: 'demo/v2/1', right: 'demo/v3/1', subject: 'mm/demo: prepare' },
    { mark: '!', left: 'demo/v2/2', right: 'demo/v3/2', subject: 'mm/demo: count only the pages the caller sees' },
    { mark: '<', left: 'demo/v2/10', right: null, subject: 'tools: test it' },
    { mark: '>', left: null, right: 'demo/v3/3', subject: 'mm/demo: say so' },
  ],
  findings: [...row(4, { mark: '>', left: 0, right: 31 }), ...row(0, {}), ...row(5, { mark: '<', left: 7, right: 0, hidden: 'every run of the right side that could show it ends earlier' }), ...row(1, { mark: '>', left: 0, right: 1 })],
  scenarios: REVIEWED.scenarios.map((s, i) => ({ mark: (['!', '!', '!', '>', '='] as const)[i] ?? '=', id: s.id, threads: s.threads, left: s.before, right: s.after, added: s.added, removed: s.removed })),
  complete: false, limits: ['one thread at a time'],
};

test('two targets side by side', (t) => { golden(t, 'report/between.txt', deltaText(DELTA)); });
test('with what both have, and how to see each again', (t) => { golden(t, 'report/between-verbose.txt', deltaText(DELTA, { paint: PLAIN_PAINT, verbose: true })); });
test('as JSON, twice the same bytes, whatever order the switches came in', (t) => {
  t.is(deltaJson(DELTA), deltaJson({ ...DELTA, switches: { GRAB_FORM: 'own', PFN_LOCKED: 'old' } }));
  t.like(JSON.parse(deltaJson(DELTA)), { schema: 'kpv.delta/1', left: 'demo/v2', patches: [{ mark: '=' }, { mark: '!' }, { mark: '<', right: null }, { mark: '>', left: null }] });
});
