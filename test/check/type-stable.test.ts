// SPDX-License-Identifier: GPL-2.0-only
// An anon_vma may be freed and be another's before its readers have left: who takes one from a page
// looks at the page again. The cache that allows it, and a port that does not look.

import test from 'ava';
import { isObject } from '../../verifier/check/view.ts';
import { exploreScenario } from '../../verifier/scenario/explored.ts';
import { linkSide } from '../../verifier/scenario/side.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import { loadPort, withFiles, type PortTree } from '../../verifier/tree/load.ts';
import { beside, inShort, sideOf } from '../delta/searches.ts';

const port = loadPort();
const RMAP = 'mm/rmap.ts';

/** The second look of page_get_anon_vma taken out; page_lock_anon_vma_read's is in delta/removed-locks.long.test.ts. */
function withoutLook(tree: PortTree): PortTree {
  const text = tree.files.get(RMAP) ?? '';
  const look = '!page_mapped(page)';
  const at = text.indexOf(look, text.indexOf(look, text.indexOf('export function page_get_anon_vma')) + 1);
  return withFiles(tree, new Map([[RMAP, `${text.slice(0, at)}false${text.slice(at + look.length)}`]]));
}
function found(tree: PortTree, id: string): readonly string[] {
  const search = exploreScenario(sideOf(tree), beside(id), { algorithm: 'source', maxExecutions: 3_000, maxEvents: 3_000 });
  return [...search.bounds, ...search.findings.map((f) => inShort(f.finding))];
}

test('page_get_anon_vma looks whether the page is still mapped', (t) => {
  const id = 'beside/m/anon.munmap,first';
  t.deepEqual(found(withoutLook(port), id), ['use-after-free page_get_anon_vma anon_vma']);
  t.deepEqual(found(port, id), []);
});

test('a type-stable cache gives out again what readers may still look at, and nothing later', (t) => {
  const { view } = linkSide(port.files, CONFIGS.default);
  const fn = (file: string, name: string, ...args: readonly unknown[]): unknown => view.fn(file, name)(...args);
  const SLAB = 'include/linux/slab.ts';
  const RCU = 'include/linux/rcupdate.ts';
  const run = (reuse: boolean, inside: boolean): { readonly same: boolean; readonly told: readonly string[] } => {
    const machine = fn('arch/model/boot.ts', 'boot_machine', { cpus: 2, normal: 32, movable: 32 });
    if (!isObject(machine)) throw new Error('no machine');
    const [a, b] = ['a', 'b'].map((name, i) => fn('arch/model/boot.ts', 'create_task', machine, name, i));
    const told: string[] = [];
    const later: { readonly ready: () => boolean; readonly run: () => void }[] = [];
    machine['reuse_frames'] = reuse;
    machine['on_alloc'] = () => { told.push('given'); };
    machine['on_free'] = () => { told.push('gone'); };
    machine['on_defer'] = (ready: () => boolean, act: () => void) => { later.push({ ready, run: act }); };
    const as = (task: unknown, cpu: number, act: () => unknown): unknown => {
      let result: unknown;
      fn('arch/model/machine.ts', 'run_on', machine, cpu, task, () => { result = act(); });
      return result;
    };
    /** Grace periods that are over end. */
    const settle = (): void => { as(a, 0, () => { for (const l of later.splice(0)) if (l.ready()) l.run(); else later.push(l); }); };
    const cache = as(a, 0, () => fn(SLAB, 'kmem_cache_create', 'stable', () => ({ word: 1 }), view.number(SLAB, 'SLAB_TYPESAFE_BY_RCU')));
    const first = as(a, 0, () => fn(SLAB, 'kmem_cache_alloc', cache, 0));
    if (inside) as(b, 1, () => fn(RCU, 'rcu_read_lock'));
    as(a, 0, () => fn(SLAB, 'kmem_cache_free', cache, first));
    settle();
    const second = as(a, 0, () => fn(SLAB, 'kmem_cache_alloc', cache, 0));
    if (inside) as(b, 1, () => fn(RCU, 'rcu_read_unlock'));
    settle();
    return { same: first === second, told };
  };
  t.deepEqual(run(true, true), { same: true, told: ['given', 'given'] });
  t.deepEqual(run(false, true), { same: false, told: ['given', 'given', 'gone'] });
  t.deepEqual(run(true, false), { same: false, told: ['given', 'gone', 'given'] });
});
