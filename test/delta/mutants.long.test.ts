// SPDX-License-Identifier: GPL-2.0-only
// How much do the rules see? Each put, unlock, rmap, flush and list statement of the port that the
// plain scenarios reach is taken out, one at a time; a finding or another outcome must tell. What
// nothing tells of is listed: each is either without effect in the model or a rule that is missing.

import test from 'ava';
import { mutate } from '../../verifier/transform/index.ts';
import { indexFile } from '../../verifier/tree/statements.ts';
import { SCENARIOS, treesOf, VARIANTS } from './harness.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import type { PortTree } from '../../verifier/tree/load.ts';
import { runScenario } from '../../verifier/scenario/run.ts';
import { linkSide } from '../../verifier/scenario/side.ts';
import { identity } from '../../verifier/check/finding.ts';

const FILES = ['mm/gup.ts', 'mm/migrate.ts', 'mm/memory.ts', 'mm/rmap.ts', 'mm/swap.ts', 'mm/vmscan.ts', 'mm/memremap.ts', 'mm/mmu_gather.ts'];
const CALLS = /^(put_page|get_page|unlock_page|lock_page|page_remove_rmap|page_add_\w+|page_dup_rmap|pte_unmap_unlock|spin_unlock|spin_lock|anon_vma_(un)?lock\w*|put_anon_vma|get_anon_vma|flush_tlb\w*|set_pte_at\w*|mod_node_page_state|list_(add|del)\w*|lru_cache_add\w*|lru_add_drain\w*|(inc|dec|add)_mm_\w+|ClearPage\w+|SetPage\w+|__SetPage\w+|copy_\w*highpage|migrate_page_\w+|remove_migration_ptes|page_ref_\w+|putback_\w+|unpin_\w+|tlb_\w+)\(/;
/** 116 of 131 when last measured; the others have no effect in the model or are only hints. */
const TOLD = 0.86;

interface Seen { readonly findings: ReadonlySet<string>; readonly outcomes: readonly string[] }
function look(tree: PortTree): Seen & { readonly reached: ReadonlySet<string> } {
  const findings = new Set<string>();
  const outcomes: string[] = [];
  const reached = new Set<string>();
  for (const switches of VARIANTS) {
    const side = linkSide(tree.files, { ...CONFIGS.default, ...switches });
    for (const scenario of SCENARIOS) {
      const run = runScenario(side, scenario);
      outcomes.push(run.outcome);
      for (const f of run.findings) findings.add(identity(f));
    }
    side.port.runtime.reached.forEach((n, at) => {
      const site = side.port.runtime.sites[at];
      if (n !== 0 && site !== undefined) reached.add(`${site.file}:${site.line}`);
    });
  }
  return { findings, outcomes, reached };
}

test('statements taken out one at a time', (t) => {
  t.timeout(3_000_000);
  const { before: tree } = treesOf('device-coherent/v2/3');
  const plain = look(tree);
  let told = 0;
  const silent: string[] = [];
  for (const file of FILES) {
    const seen = new Map<string, number>();
    for (const s of indexFile(file, tree.files.get(file) ?? '').statements) {
      if (s.kind !== 'ExpressionStatement' || !CALLS.test(s.text)) continue;
      const key = `${s.function}\0${s.text}`;
      const ordinal = seen.get(key) ?? 0;
      seen.set(key, ordinal + 1);
      if (!plain.reached.has(`${file}:${s.line}`)) continue;
      const broken = mutate(tree, file, s.function, s.text, '', { ordinal });
      if (!broken.ok) continue;
      const now = look(broken.tree);
      const differs = [...now.findings].some((f) => !plain.findings.has(f)) || now.outcomes.some((o, i) => o !== plain.outcomes[i]);
      if (differs) told += 1; else silent.push(`${file}:${s.line} ${s.function}: ${s.text}`);
    }
  }
  const all = told + silent.length;
  t.log(`${told} of ${all} told`);
  for (const s of silent) t.log(s);
  t.true(told / all >= TOLD, `${told} of ${all}`);
});
