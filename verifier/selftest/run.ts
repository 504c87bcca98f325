// SPDX-License-Identifier: GPL-2.0-only
// Runs the programs of the suite on one side, each on a machine of its own: the driver is loaded, the
// fixture opens its devices, the program runs, everything is closed, and the driver is unloaded.

import { SPM } from '../scenario/dmirror.ts';
import { isOfThePort, endOf } from '../scenario/ends.ts';
import { errnoName } from '../scenario/errno.ts';
import type { RunnableSide } from '../scenario/link-side.ts';
import { Fixture, type Variant } from './harness.ts';
import { Lab, UAPI } from './lab.ts';
import type { Spoil } from './spoil.ts';
import { Failed, Skip, type Tested, type Verdict } from './verdict.ts';

export interface Test {
  readonly fixture: 'hmm' | 'hmm2';
  readonly name: string;
  readonly program: (f: Fixture) => void;
}

const PLAIN: readonly Variant[] = [{ name: '', minors: [0, 1], memory: 'private' }];
const BOTH: readonly Variant[] = [
  { name: 'device_private', minors: [0, 1], memory: 'private' },
  { name: 'device_coherent', minors: [2, 3], memory: 'coherent' },
];

const BOTH_KINDS = 'HMM_DMIRROR_MIGRATE_TO_SYS';

/** A tree whose driver can have coherent memory runs each program on both kinds. */
export function variantsOf(side: RunnableSide): readonly Variant[] { return side.view.has(UAPI, BOTH_KINDS) ? BOTH : PLAIN; }

export function nameOf(test: Test, variant: Variant): string {
  return [test.fixture, ...(variant.name === '' ? [] : [`${test.fixture}_${variant.name}`]), test.name].join('.');
}

/** spoil: the call of the program that does not do what it should. */
export function runTest(side: RunnableSide, test: Test, variant: Variant, spoil: Spoil | null = null): Tested {
  const name = nameOf(test, variant);
  let lab: Lab | null = null;
  let verdict: Verdict;
  try {
    lab = new Lab(side, spoil);
    perform(lab, test, variant);
    verdict = { kind: 'pass' };
  } catch (e) {
    verdict = verdictOf(e, side, lab);
  }
  return { name, verdict, findings: lab?.findings() ?? [], calls: lab?.calls ?? [] };
}

function perform(lab: Lab, test: Test, variant: Variant): void {
  // In v1 the parameters make all devices public, and the programs here know private and coherent.
  const loaded = lab.insmod(lab.has(UAPI, BOTH_KINDS) ? SPM : {});
  if (loaded !== 0) throw new Failed(`insmod: ${errnoName(loaded)}`);
  const f = new Fixture(lab, variant);
  f.setUp(test.fixture === 'hmm' ? 1 : 2);
  lab.watched = true;
  test.program(f);
  lab.watched = false;
  f.tearDown();
  lab.exit();
  const init = lab.newProcess('rmmod');
  lab.become(init);
  f.equal(errnoName(lab.rmmod()), '0', 'rmmod');
  lab.exit();
  lab.end();
}

function verdictOf(e: unknown, side: RunnableSide, lab: Lab | null): Verdict {
  if (e instanceof Skip) return { kind: 'skip', why: e.message };
  if (e instanceof Failed) return { kind: 'fail', why: e.message };
  const { runtime } = side.port;
  const ended = endOf(e, runtime.here());
  if (ended === null || lab === null) throw e;
  if (ended.kind === 'cut') return { kind: 'fail', why: ended.why };
  if (isOfThePort(e)) {
    try { lab.checker.nullDereference(e.message); } catch { /* noted */ }
  }
  const last = lab.findings().at(-1);
  return { kind: 'fail', why: last === undefined ? ended.result : `${last.rule}: ${last.message}` };
}
