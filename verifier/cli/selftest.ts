// SPDX-License-Identifier: GPL-2.0-only
// kpv selftest: the programs of the hmm selftest on the port as a target leaves it.

import { sidesOf, type Switches, type Target } from '../delta/target.ts';
import type { MailTarget } from '../delta/mails.ts';
import { ktapReport } from '../report/ktap.ts';
import { spoiledText } from '../report/spoiled.ts';
import { coverageText } from '../report/selftest-coverage.ts';
import { matchesGlob } from '../scenario/suite.ts';
import { CONFIGS } from '../tree/arms.ts';
import { loadPort, type PortTree } from '../tree/load.ts';
import type { Trees } from '../delta/target.ts';
import type { Context, Flags } from './context.ts';
import { CliError } from './errors.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { checkOutput, writeOutput } from './output.ts';
import { readAnyTarget } from './targets.ts';
import { readSwitches } from './values.ts';

export async function selftest(words: readonly string[], flags: Flags, { io }: Context): Promise<ExitCode> {
  const file = flags.word('output');
  const on = flags.word('on') ?? 'base';
  const target = await readAnyTarget(on, io, flags);
  const switches: Switches = readSwitches(flags.words('set'), target.switches);
  checkOutput(file);
  const trees = lastOf(target);
  const tree = trees === null ? loadPort() : treeAfter(trees, on);
  // Running anything takes the compiler along.
  const [{ runSuite }, { linkSide }, { coverageOf }, { spoilSuite }] = await Promise.all([import('../selftest/suite.ts'), import('../scenario/side.ts'), import('../selftest/coverage.ts'), import('../selftest/spoil.ts')]);
  const side = linkSide(tree.files, { ...CONFIGS.default, ...switches });
  const { runtime } = side.port;
  runtime.clearCoverage();
  const wanted = (name: string): boolean => words.length === 0 || words.some((glob) => matchesGlob(name, glob));
  const tests = runSuite(side, wanted);
  if (tests.length === 0) throw new CliError(`no test matches '${words.join(' ')}' (they are named as hmm.migrate is)`, EXIT.nothingRun);
  writeOutput(io, file, `${ktapReport(tests)}${flags.on('coverage') ? coverageText(coverageOf(runtime.sites, runtime.reached)) : ''}${flags.on('spoil') ? spoiledText(spoilSuite(side, wanted)) : ''}`);
  if (tests.some((one) => one.verdict.kind === 'fail')) return EXIT.findings;
  return tests.some((one) => one.verdict.kind === 'pass') ? EXIT.clean : EXIT.nothingRun;
}

/** The trees around the target's last patch; null for the port as it is. */
function lastOf(target: Target | MailTarget): Trees | null {
  switch (target.kind) {
    case 'base': return null;
    case 'patch': return sidesOf(target.patch);
    case 'series': {
      const last = target.series.patches.at(-1);
      return last === undefined ? null : sidesOf(last);
    }
    case 'mails': return target.patches.at(-1)?.trees ?? null;
  }
}

function treeAfter(trees: Trees, on: string): PortTree {
  const conflict = !trees.ok ? trees.conflict : trees.sides.applied.ok ? null : trees.sides.applied.conflict;
  if (trees.ok && trees.sides.applied.ok) return trees.sides.applied.tree;
  throw new CliError(`${on} does not apply: ${conflict === null ? 'nobody knows why' : `${conflict.rule}: \`${conflict.anchor}\` at ${conflict.place.file}:${conflict.place.line}`}`, EXIT.conflict);
}
