// SPDX-License-Identifier: GPL-2.0-only
// The trees and sides that checks of claims look at: targets as a review has them, and variants of them.

import { findPatch } from '../../patches/index.ts';
import { CannotLook, Seen, Suite, type Laboratory, type Where } from '../claims/laboratory.ts';
import { MAX_EVENTS, runScenario } from '../scenario/run.ts';
import { linkSide, type RunnableSide } from '../scenario/side.ts';
import { matchesGlob } from '../scenario/suite.ts';
import { runSuite } from '../selftest/suite.ts';
import { CONFIGS, resolveArms, type Config } from '../tree/arms.ts';
import { loadPort, withFiles, type PortTree } from '../tree/load.ts';
import { parse } from '../tree/parse.ts';
import { indexFile } from '../tree/statements.ts';
import { tokens } from '../tree/tokens.ts';
import { ts } from '../tree/ts.ts';
import { sidesOf } from './target.ts';

/** alter: what a test makes of each target's tree before anything is looked at. */
export function openLaboratory(port: PortTree = loadPort(), alter: (tree: PortTree, target: string) => PortTree = (tree) => tree): Laboratory {
  const trees = new Map<string, PortTree>();
  const sides = new Map<string, RunnableSide>();
  const seen = new Map<string, Seen>();
  const suites = new Map<string, Suite>();
  const treeOf = (where: Where): PortTree => {
    const key = keyOf(where);
    const known = trees.get(key);
    if (known !== undefined) return known;
    const made = edited(alter(targetTree(where.target, port), where.target), where);
    trees.set(key, made);
    return made;
  };
  const sideOf = (where: Where): RunnableSide => {
    const key = `${keyOf(where)} ${JSON.stringify(where.switches ?? {})}`;
    const known = sides.get(key) ?? linkSide(treeOf(where).files, configOf(where));
    sides.set(key, known);
    return known;
  };
  return {
    see: (where, scenario) => {
      const key = `${keyOf(where)} ${JSON.stringify(where.switches ?? {})} ${JSON.stringify(scenario)}`;
      const known = seen.get(key);
      if (known !== undefined) return known;
      const side = sideOf(where);
      const { runtime } = side.port;
      runtime.clearCoverage();
      const run = runScenario(side, scenario, { trace: scenario.threads === undefined, maxEvents: MAX_EVENTS });
      const made = new Seen(run, runtime.sites, runtime.reached.slice());
      seen.set(key, made);
      return made;
    },
    tests: (where, glob) => {
      const key = `${keyOf(where)} ${JSON.stringify(where.switches ?? {})} ${glob}`;
      const known = suites.get(key);
      if (known !== undefined) return known;
      const side = sideOf(where);
      const { runtime } = side.port;
      runtime.clearCoverage();
      const made = new Suite(runSuite(side, (name) => matchesGlob(name, glob)), runtime.sites, runtime.reached.slice());
      suites.set(key, made);
      return made;
    },
    source: (where, file, fn) => {
      const text = resolveArms(treeOf(where).files.get(file) ?? '', configOf(where));
      const own = indexFile(file, text).functions.find((one) => one.name === fn);
      if (own === undefined) throw new CannotLook(`${where.target} has no ${fn}() in ${file}`);
      return tokens(text.slice(own.pos, own.end)).map((one) => one.text).join(' ');
    },
    callers: (where, fn) => callersOf(treeOf(where), configOf(where), fn),
  };
}

function keyOf({ target, edits }: Where): string { return `${target} ${JSON.stringify(edits ?? [])}`; }
function configOf({ switches }: Where): Config { return { ...CONFIGS.default, ...switches }; }

function targetTree(target: string, port: PortTree): PortTree {
  if (target === 'base') return port;
  const patch = findPatch(target);
  if (patch === undefined) throw new CannotLook(`this build has no ${target}`);
  const trees = sidesOf(patch, port);
  if (!trees.ok || !trees.sides.applied.ok) throw new CannotLook(`${target} does not apply to this port`);
  return trees.sides.applied.tree;
}

function edited(tree: PortTree, { target, edits = [] }: Where): PortTree {
  return edits.reduce((at, { file, from, to }) => {
    const parts = (at.files.get(file) ?? '').split(from);
    if (parts.length !== 2) throw new CannotLook(`${file} of ${target} has not once: ${from.trim()}`);
    return withFiles(at, new Map([[file, parts.join(to)]]));
  }, tree);
}

function callersOf(tree: PortTree, config: Config, fn: string): readonly string[] {
  const out = new Set<string>();
  for (const [file, raw] of tree.files) {
    if (!raw.includes(fn)) continue;
    const source = parse(file, resolveArms(raw, config));
    const visit = (node: ts.Node, inside: string): void => {
      const here = ts.isFunctionDeclaration(node) ? node.name?.text ?? inside : inside;
      if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === fn) out.add(`${file}#${here}`);
      ts.forEachChild(node, (child) => { visit(child, here); });
    };
    visit(source, '');
  }
  return [...out].sort();
}
