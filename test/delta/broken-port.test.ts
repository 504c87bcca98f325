// SPDX-License-Identifier: GPL-2.0-only
// A port with one put, unlock or pin gone wrong is noticed, by the rule that is about it.

import test from 'ava';
import { loadPort } from '../../verifier/tree/load.ts';
import { mutate } from '../../verifier/transform/index.ts';
import { gupScenario, PLAIN } from '../../verifier/scenario/gup.ts';
import { runScenario } from '../../verifier/scenario/run.ts';
import { linkSide } from '../../verifier/scenario/side.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import { smallReview, treesOf } from './harness.ts';

const port = loadPort();

/** file, function, statement, what stands in its place, a rule of which one must appear. */
const BROKEN: readonly { readonly what: string; readonly file: string; readonly fn: string; readonly find: string; readonly to: string; readonly rules: readonly string[] }[] = [
  { what: 'zap does not put what a private entry held', file: 'mm/memory.ts', fn: 'zap_pte_range', find: 'put_page(page);', to: '', rules: ['refcount-leak'] },
  { what: 'a failed migration keeps its page', file: 'mm/migrate.ts', fn: 'migrate_vma_finalize', find: 'put_page(page);', to: '', rules: ['refcount-leak'] },
  { what: 'finalize does not unlock', file: 'mm/migrate.ts', fn: 'migrate_vma_finalize', find: 'unlock_page(page);', to: '', rules: ['lock-misuse', 'deadlock'] },
  { what: '__unmap_and_move does not unlock', file: 'mm/migrate.ts', fn: '__unmap_and_move', find: 'unlock_page(page);', to: '', rules: ['lock-misuse', 'deadlock'] },
];

for (const b of BROKEN) {
  test(b.what, (t) => {
    const broken = mutate(port, b.file, b.fn, b.find, b.to);
    if (!broken.ok) { t.fail(JSON.stringify(broken.conflict)); return; }
    const { fresh } = smallReview(port, broken.tree);
    t.true(fresh.some((f) => b.rules.some((r) => f.startsWith(`${r} `))), `${b.what}: ${fresh.join(', ') || 'nothing new'}`);
  });
}

test('a retry that drops its pins comes round equal; one that keeps them leaks in each round', (t) => {
  const { after } = treesOf('device-coherent/v2/3');
  const keeps = mutate(after, 'mm/gup.ts', 'check_and_migrate_movable_pages', 'unpin_user_pages(pages, nr_pages);', '');
  if (!keeps.ok) { t.fail(JSON.stringify(keeps.conflict)); return; }
  const found = (tree: typeof after): string[] => runScenario(linkSide(tree.files, CONFIGS.default), gupScenario({ ...PLAIN, foreign: 'ref' }))
    .findings.filter((f) => f.site.function === '__gup_longterm_locked').map((f) => f.rule);
  t.deepEqual(found(after), ['unbounded-retry']);
  t.deepEqual(found(keeps.tree), ['refcount-leak']);
});
