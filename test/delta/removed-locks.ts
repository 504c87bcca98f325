// SPDX-License-Identifier: GPL-2.0-only
// The port with one lock not taken, or one look at what may have changed meanwhile not taken:
// candidates found in the text, and what a few searches say of each. With an acquisition goes its
// release where the function has one, so that no bookkeeping of locks tells of it, only what
// happens. In the same way nothing that only names a statement counts: findings are compared by
// rule, function and object.

import { exploreScenario } from '../../verifier/scenario/explored.ts';
import { gupScenario, PLAIN } from '../../verifier/scenario/gup.ts';
import { runScenario } from '../../verifier/scenario/run.ts';
import type { Scenario, Step } from '../../verifier/scenario/scenario.ts';
import { withFiles, type PortTree } from '../../verifier/tree/load.ts';
import { indexFile } from '../../verifier/tree/statements.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import { linkSide, type RunnableSide } from '../../verifier/scenario/side.ts';
import { beside, inShort } from './searches.ts';

const FILES = [
  'mm/filemap.ts', 'mm/gup.ts', 'mm/madvise.ts', 'mm/memory.ts', 'mm/migrate.ts', 'mm/mmap.ts', 'mm/page_vma_mapped.ts', 'mm/rmap.ts',
  'mm/swap.ts', 'mm/vmscan.ts', 'kernel/exit.ts', 'kernel/fork.ts', 'arch/model/fault.ts',
] as const;

interface Edit { readonly pos: number; readonly end: number; readonly text: string }
export type Kind = 'page-table lock' | 'page lock' | 'mmap_lock' | 'anon_vma lock' | 'lru lock' | 're-check';
export interface Candidate {
  readonly kind: Kind;
  readonly file: string;
  readonly function: string;
  /** The lines of its statements: one of them must be reached. */
  readonly lines: readonly number[];
  readonly what: string;
  readonly edits: readonly Edit[];
}

/** What a lock's calls are, and what stands for each when it is not taken; null takes the statement out. */
interface Lock {
  readonly kind: Kind;
  /** Which argument is the lock; -1: there is but one. */
  readonly takes: Readonly<Record<string, { readonly lock: number; readonly instead: (args: readonly string[]) => string }>>;
  readonly drops: Readonly<Record<string, { readonly lock: number; readonly instead: (args: readonly string[]) => string }>>;
}
const nothing = (): string => 'undefined';
const LOCKS: readonly Lock[] = [
  {
    kind: 'page-table lock',
    takes: { pte_offset_map_lock: { lock: 3, instead: ([, pmd, addr]) => `unlocked_pte(${pmd}, ${addr})` }, spin_lock: { lock: 0, instead: nothing } },
    drops: { pte_unmap_unlock: { lock: 1, instead: nothing }, spin_unlock: { lock: 0, instead: nothing } },
  },
  {
    kind: 'page lock',
    takes: {
      lock_page: { lock: 0, instead: nothing }, trylock_page: { lock: 0, instead: () => 'true' }, lock_page_or_retry: { lock: 0, instead: () => 'true' },
    },
    drops: { unlock_page: { lock: 0, instead: nothing } },
  },
  {
    kind: 'mmap_lock',
    takes: {
      mmap_read_lock: { lock: 0, instead: nothing }, mmap_write_lock: { lock: 0, instead: nothing }, mmap_read_trylock: { lock: 0, instead: () => 'true' },
      mmap_read_lock_killable: { lock: 0, instead: () => '0' }, mmap_write_lock_killable: { lock: 0, instead: () => '0' },
    },
    drops: { mmap_read_unlock: { lock: 0, instead: nothing }, mmap_write_unlock: { lock: 0, instead: nothing } },
  },
  {
    kind: 'anon_vma lock',
    takes: {
      anon_vma_lock_read: { lock: 0, instead: nothing }, anon_vma_lock_write: { lock: 0, instead: nothing },
      down_write: { lock: 0, instead: nothing }, down_read_trylock: { lock: 0, instead: () => 'true' },
    },
    drops: {
      anon_vma_unlock_read: { lock: 0, instead: nothing }, anon_vma_unlock_write: { lock: 0, instead: nothing },
      up_write: { lock: 0, instead: nothing }, up_read: { lock: 0, instead: nothing },
    },
  },
  {
    kind: 'lru lock',
    takes: {
      lock_page_lruvec_irq: { lock: -1, instead: ([page]) => `pgdat_of(${page}).__lruvec` },
      lock_page_lruvec_irqsave: { lock: -1, instead: ([page]) => `pgdat_of(${page}).__lruvec` },
      relock_page_lruvec_irqsave: { lock: -1, instead: ([page]) => `pgdat_of(${page}).__lruvec` },
    },
    drops: { unlock_page_lruvec_irq: { lock: -1, instead: nothing }, unlock_page_lruvec_irqrestore: { lock: -1, instead: nothing } },
  },
];

/** Looks at an entry, a mapping or a page that stand under the lock which makes them hold: what each is when nothing has
 *  changed. Not pte_unmap_same(): where a pte is one word it looks at nothing, in C as here. */
const CHECKS: readonly { readonly in: RegExp; readonly text: string; readonly instead: string; readonly after?: RegExp }[] = [
  { in: /./, text: '!pte_same(Pte(vmf.pte), entry)', instead: 'false' },
  { in: /./, text: 'pte_same(Pte(vmf.pte), vmf.orig_pte)', instead: 'true' },
  { in: /^do_anonymous_page$/, text: '!pte_none(Pte(vmf.pte))', instead: 'false' },
  { in: /^gup_pte_range$/, text: 'pte_val(pte) !== pte_val(Pte(ptep))', instead: 'false' },
  { in: /^__migration_entry_wait$/, text: '!is_swap_pte(pte)', instead: 'false' },
  { in: /^__migration_entry_wait$/, text: '!is_migration_entry(entry)', instead: 'false' },
  { in: /^check_pte$/, text: '!is_swap_pte(Pte(pvmw.pte))', instead: 'false' },
  { in: /^check_pte$/, text: '!is_migration_entry(entry) &&\n        !is_device_exclusive_entry(entry)', instead: 'false' },
  { in: /^check_pte$/, text: '!is_device_private_entry(entry) &&\n        !is_device_exclusive_entry(entry)', instead: 'false' },
  { in: /^check_pte$/, text: '!pte_present(Pte(pvmw.pte))', instead: 'false' },
  { in: /^check_pte$/, text: 'pfn_is_match(pvmw.page, pfn)', instead: 'true' },
  { in: /^migrate_vma_insert_page$/, text: '!pte_none(Pte(ptep))', instead: 'false' },
  { in: /^page_(get_anon_vma|lock_anon_vma_read)$/, text: '!page_mapped(page)', instead: 'false', after: /atomic_inc_not_zero|down_read_trylock/ },
  { in: /^do_wp_page$/, text: 'PageKsm(page) || page_mapcount(page) !== 1 || page_count(page) !== 1', instead: 'false' },
];

/** Everything that could be taken out, in the order of the text. */
export function candidatesOf(tree: PortTree): readonly Candidate[] {
  return FILES.flatMap((file) => {
    const text = tree.files.get(file) ?? '';
    const lineAt = (pos: number): number => text.slice(0, pos).split('\n').length;
    return indexFile(file, text).functions.flatMap((fn) => {
      const found: Candidate[] = [];
      const candidate = (kind: Kind, what: string, edits: readonly Edit[], at: readonly number[]): void => {
        found.push({ kind, file, function: fn.name, lines: at.map(lineAt), what, edits });
      };
      for (const lock of LOCKS) {
        const takes = callsOf(text, fn, lock.takes);
        const drops = callsOf(text, fn, lock.drops);
        for (const name of [...new Set(takes.map((c) => c.lock))]) {
          const taken = takes.filter((c) => c.lock === name);
          const dropped = drops.filter((c) => c.lock === name);
          const how = dropped.length > 0 ? 'and its release' : 'which others release';
          candidate(lock.kind, `${taken.map((c) => c.said).join(' / ')} ${how}`, [...taken, ...dropped], taken.map((c) => c.pos));
        }
      }
      for (const check of CHECKS) {
        if (!check.in.test(fn.name)) continue;
        for (let pos = text.indexOf(check.text, fn.pos); pos >= 0 && pos < fn.end; pos = text.indexOf(check.text, pos + 1)) {
          // The first look is only a hint.
          if (check.after?.test(text.slice(fn.pos, pos)) === false) continue;
          candidate('re-check', check.text.replace(/\s+/g, ' '), [{ pos, end: pos + check.text.length, text: check.instead }], [pos]);
        }
      }
      return found;
    });
  });
}

type Calls = Lock['takes'];
interface FoundCall extends Edit { readonly lock: string; readonly said: string }
function callsOf(text: string, fn: { readonly pos: number; readonly end: number }, calls: Calls): readonly FoundCall[] {
  const out: FoundCall[] = [];
  const pattern = new RegExp(`(?<![\\w.])(${Object.keys(calls).join('|')})\\(`, 'g');
  pattern.lastIndex = fn.pos;
  for (let m = pattern.exec(text); m !== null && m.index < fn.end; m = pattern.exec(text)) {
    const line = text.slice(text.lastIndexOf('\n', m.index) + 1, m.index);
    const call = calls[m[1] ?? ''];
    if (call === undefined || /^\s*(\/\/|\*|\/\*)|function /.test(line)) continue;
    const args = argumentsAt(text, m.index + m[0].length);
    const lock = call.lock < 0 ? '' : (args.list[call.lock] ?? '').replace(/\.v$/, '').replace(/^FieldRef\((\w+), '(\w+)'\)$/, '$1.$2').replace(/^(\w+)\.root\.rwsem$/, '$1');
    out.push({ pos: m.index, end: args.end, text: call.instead(args.list), lock, said: text.slice(m.index, args.end) });
  }
  return out;
}

function argumentsAt(text: string, from: number): { readonly list: readonly string[]; readonly end: number } {
  const list: string[] = [];
  let depth = 0;
  let start = from;
  for (let at = from; ; at += 1) {
    const c = text[at] ?? ')';
    if ('([{'.includes(c)) depth += 1;
    else if (depth === 0 && (c === ',' || c === ')')) {
      list.push(text.slice(start, at).trim());
      start = at + 1;
      if (c === ')') return { list, end: at + 1 };
    } else if (')]}'.includes(c)) depth -= 1;
  }
}

/** The port with it taken out. */
export function without(tree: PortTree, c: Candidate): PortTree {
  const up = '../'.repeat(c.file.split('/').length - 1);
  // On the first line, so that no other moves.
  const imports = `import { pte_offset_map as unlocked_pte } from '${up}arch/model/pgtable.ts'; import { page_pgdat as pgdat_of } from '${up}include/linux/mm.ts'; `;
  const text = [...c.edits].sort((a, b) => b.pos - a.pos).reduce((t, e) => t.slice(0, e.pos) + e.text + t.slice(e.end), tree.files.get(c.file) ?? '');
  return withFiles(tree, new Map([[c.file, imports + text]]));
}

/** A process whose memory a child has, too. */
function shared(scenario: Scenario): Scenario {
  const fork: Step = { by: 'P', cpu: 0, name: null, do: { call: 'fork', child: 'C' } };
  const exit: Step = { by: 'C', cpu: 0, name: null, do: { call: 'exit' } };
  return { ...scenario, id: `${scenario.id}, forked`, steps: [...scenario.steps, fork], ending: [exit, ...scenario.ending ?? []], observeAfter: scenario.steps.length };
}

/** Three processes share a page, one of them has copied it, and another gives it to the driver: one thread, and a walk that meets a stranger's page. */
function copiedByOne(): Scenario {
  const { threads: _, ending = [], ...rest } = beside('beside/m/take.child-load');
  const step = (by: string, act: Step['do']): Step => ({ by, cpu: 0, name: null, do: act });
  const last = [step('P', { call: 'fork', child: 'D' }), step('C', { store: 0, value: 99 }), { ...step('P', { driver: 'take', memory: 'coherent', page: 0, pages: 1 }), name: 'take' },
    ...['P', 'C', 'D'].map((by) => ({ ...step(by, { load: 0 }), name: 'load' }))];
  return { ...rest, id: 'take a page of three that one has copied', steps: [...rest.steps, ...last, step('D', { call: 'exit' }), ...ending], observeAfter: rest.steps.length + last.length - 1 };
}

/** A process that has not come by its memory yet. */
function untouched(scenario: Scenario): Scenario {
  const steps = scenario.steps.filter((s) => !('store' in s.do));
  return { ...scenario, id: `${scenario.id}, untouched`, steps, observeAfter: steps.length - 1 };
}

/** One thread, then several; what takes longer comes later. */
export const WATCHED: readonly Scenario[] = [
  ...[PLAIN, { ...PLAIN, mix: 'm' }, { ...PLAIN, mix: 'nm', shared: 'forked' }, { ...PLAIN, mix: 'm', lru: 'isolated' }, { ...PLAIN, mix: 'n', shared: 'forked', access: 'r', then: 'store' }].map(gupScenario),
  copiedByOne(),
  beside('beside/c/pin-fast.dontneed'),
  beside('beside/c/pin-fast.dontneed+nowait'),
  beside('beside/c/pin-slow.munmap'),
  beside('beside/p/load.munmap'),
  beside('beside/m/dontneed,store.store'),
  beside('beside/m/dontneed,load.store'),
  untouched(beside('beside/m/store.store')),
  untouched(beside('beside/m/store.idle')),
  beside('beside/mm/hold.dontneed'),
  beside('beside/mm/isolate.dontneed'),
  beside('beside/m/anon.munmap,first'),
  beside('beside/c/evict.child-dontneed'),
  shared(beside('beside/m/store.store')),
  beside('beside/n/pin-slow.dontneed', 'stateful'),
  beside('beside/p/load.dontneed', 'stateful'),
  beside('beside/c/evict.dontneed', 'stateful'),
  beside('beside/c/evict.child-store', 'stateful'),
  beside('beside/c/pin-slow.dontneed'),
  beside('beside/m/load.take', 'stateful'),
  beside('beside/m/idle.munmap,first'),
  beside('beside/m/fork.child-exit'),
  beside('beside/p/load.evict', 'stateful'),
  beside('beside/m/ksm.hide,dontneed,retake'),
];

/** What a run or a search came to; one that was cut says less. */
export interface Seen { readonly whole: boolean; readonly findings: ReadonlySet<string>; readonly outcomes: ReadonlySet<string> }

/** bound: executions, or a hundred times so many states. */
export function look(side: RunnableSide, scenario: Scenario, bound: number): Seen {
  if (scenario.threads === undefined) {
    const run = runScenario(side, scenario);
    return { whole: run.status === 'ran', findings: new Set(run.findings.map(inShort)), outcomes: new Set([run.outcome]) };
  }
  const algorithm = scenario.search ?? 'source';
  const found = exploreScenario(side, scenario, { algorithm, maxExecutions: algorithm === 'source' ? bound : 100 * bound, maxEvents: 3_000 });
  return { whole: found.bounds.length === 0, findings: new Set(found.findings.map((f) => inShort(f.finding))), outcomes: new Set(found.outcomes.map((o) => o.key)) };
}

/** What one has and the other has not, where that says something; null when nothing does. */
export function difference(whole: Seen, broken: Seen): string | null {
  if (!whole.whole) throw new Error('what was cut shows nothing by what it lacks');
  for (const k of ['findings', 'outcomes'] as const) {
    const come = [...broken[k]].filter((x) => !whole[k].has(x)).sort();
    if (come[0] !== undefined) return `${k === 'findings' ? '' : 'outcome '}${come[0]}`;
    const gone = broken.whole ? [...whole[k]].filter((x) => !broken[k].has(x)).sort() : [];
    if (gone[0] !== undefined) return `gone: ${gone[0]}`;
  }
  return null;
}

/** A pin may not even look at a page in ZONE_MOVABLE in the other form: then none is migrated. */
function sideOf(tree: PortTree): RunnableSide { return linkSide(tree.files, { ...CONFIGS.default, GRAB_FORM: 'own' }); }

export interface Whole {
  readonly tree: PortTree;
  readonly watched: readonly Scenario[];
  readonly seen: readonly Seen[];
  /** What of it the scenarios reach. */
  readonly candidates: readonly Candidate[];
}

/** The port as it is: every search to its end, and the candidates that stand where these scenarios come by. */
export function wholeOf(tree: PortTree, watched: readonly Scenario[]): Whole {
  const side = sideOf(tree);
  const seen = watched.map((s) => look(side, s, 100_000));
  const { sites, reached } = side.port.runtime;
  const lines = new Set<string>();
  reached.forEach((n, at) => { if (n !== 0) lines.add(`${sites[at]?.file}:${sites[at]?.line}`); });
  return { tree, watched, seen, candidates: candidatesOf(tree).filter((c) => c.lines.some((l) => lines.has(`${c.file}:${l}`))) };
}

export interface Told { readonly candidate: Candidate; readonly scenario: string | null; readonly by: string }

/** The first scenario that tells of it, and by what: a short look at all of them, then a longer one where that was cut. */
export function tell(whole: Whole, candidate: Candidate, bounds: readonly number[]): Told {
  const side = sideOf(without(whole.tree, candidate));
  const ended = new Set<Scenario>();
  for (const bound of bounds) {
    for (const [i, scenario] of whole.watched.entries()) {
      const before = whole.seen[i];
      if (before === undefined || ended.has(scenario)) continue;
      const now = look(side, scenario, bound);
      const by = difference(before, now);
      if (by !== null) return { candidate, scenario: scenario.id, by };
      if (now.whole) ended.add(scenario);
    }
  }
  return { candidate, scenario: null, by: 'nothing' };
}

export function inWords({ candidate: c, scenario, by }: Told): string {
  return `${c.file}:${c.lines.join()} ${c.function}: ${c.kind}, without ${c.what.replace(/\s+/g, ' ')}: ${scenario === null ? 'not noticed' : `${by} (${scenario})`}`;
}

/** So many of a list, by a seed: the same on every machine. */
export function drawn<T>(list: readonly T[], count: number, seed: number): readonly T[] {
  const rest = [...list];
  const out: T[] = [];
  // Numerical Recipes' linear congruence: any even spread does.
  for (let x = seed >>> 0; out.length < count && rest.length > 0;) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    out.push(...rest.splice(Math.floor(x / 2 ** 32 * rest.length), 1));
  }
  return out;
}
