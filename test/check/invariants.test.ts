// SPDX-License-Identifier: GPL-2.0-only
// The invariants of docs/invariants.md that no explain page is about: one statement of the port, or
// of the model's driver, is taken out or changed, and the rule that is named there must see it.

import test from 'ava';
import { ruleNamed, type RuleName } from '../../verifier/check/rules.ts';
import { gupScenario, PLAIN } from '../../verifier/scenario/gup.ts';
import type { Scenario } from '../../verifier/scenario/scenario.ts';
import { mutate } from '../../verifier/transform/mutate.ts';
import type { PortTree } from '../../verifier/tree/load.ts';
import { port, programScenario, runOn, withProgram } from './pages.ts';

interface Mutation {
  readonly of: string;
  readonly file: string;
  readonly in: string;
  readonly find: string;
  readonly put: string;
  readonly ordinal?: number;
  readonly point: Readonly<Record<string, string>>;
  readonly rule: RuleName;
  readonly object: string;
}

const DEVICE = 'drivers/model/device.ts';
const MUTATIONS: readonly Mutation[] = [
  {
    of: 'I4: a free device page keeps its mapping', file: 'mm/memremap.ts', in: 'free_devmap_managed_page', find: 'page.mapping = null;', put: '',
    point: { mix: 'p' }, rule: 'bad-page-state', object: 'device page',
  },
  {
    of: 'I4: the driver forgets a page that came back', file: DEVICE, in: 'model_devmem_free', find: 'dev.free_pages = page;', put: '',
    point: { mix: 'p' }, rule: 'lost-page', object: 'device page',
  },
  {
    of: 'I8: fork does not flush', file: 'kernel/fork.ts', in: 'dup_mmap', find: 'flush_tlb_mm(oldmm);', put: '',
    point: { mix: 'n', shared: 'forked' }, rule: 'stale-tlb', object: 'translation',
  },
  {
    of: 'I9: a device page is put back as if it were on the LRU', file: 'mm/migrate.ts', in: 'migrate_vma_finalize',
    find: 'if (is_zone_device_page(newpage))', put: 'if (!is_zone_device_page(newpage))', point: { mix: 'p' }, rule: 'overlay-misuse', object: 'device page',
  },
  {
    of: 'I15: the entries go back to a source that moved', file: 'mm/migrate.ts', in: 'migrate_vma_finalize',
    find: 'remove_migration_ptes(page, newpage, false);', put: 'remove_migration_ptes(page, page, false);', point: { mix: 'p' }, rule: 'stale-pte', object: 'movable page',
  },
  {
    of: 'I17: fork leaves the parent writable', file: 'mm/memory.ts', in: 'copy_present_pte', find: 'ptep_set_wrprotect(src_mm, addr, src_pte);', put: '',
    point: { mix: 'n', shared: 'forked' }, rule: 'wrong-permission', object: 'page',
  },
  {
    of: 'I19: the driver hands over a destination unlocked', file: DEVICE, in: 'model_devmem_alloc_page', find: 'lock_page(dpage);', put: '',
    point: { mix: 'p' }, rule: 'lock-misuse', object: 'page lock',
  },
  {
    of: 'I20: the driver writes src', file: DEVICE, in: 'model_migrate_to_device_copy', find: 'if (!dpage)\n  continue;', put: 'if (!dpage)\n  continue;\nargs.src[i] = 0;',
    point: { mix: 'p' }, rule: 'api-misuse', object: 'migrate_vma',
  },
  {
    of: 'I20: cpages counts too many', file: 'mm/migrate.ts', in: 'migrate_vma_collect_pmd', find: 'migrate.cpages++;', put: 'migrate.cpages += 2;',
    ordinal: 2, point: { mix: 'p' }, rule: 'accounting', object: 'cpages',
  },
  {
    of: 'I21: a new anonymous page is not counted', file: 'mm/memory.ts', in: 'do_anonymous_page', find: 'inc_mm_counter_fast(vma.vm_mm, MM_ANONPAGES);', put: '',
    point: { mix: 'n' }, rule: 'accounting', object: 'rss',
  },
];

for (const m of MUTATIONS) {
  test(m.of, (t) => {
    const mutated = mutate(port, m.file, m.in, m.find, m.put, m.ordinal === undefined ? {} : { ordinal: m.ordinal });
    if (!mutated.ok) return t.fail(JSON.stringify(mutated.conflict));
    const scenario = gupScenario({ ...PLAIN, ...m.point });
    const run = runOn(mutated.tree, scenario);
    const found = run.findings.map((f) => `${f.rule} ${f.object}`);
    t.true(found.includes(`${m.rule} ${m.object}`), `found: ${run.findings.map((f) => `${f.rule} ${f.object}: ${f.message}`).join('\n')} ${run.outcome}`);
    t.false(runOn(port, scenario).findings.some((f) => f.rule === m.rule && f.object === m.object), 'without the change it is silent');
  });
}

test('I12: the struct pages of a device in use wait for its last page', (t) => {
  const whole = programScenario(ruleNamed('deadlock'), { memory: 'private' });
  const before = whole.steps.findIndex((s) => s.name === 'program');
  const scenario: Scenario = { ...whole, steps: [...whole.steps.slice(0, before), { by: 'P', cpu: 0, name: 'remove', do: { driver: 'remove', memory: 'private' } }] };
  const found = (tree: PortTree): string[] => runOn(tree, scenario).findings.map((f) => `${f.rule} ${f.object}`);
  // The base reference of a page in use is dropped like any other: page_free is called for it (S-U1).
  t.deepEqual(found(port), ['stale-pte device page', 'deadlock completion']);
  const mutated = mutate(port, 'mm/memremap.ts', 'dev_pagemap_cleanup', 'wait_for_completion(pgmap.done);', '');
  if (!mutated.ok) return t.fail(JSON.stringify(mutated.conflict));
  t.deepEqual(found(mutated.tree), ['stale-pte device page', 'use-after-free pgmap']);
});

const lookup = (end: string): string => `
import { get_dev_pagemap } from '../../mm/memremap.ts';
import { __get_locked_pte } from '../../mm/memory.ts';

export function program(mm: mm_struct, addr: uaddr): int {
  const ptl: Ref<spinlock_t> = { v: null };
  const ptep = __get_locked_pte(mm, addr, ptl);
  const pgmap = get_dev_pagemap(swp_offset(pte_to_swp_entry(Pte(ptep))), null);
  pte_unmap_unlock(ptep, ptl.v);
  ${end}
  return pgmap ? 0 : -EFAULT;
}
`;

test('I25: a lookup that is never put, put once, put twice', (t) => {
  const run = (end: string) => runOn(withProgram(lookup(end)), programScenario(ruleNamed('refcount-leak'), { memory: 'private' }), end === 'put_dev_pagemap(pgmap);' ? null : 'program');
  const found = (end: string): string[] => run(end).findings.map((f) => `${f.rule} ${f.object} ${f.site.function}`);
  t.deepEqual(found(''), ['refcount-leak pgmap program']);
  t.deepEqual(found('put_dev_pagemap(pgmap);'), []);
  t.deepEqual(found('put_dev_pagemap(pgmap); put_dev_pagemap(pgmap);'), ['refcount-underflow pgmap program']);
});

test('I18: a wait for a page lock names who holds it', (t) => {
  const twice = `
import { follow_page } from '../../mm/gup.ts';

export function program(mm: mm_struct, addr: uaddr): int {
  mmap_read_lock(mm);
  const page = follow_page(vma_lookup(mm, addr), addr, FOLL_GET) as page;
  mmap_read_unlock(mm);
  lock_page(page);
  lock_page(page);
  return 0;
}
`;
  const run = runOn(withProgram(twice), programScenario(ruleNamed('deadlock'), {}));
  t.deepEqual(run.findings.map((f) => f.rule), ['deadlock']);
  t.regex(run.findings[0]?.message ?? '', /held by P itself$/);
});
