// SPDX-License-Identifier: GPL-2.0-only
// The translator held against the checker and against runs: every function of the port that says what
// C says is replaced by the translation of the C, in the whole tree at once. Needs a kernel (KPV_KERNEL).

import test from 'ava';
import { linkSide } from '../../../verifier/scenario/side.ts';
import { runScenario, type Run } from '../../../verifier/scenario/run.ts';
import { defaultSuite } from '../../../verifier/scenario/suite.ts';
import { openReader } from '../../../verifier/transform/import/c/read.ts';
import { commonRow } from '../../../verifier/transform/import/compare.ts';
import { openKernel } from '../../../verifier/transform/import/kernel.ts';
import { portSymbols } from '../../../verifier/transform/import/symbols.ts';
import { translateFunction } from '../../../verifier/transform/import/translate/function.ts';
import { CONFIGS, resolveArms } from '../../../verifier/tree/arms.ts';
import { checkTree } from '../../../verifier/tree/check.ts';
import { declarationsOf } from '../../../verifier/tree/declarations.ts';
import { missingImports } from '../../../verifier/tree/imports.ts';
import { loadPort, withFiles, type PortTree } from '../../../verifier/tree/load.ts';
import { renamingsOf, shapesOf } from '../../../verifier/tree/shape.ts';
import { indexFile } from '../../../verifier/tree/statements.ts';

interface Replaced { readonly before: PortTree; readonly after: PortTree; readonly functions: number }

/** Null where there is no kernel to translate. */
async function replaced(): Promise<Replaced | string> {
  const dir = process.env['KPV_KERNEL'];
  const kernel = dir === undefined ? null : openKernel({ dir, rev: null, prefix: null });
  if (kernel === null) return 'skipped: KPV_KERNEL is not set';
  if (!kernel.ok) return `skipped: ${kernel.why}`;
  const before = loadPort();
  const port = declarationsOf(before);
  const reader = await openReader();
  const symbols = portSymbols(before, CONFIGS.default);
  const texts = new Map<string, string>();
  let functions = 0;
  for (const [module, raw] of before.files) {
    const text = resolveArms(raw, CONFIGS.default);
    const c = kernel.read(module.replace(/\.ts$/, '.c')) ?? kernel.read(module.replace(/\.ts$/, '.h'));
    if (c === null) continue;
    const { declarations } = reader.file(c, symbols);
    const edits = indexFile(module, text).functions.flatMap((own) => {
      const fn = declarations.find((one) => one.kind === 'function' && one.name === own.name);
      if (fn?.kind !== 'function' || !/^(?:export )?function \w+\(/.test(text.slice(own.pos))) return [];
      const made = translateFunction(fn, { port, module }).lines.map((one) => one.text).join('\n');
      const a = shapesOf('made.ts', made, renamingsOf(module, text))[0]?.statements ?? [];
      const b = shapesOf(module, text).find((one) => one.name === own.name)?.statements ?? [];
      return a.length > 0 && a.length === b.length && commonRow(a, b).length === a.length ? [{ from: own.pos, to: own.end, made }] : [];
    });
    functions += edits.length;
    texts.set(module, edits.reverse().reduce((out, one) => out.slice(0, one.from) + one.made + out.slice(one.to), text));
  }
  for (const [module, text] of texts) {
    const all = new Map([...before.files, ...texts]);
    const splices = missingImports(module, text, all, [{ from: 0, to: text.length }]).map((one) => one.splice).sort((a, b) => b.from - a.from);
    texts.set(module, splices.reduce((out, one) => out.slice(0, one.from) + one.text + out.slice(one.to), text));
  }
  return { before, after: withFiles(before, texts), functions };
}

/** C has `void *` there: an entry of either level, a pointer with a tag in its low bits. */
const OF_VOID: ReadonlySet<string> = new Set(['lib/test_hmm.ts dmirror_migrate_finalize_and_map', 'mm/mremap.ts move_pgt_entry']);

test('what is translated type-checks and runs in the place of what was written', async (t) => {
  const made = await replaced();
  if (typeof made === 'string') {
    t.log(made);
    t.pass();
    return;
  }
  t.log(`${made.functions} functions replaced`);
  t.true(made.functions > 500);
  const issues = checkTree(made.after, [...made.after.files.keys()], { configs: { default: CONFIGS.default } }).map((one) => `${one.file} ${one.function}: ${one.text}`);
  t.log(issues.join('\n'));
  // C narrows a long without a word; the port says int().
  t.deepEqual(issues.filter((one) => !/: long where int is /.test(one) && !OF_VOID.has(one.split(':')[0] ?? '')), []);

  const sides = [made.before, made.after].map((tree) => linkSide(tree.files, CONFIGS.default));
  const scenarios = defaultSuite().scenarios.filter((one) => one.threads === undefined);
  const said = (run: Run): string => JSON.stringify([run.status, run.outcome, run.events, run.costs, run.findings.map((one) => [one.rule, one.object, one.message])]);
  for (let at = 0; at < scenarios.length; at += 30) {
    const scenario = scenarios[at];
    if (scenario === undefined) continue;
    const [before, after] = sides.map((side) => said(runScenario(side, scenario)));
    t.is(after, before, scenario.id);
  }
});
