// SPDX-License-Identifier: GPL-2.0-only
// Each decided rule can fire, and can be silent: the programs of its page. A page whose broken
// program breaks nothing, or whose mended one still does, is a defect of the rule or of the page.

import test from 'ava';
import { PATCHES } from '../../patches/index.ts';
import { RULES, type Rule, type RuleName } from '../../verifier/check/rules.ts';
import { gupScenario, PLAIN } from '../../verifier/scenario/gup.ts';
import type { Point } from '../../verifier/scenario/pairs.ts';
import type { Scenario } from '../../verifier/scenario/scenario.ts';
import { applyPatch } from '../../verifier/transform/apply.ts';
import { guarded } from '../../verifier/transform/import/guard.ts';
import { hunk } from '../../verifier/transform/hunk.ts';
import { patch, type PortPatch } from '../../verifier/transform/patch.ts';
import type { Config } from '../../verifier/tree/arms.ts';
import { checkTree, checkTypes } from '../../verifier/tree/check.ts';
import { treeOf } from '../../verifier/tree/load.ts';
import { hasPage, pageOf, port, programScenario, runOn, withFunction, withProgram, type Setting } from './pages.ts';
import { Beside } from './threads.ts';

const decided = RULES.filter((r) => r.decided);

/** Where a program needs more than a page that is mapped and written. */
const SETTINGS: Partial<Record<RuleName, Setting>> = {
  'pte-misuse': { memory: 'private' },
  // Idle: what a real move loses of the dirty bit in v5.15 is another rule's finding (bad-page-state).
  'api-misuse': { memory: 'private', idle: true },
  'wrong-permission': { forked: true },
  livelock: { both: true },
};

/** Rules whose program is a port function put in another's place, and the point it runs at; with
 *  GRAB_FORM own, in which the slow path pins a movable page first and moves it then. */
const POINTS: Partial<Record<RuleName, Point>> = {
  'pin-mismatch': { ...PLAIN, mix: 'uu', fail: 'page3' },
  'unpinnable-pin': { ...PLAIN, mix: 'm' },
  'data-corruption': { ...PLAIN, mix: 'm' },
};

const OWN: Config = { GRAB_FORM: 'own' };

const found = (findings: readonly { readonly rule: RuleName }[]): string[] => [...new Set(findings.map((f) => f.rule))].sort();

/** Rules that are judged while several threads run: their programs are run with another thread in the house. */
const BESIDE: ReadonlySet<RuleName> = new Set(['unprotected-read', 'data-race', 'lost-wakeup']);

for (const rule of decided.filter((r) => BESIDE.has(r.name))) {
  const run = (program: string): Beside => new Beside(withProgram(program), programScenario(rule, { beside: true }));

  test(`${rule.code} ${rule.name}: the broken program breaks it and nothing else`, (t) => {
    const { broken } = pageOf(rule);
    const beside = run(broken);
    t.deepEqual(found(beside.findings), [rule.name], JSON.stringify(beside.findings.map((f) => f.message)));
    t.true(beside.findings.every((f) => f.site.file !== ''), 'it names a place');
    t.is(beside.ended, rule.ends);
  });
  test(`${rule.code} ${rule.name}: the mended program breaks nothing to the end`, (t) => {
    const beside = run(pageOf(rule).mended);
    t.false(beside.ended);
    t.deepEqual(beside.findings.map((f) => `${f.rule}: ${f.message}`), []);
  });
}

for (const rule of decided.filter((r) => r.layer === 'run' && !BESIDE.has(r.name))) {
  test(`${rule.code} ${rule.name}: the broken program breaks it and nothing else`, (t) => {
    const { broken } = pageOf(rule);
    const point = POINTS[rule.name];
    const run = point === undefined
      ? runOn(withProgram(broken), programScenario(rule, SETTINGS[rule.name] ?? {}), 'program')
      : runOn(withFunction(broken), gupScenario(point), 'pin', OWN);
    t.not(run.status, 'unsupported', run.bound ?? '');
    t.deepEqual(found(run.findings), [rule.name], JSON.stringify(run.findings.map((f) => f.message)));
    t.true(run.findings.every((f) => f.site.file !== ''), 'it names a place');
    t.is(run.search === null ? run.endedEarly : run.search.outcomes.some((o) => o.key.includes('end=')), rule.ends);
  });

  test(`${rule.code} ${rule.name}: the mended program breaks nothing to the end`, (t) => {
    const { mended } = pageOf(rule);
    const point = POINTS[rule.name];
    const scenario: Scenario = point === undefined ? programScenario(rule, SETTINGS[rule.name] ?? {}) : gupScenario(point);
    const run = point === undefined ? runOn(withProgram(mended), scenario) : runOn(withFunction(mended), scenario, null, OWN);
    t.is(run.status, 'ran', run.bound ?? '');
    t.false(run.endedEarly);
    t.deepEqual(run.findings.map((f) => `${f.rule}: ${f.message}`), []);
  });
}

for (const rule of decided.filter((r) => r.layer === 'types')) {
  test(`${rule.code} ${rule.name}: the type layer objects to the broken program only`, (t) => {
    const { broken, mended } = pageOf(rule);
    const before = withProgram('export {};\n');
    t.deepEqual(found(checkTypes(before, withProgram(broken)).added), [rule.name]);
    t.deepEqual(checkTypes(before, withProgram(mended)).added, []);
  });
}

for (const rule of decided.filter((r) => r.layer === 'patch' && r.name !== 'refused')) {
  test(`${rule.code} ${rule.name}: the broken edits conflict by it, the mended ones apply`, (t) => {
    const { broken, mended } = pageOf(rule);
    const conflict = applyPatch(port, editsOf(rule, broken), { known: PATCHES });
    t.false(conflict.ok);
    if (!conflict.ok) t.deepEqual([conflict.conflict.rule, conflict.conflict.code], [rule.name, rule.code]);
    const applied = applyPatch(port, editsOf(rule, mended), { known: PATCHES });
    t.true(applied.ok, applied.ok ? '' : JSON.stringify(applied.conflict));
  });
}

for (const rule of decided.filter((r) => r.name === 'refused')) {
  test(`${rule.code} ${rule.name}: the broken edits may not be said, the mended ones may`, (t) => {
    const { broken, mended } = pageOf(rule);
    t.true(guarded(editsOf(rule, broken), port).refused.length > 0);
    const made = guarded(editsOf(rule, mended), port);
    t.deepEqual(made.refused, []);
    t.true(applyPatch(port, made.module).ok);
  });
}

/** The edits of a page: the function that a patch module hands to patch(). */
function editsOf(rule: Rule, text: string): PortPatch {
  const build: unknown = new Function('hunk', `return ${text};`)(hunk);
  if (typeof build !== 'function') throw new Error(`${rule.code}: no edits`);
  const person = { name: 'kpv', email: 'kpv@localhost' };
  return patch({
    series: 'explain', version: 'v1', number: 1, of: 1, subject: rule.name, author: person, date: '', to: [], cc: [], messageId: '', coverId: '',
    files: [], notModelled: [],
  }, (edit) => { Reflect.apply(build, undefined, [edit]); });
}

test('the programs of the run rules are typed as the port is', (t) => {
  const programs = decided.filter((r) => r.layer === 'run' && POINTS[r.name] === undefined).flatMap((rule) => {
    const { broken, mended } = pageOf(rule);
    return [broken, mended].map((text, i) => [`drivers/model/explain-${rule.code}-${i}.ts`, text] as const);
  });
  const files = programs.map(([file]) => file);
  const tree = treeOf({ ...Object.fromEntries(port.files), ...Object.fromEntries(programs.map(([file, text]) => [file, withProgram(text, file).files.get(file) ?? ''])) });
  t.deepEqual(checkTree(tree, files).filter((one) => one.config === 'default').map((one) => `${one.file}:${one.line} ${one.text}`), []);
  t.is(tree.files.size, port.files.size + files.length);
});

test('a page for each decided rule and for no other, under its own title', (t) => {
  for (const rule of RULES) {
    t.is(hasPage(rule), rule.decided, rule.name);
    if (!rule.decided) continue;
    const { text } = pageOf(rule);
    t.true(text.startsWith(`# ${rule.code} ${rule.name}\n`), rule.code);
    t.true(text.split('\n').length <= 71, `${rule.code} is longer than 70 lines`);
  }
});

test('names and codes never change', (t) => {
  const codes = Object.fromEntries(RULES.map((r) => [r.name, r.code]));
  t.is(new Set(Object.values(codes)).size, RULES.length);
  t.is(new Set(Object.keys(codes)).size, RULES.length);
  t.deepEqual(codes, {
    'use-after-free': 'KPV0101', 'double-free': 'KPV0102', 'refcount-underflow': 'KPV0103', 'refcount-leak': 'KPV0104',
    'pin-mismatch': 'KPV0105', 'unpinnable-pin': 'KPV0106', 'lost-page': 'KPV0107', 'bad-page-state': 'KPV0108',
    'stale-pte': 'KPV0109', 'stale-tlb': 'KPV0110', 'data-corruption': 'KPV0111', 'null-dereference': 'KPV0112',
    'unprotected-read': 'KPV0113', 'overlay-misuse': 'KPV0114', 'dma-misuse': 'KPV0115', 'pte-misuse': 'KPV0116',
    'wrong-permission': 'KPV0117',
    'lock-misuse': 'KPV0201', 'lock-order': 'KPV0202', 'sleep-in-atomic': 'KPV0203', deadlock: 'KPV0204', 'data-race': 'KPV0205',
    'anchor-missing': 'KPV0301', 'anchor-ambiguous': 'KPV0302', 'call-count-changed': 'KPV0303', 'already-applied': 'KPV0304',
    overlaps: 'KPV0305', 'needs-patch': 'KPV0306', refused: 'KPV0307',
    livelock: 'KPV0401', 'unbounded-retry': 'KPV0402', 'lost-wakeup': 'KPV0403',
    'bug-on': 'KPV0501', 'warn-on': 'KPV0502',
    'type-mismatch': 'KPV0601', 'config-break': 'KPV0602', 'use-after-release': 'KPV0603', 'leak-on-path': 'KPV0604',
    'unchecked-result': 'KPV0605', uninitialized: 'KPV0606',
    'api-misuse': 'KPV0701', accounting: 'KPV0702', 'stale-notifier': 'KPV0703', 'driver-state': 'KPV0704',
  });
});
