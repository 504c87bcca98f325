// SPDX-License-Identifier: GPL-2.0-only
// Claims about moving coherent pages: what try_to_migrate() does with them, what can be moved to
// the device and back, and how their entries look.

import type { Check } from '../claim.ts';
import type { Edit, Seen } from '../laboratory.ts';
import { Notebook } from '../notebook.ts';
import { evict, fork, load, pin, program, store, take, type Act } from '../programs.ts';
import type { Memory } from '../../scenario/scenario.ts';
import { BASE, G60, pinned, T60, V1_MM, V2, V3 } from './targets.ts';

/** One page of the device that two processes map, moved back for one of them. */
const SHARED = (memory: Memory) => program({
  id: `shared-${memory}`, pages: 1, memory, acts: [store(0, 17), take(memory), fork(), evict(memory), load(0, 'P', 'load'), load(0, 'Q', 'load')],
});
/** The same page with one mapping. */
const ALONE = (memory: Memory) => program({ id: `alone-${memory}`, pages: 1, memory, acts: [store(0, 17), take(memory), evict(memory), load(0, 'P', 'load')] });

const way = (seen: Seen): string => `try_to_migrate() ${seen.reached('try_to_migrate') ? `called, try_to_migrate_one() ${seen.reached('try_to_migrate_one') ? 'called' : 'not called'}` : 'not called'}`;

export const C01: Check = (lab) => {
  const book = new Notebook('C01', lab);
  const shared = [V2, V3].map((where) => book.see(where, SHARED('coherent'), way));
  const single = book.see(V3, ALONE('coherent'), way);
  const other = book.see(V3, SHARED('private'), way);
  const later = book.see(T60, SHARED('coherent'), way);
  const stays = shared.every((seen) => seen.reached('try_to_migrate') && !seen.reached('try_to_migrate_one') && seen.number('P.evict') === 0 && seen.value('page0') !== 'system');
  if (shared.some((seen) => seen.reached('try_to_migrate') && seen.value('page0') === 'system')) return book.refuted('a page moved after try_to_migrate() was called for it');
  if (!stays) return book.notReproduced('no run called try_to_migrate() for such a page and left it where it was');
  const alone = single.number('P.evict') === 1 && !single.reached('try_to_migrate');
  return book.confirmed(
    `mapped by two processes the page never moves: try_to_migrate() is called and returns before any entry is looked at${other.number('P.evict') === 1 ? '; a private page in its place moves' : ''}${later.number('P.evict') === 1 ? '; with the form of v6.0 it moves' : ''}`,
    alone ? 'only where it is called: a page with one mapping that the collection could lock moves without it' : null,
  );
};

/** try_to_migrate() lets every page of a device through; what comes after it is as posted. */
const LIFTED: Edit = { file: 'mm/rmap.ts', from: '  if (is_zone_device_page(page) && !is_device_private_page(page))\n    return;\n', to: '' };

export const C03: Check = (lab) => {
  const book = new Notebook('C03', lab);
  const seen = book.see({ ...V3, edits: [LIFTED] }, SHARED('coherent'), (one) => `${way(one)}; ${one.rules.join(', ')}`);
  if (!seen.reached('try_to_migrate_one')) return book.notReproduced('try_to_migrate_one() was not called with the guard lifted');
  const wrong = seen.run.findings.filter((f) => f.site.function === 'try_to_migrate_one');
  if (wrong.length === 0) return book.refuted('with the guard in try_to_migrate() lifted, nothing in try_to_migrate_one() is at fault for a present entry');
  return book.confirmed(`with only the guard lifted, try_to_migrate_one() takes a present entry for a swap entry: ${[...new Set(wrong.map((f) => `\`${f.site.text}\``))].join(', ')}`,
    seen.number('P.evict') === 1 ? 'the page itself moves, and keeps its data' : null);
};

/** What a run of the shared page changed after it came to the device, without frames' numbers. */
function effects(seen: Seen): string {
  return seen.steps().filter((s) => s.scenarioStep === 'P.evict').flatMap((s) => s.values.map((v) => `${s.function} ${v.replace(/0x[\da-f]+/g, 'N').replace(/private entry|device page|movable page/g, (word) => (word === 'private entry' ? 'N' : 'page'))}`)).join('\n');
}

export const C04: Check = (lab) => {
  const book = new Notebook('C04', lab);
  const callers = lab.callers(T60, 'try_to_migrate');
  book.note(`callers of try_to_migrate(): ${callers.join(', ')}`);
  const coherent = book.see(T60, SHARED('coherent'), (seen) => `${way(seen)}; ${seen.rules.join(', ')}`);
  const wrong = coherent.run.findings.filter((f) => f.site.function === 'try_to_migrate_one' || f.site.function === 'remove_migration_pte');
  const arm = coherent.reached('try_to_migrate_one', 'entry = make_readable_migration_entry') || coherent.reached('try_to_migrate_one', 'entry = make_writable_migration_entry');
  book.note(`${effects(coherent).split('\n').length} effects of the move`);
  if (!coherent.reached('try_to_migrate_one')) return book.notReproduced('try_to_migrate_one() was not reached with a coherent page');
  return coherent.number('P.evict') === 1 && arm && wrong.length === 0 && coherent.number('P.load') === 17 && coherent.number('Q.load') === 17
    ? book.confirmed('by the arm of normal pages a coherent page moves from both processes, with its data, and nothing is found on the way', 'for private and coherent pages; FS_DAX, generic and P2P pages are in no page table of the model')
    : book.refuted(`a coherent page does not go through the arm of normal pages as one: ${coherent.run.outcome}${wrong.length === 0 ? '' : `, ${wrong.map((f) => f.rule).join(', ')}`}`);
};

export const C55: Check = (lab) => {
  const book = new Notebook('C55', lab);
  const rows = [['one mapping', pinned('c')], ['four pages', pinned('cccc')], ['two processes', pinned('c', { shared: 'forked', access: 'r' })]] as const;
  const bad: string[] = [];
  let called = 0;
  for (const [what, scenario] of rows) {
    const seen = book.see(G60, scenario, (one) => `${one.run.costs.callbacks} calls of the driver`);
    called += seen.run.costs.callbacks;
    const data = Array.from({ length: scenario.pages }, (_, n) => seen.number(`P.load${n}`) === 17 + n).every(Boolean);
    if (seen.number('P.pin') !== scenario.pages || !data || /page\d+=device/.test(seen.run.outcome) || seen.found('data-corruption').length > 0) bad.push(what);
  }
  book.shownBy(G60, pinned('c'));
  if (bad.length > 0) return book.refuted(`not moved with their data: ${bad.join(', ')}`);
  return called === 0 ? book.confirmed('the form of v6.0 moves the pages with their data, and migrate_to_ram is never called', 'only page_free is') : book.refuted(`the driver is called ${called} times`);
};

const KINDS: readonly (readonly [what: string, acts: readonly Act[]])[] = [
  ['written', [store(0, 17)]], ['never touched', []], ['the zero page', [load(0)]], ['shared after a fork', [store(0, 17), fork()]],
  ['with a short-term pin', [store(0, 17), pin({ longterm: false })]], ['with a reference of GUP', [store(0, 17), pin({ longterm: false, hold: 'GET' })]],
];

export const C08a: Check = (lab) => {
  const book = new Notebook('C08a', lab);
  const rows = KINDS.map(([what, acts]) => ({ what, moved: book.see(V3, program({ id: `to-device-${what.replaceAll(' ', '-')}`, pages: 1, memory: 'coherent', acts: [...acts, take('coherent', 0, 1, 'take')] })).number('P.take') === 1 }));
  const stay = rows.filter((row) => !row.moved).map((row) => row.what);
  const file = 'pages of files are not in the model';
  if (stay.length === rows.length) return book.notReproduced('no page moved to the device', file);
  return stay.length === 0 ? book.confirmed('every kind of anonymous page moved', file)
    : book.refuted(`a page does not move ${stay.join(', nor one ')}; ${rows.filter((row) => row.moved).map((row) => row.what).join(', ')} moved`, `anonymous memory; ${file}`);
};

const PINS: readonly (readonly [what: string, act: Act])[] = [
  ['a short-term pin', pin({ longterm: false })], ['a short-term pin by the fast path', pin({ longterm: false, path: 'fast' })],
  ['a reference of GUP', pin({ longterm: false, hold: 'GET' })], ['a long-term pin', pin()], ['a long-term pin by the fast path', pin({ path: 'fast' })],
];

export const C08b: Check = (lab) => {
  const book = new Notebook('C08b', lab);
  const rows = PINS.map(([what, act]) => {
    const seen = book.see(V3, program({ id: `evict-under-${what.replaceAll(' ', '-')}`, pages: 1, memory: 'coherent', acts: [store(0, 17), take('coherent'), act, evict('coherent')] }));
    return { what, granted: seen.number('P.pin') === 1, evicted: seen.number('P.evict') === 1 };
  });
  const held = rows.filter((row) => row.granted && !row.evicted).map((row) => row.what);
  return held.length > 0 ? book.refuted(`granted, and the page cannot be evicted meanwhile: ${held.join('; ')}`, 'the pins that are refused leave the page free to go')
    : rows.some((row) => row.granted) ? book.notReproduced('pins were granted, and the page was evicted all the same') : book.confirmed('no pin was granted');
};

/** A coherent page takes the arm of normal pages. */
const ONE_PATH: Edit = { file: 'mm/migrate.ts', from: '    if (is_zone_device_page(page)) {\n      if (is_device_private_page(page)) {', to: '    if (is_zone_device_page(page) && !is_device_coherent_page(page)) {\n      if (is_device_private_page(page)) {' };

/** Pages of the device put into a hole, then read, written, shared and moved back. */
const HOLE = program({
  id: 'hole', pages: 2, memory: 'coherent',
  acts: [take('coherent', 0, 2, 'take'), load(0, 'P', 'load'), store(1, 5, 'P', 'store'), fork(), store(0, 6, 'P', 'write'), load(0, 'Q', 'read'), evict('coherent', 1, 1)],
});

export const C16: Check = (lab) => {
  const book = new Notebook('C16', lab);
  const posted = book.see(V3, HOLE);
  const one = book.see({ ...V3, edits: [ONE_PATH] }, HOLE);
  if (posted.number('P.take') === 0) return book.notReproduced('nothing was inserted');
  const told = (seen: Seen): string => JSON.stringify([seen.run.outcome, seen.rules, seen.steps().map((s) => s.values)]);
  const old = /is_device_coherent_page \( page \) \) \{ entry = pte_mkold/.test(lab.source(V3, 'mm/migrate.ts', 'migrate_vma_insert_page'));
  return told(posted) === told(one) ? book.confirmed(`both arms give the same outcome, findings, counts and entries in ${posted.steps().length} steps`, old ? 'but for the accessed bit, which the arm of the patch clears' : null)
    : book.refuted('the arm of normal pages gives another run');
};

/** Entries of coherent pages: one made by a migration, one put into a hole. */
const ENTRIES = program({
  id: 'entries', pages: 2, memory: 'coherent',
  acts: [store(0, 17), take('coherent', 0, 2, 'take'), pin({ longterm: false, hold: 'GET', pages: 2 }), { by: 'P', do: { unpin: 'pin' } }],
});

function entries(seen: Seen): { readonly made: number; readonly special: number; readonly taken: boolean } {
  const made = seen.steps().flatMap((s) => s.values).filter((v) => /^pte\(.*-> 0x1[\da-f]{3} /.test(v)).length;
  const special = seen.steps().flatMap((s) => s.values).filter((v) => /^pte\(.*-> zero page/.test(v)).length;
  return { made, special, taken: seen.number('P.pin') === 2 && [0, 1].every((n) => seen.value(`page${n}`)?.startsWith('device') === true) };
}

export const C28: Check = (lab) => {
  const book = new Notebook('C28', lab);
  const { made, special, taken } = entries(book.see(V3, ENTRIES));
  if (special > 0) return book.confirmed('their entries are special');
  return made >= 2 && taken ? book.refuted(`${made} entries of coherent pages were made, none special: vm_normal_page() gives the page, and GUP takes it`, 'as the patches stand; whether they should be is a matter of design') : book.notReproduced('no entry of a coherent page was made');
};
export const C29: Check = (lab) => {
  const book = new Notebook('C29', lab);
  const seen = book.see(V3, ENTRIES);
  const { made, special, taken } = entries(seen);
  const devmap = seen.reached('follow_page_pte', 'pgmap.v = get_dev_pagemap');
  if (special > 0 || devmap) return book.refuted('an entry of a coherent page is special or devmap');
  return made >= 2 && taken ? book.confirmed('their entries are neither special nor devmap, pfn_valid() holds, and vm_normal_page() gives the page') : book.notReproduced('no entry of a coherent page was made');
};

export const C30: Check = (lab) => {
  const book = new Notebook('C30', lab);
  const writers = ['set_pte_at', 'set_pte', 'ptep_get_and_clear', 'ptep_clear_flush', 'pte_clear'].flatMap((fn) => lab.callers(V3, fn));
  const drivers = [...new Set(writers.filter((at) => /^(?:drivers|lib)\//.test(at)))];
  book.note(`${new Set(writers).size} functions write entries of CPU page tables: ${[...new Set(writers.map((at) => at.split('#')[0]))].join(', ')}`);
  if (writers.length === 0) return book.notReproduced('nothing writes entries');
  return drivers.length === 0 ? book.confirmed('no function of a driver writes an entry: all that do are in mm and arch', 'amdkfd is not in the port') : book.refuted(`drivers write entries: ${drivers.join(', ')}`);
};

export const C51: Check = (lab) => {
  const book = new Notebook('C51', lab);
  const rows = [['a FOLL_PIN', pin({ longterm: false, name: 'held' })], ['a FOLL_GET', pin({ longterm: false, hold: 'GET', name: 'held' })], ['a plain reference', { by: 'F', do: { hold: 'held', of: 'P', page: 0 } }]] as const;
  const free = book.see(V2, program({ id: 'moved-free', pages: 1, memory: 'coherent', acts: [store(0, 17), take('coherent'), evict('coherent')] }));
  if (free.number('P.evict') !== 1) return book.notReproduced('the page does not move even when nobody holds it');
  const seen = rows.map(([what, act]) => {
    const run = book.see(V2, program({ id: `moved-under-${what.replaceAll(' ', '-')}`, pages: 1, memory: 'coherent', others: ['F'], acts: [store(0, 17), take('coherent'), act, evict('coherent')] }));
    const during = run.steps().filter((s) => s.scenarioStep === 'P.evict');
    return { what, moved: run.number('P.evict') === 1, copied: during.some((s) => s.function === 'migrate_page_move_mapping'), unmapped: during.some((s) => s.function === 'migrate_vma_unmap' && s.values.some((v) => v.includes('unlocked'))) };
  });
  if (seen.some((row) => row.moved)) return book.refuted(`the page moves under ${seen.filter((row) => row.moved).map((row) => row.what).join(', ')}`);
  return book.confirmed(`held by ${seen.map((row) => row.what).join(', by ')} the page does not move: its count is not the expected one`, seen.some((row) => row.copied || row.unmapped) ? 'refused before the mapping is compared' : 'refused in migrate_page_move_mapping(), after the page was unmapped');
};
export const C50: Check = (lab) => {
  const { verdict, ...rest } = C51(lab);
  // The question is whether it would work: the answer that C51 gives is that it would not.
  return { ...rest, verdict: verdict === 'confirmed' ? 'refuted' : verdict === 'refuted' ? 'confirmed' : verdict, command: 'kpv claims C50' };
};

/** The driver has seven pages: it runs out at the eighth round unless it gets them back. */
const ROUNDS = program({ id: 'given-back', pages: 1, memory: 'coherent', acts: [store(0, 17), ...Array.from({ length: 8 }, (_, n) => [take('coherent', 0, 1, `take${n}`), evict('coherent', 0, 1, 'P', `evict${n}`)]).flat()] });
const NO_FREE: Edit = { file: 'mm/memremap.ts', from: '  if (!is_device_page(page)) {', to: '  if (!is_device_private_page(page)) {' };

function givenBack(seen: Seen): { readonly moved: number; readonly freed: number } {
  const moved = Array.from({ length: 8 }, (_, n) => seen.number(`P.evict${n}`) ?? 0).reduce((a, b) => a + b, 0);
  return { moved, freed: seen.steps('free_devmap_managed_page').filter((s) => s.scenarioStep.includes('evict') && s.values.some((v) => / freed$/.test(v))).length };
}
export const C56a: Check = (lab) => {
  const book = new Notebook('C56a', lab);
  const [kept, dropped] = [book.see(V3, ROUNDS), book.see({ ...V3, edits: [NO_FREE] }, ROUNDS)].map(givenBack);
  if (kept === undefined || dropped === undefined || kept.moved !== 8) return book.notReproduced('the driver did not move eight times with seven pages');
  return dropped.moved < kept.moved ? book.confirmed(`without page_free the driver, which has seven pages, moves ${dropped.moved} times; with it as often as it is asked`) : book.refuted('the driver loses nothing without page_free');
};
export const C56b: Check = (lab) => {
  const book = new Notebook('C56b', lab);
  const [kept, dropped] = [book.see(V3, ROUNDS), book.see({ ...V3, edits: [NO_FREE] }, ROUNDS)].map(givenBack);
  if (kept === undefined || dropped === undefined || kept.moved === 0) return book.notReproduced('no page was moved');
  return kept.freed === kept.moved ? book.confirmed(`${kept.freed} calls of page_free for ${kept.moved} pages that left the device`, dropped.freed === 0 ? 'needs the part of patch 1 in mm/memremap.c: without it there is none' : null)
    : book.refuted(`${kept.freed} calls of page_free for ${kept.moved} pages that left the device`);
};

export const C15: Check = (lab) => {
  const book = new Notebook('C15', lab);
  const acts: readonly (readonly Act[])[] = [[evict('coherent')], [load(0, 'P', 'load')], [store(0, 1, 'P', 'store')], [fork(), store(0, 2, 'Q', 'store')], [pin()], [pin({ path: 'fast' })], [pin({ longterm: false })], [{ by: 'P', do: { call: 'dontneed', page: 0, pages: 1 }, name: 'dontneed' }]];
  const calls = (where: typeof V3): number => acts.filter((more, n) => book.see(where, program({ id: `callback-${n}`, pages: 1, memory: 'coherent', acts: [store(0, 17), take('coherent'), ...more] }), (seen) => (seen.reached('model_devmem_fault') ? 'the callback is called' : '')).reached('model_devmem_fault')).length;
  const [v3, v2] = [calls(V3), calls(V2)];
  const asked = /case MEMORY_DEVICE_PRIVATE : case MEMORY_DEVICE_COHERENT :/.test(lab.source(V3, 'mm/memremap.ts', 'memremap_pages'));
  book.note(`memremap_pages() asks coherent memory for the callback: ${asked ? 'yes, it shares the case of private memory' : 'no'}`);
  return v3 > 0 ? book.refuted(`migrate_to_ram is called for coherent pages in ${v3} of ${acts.length} scenarios of v3`)
    : book.confirmed(`no scenario of v3 calls migrate_to_ram for a coherent page${asked ? ', and memremap_pages() insists on it all the same' : ''}`, v2 > 0 ? 'in v3; in v2 the long-term pin calls it' : 'in v3');
};

export const C14: Check = (lab) => {
  const book = new Notebook('C14', lab);
  const text = lab.source({ ...V3, switches: { DEVICE_PRIVATE: 'n' } }, 'mm/memremap.ts', 'memremap_pages');
  const guarded = /case MEMORY_DEVICE_PRIVATE : case MEMORY_DEVICE_COHERENT : if \( ! CONFIG_DEVICE_PRIVATE \) \{[^{}]*return ERR_PTR \( - EINVAL \)/.test(text);
  book.note(`memremap_pages() of v3: coherent memory ${guarded ? 'is refused with -EINVAL' : 'is not refused'} where device-private memory is configured out`);
  let whole = true;
  try { lab.source({ ...V3, switches: { DEVICE_PRIVATE: 'n' } }, 'mm/migrate.ts', 'migrate_vma_setup'); } catch { whole = false; }
  book.note(`migrate_vma_setup() without the option: ${whole ? 'there' : 'not there'}`);
  return guarded ? book.confirmed('memremap_pages() gives -EINVAL for coherent memory where CONFIG_DEVICE_PRIVATE is off', whole ? null : 'all of migrate_vma_* is inside the same option, so such memory could not be migrated to either')
    : book.refuted('memremap_pages() takes coherent memory without CONFIG_DEVICE_PRIVATE');
};

/** A fault on a private page that its driver brings back. */
const PRIVATE_FAULT = program({ id: 'private-fault', pages: 1, memory: 'private', acts: [store(0, 17), take('private'), load(0, 'P', 'load')] });
export const C53: Check = (lab) => {
  const book = new Notebook('C53', lab);
  const seen = book.see(BASE, PRIVATE_FAULT);
  const during = seen.steps().filter((s) => s.scenarioStep === 'P.load');
  const called = during.findIndex((s) => s.function === 'model_devmem_fault');
  const locked = during.findIndex((s) => s.values.some((v) => /^device page .* locked$/.test(v)));
  if (called === -1 || !seen.reached('pfn_swap_entry_to_page')) return book.notReproduced('the fault did not come to the driver');
  book.note(`the callback is step ${called + 1} of the fault, the page is locked ${locked === -1 ? 'never' : `in step ${locked + 1}, by ${during[locked]?.function ?? ''}()`}`);
  if (seen.found('bug-on').length > 0) return book.confirmed('the check in pfn_swap_entry_to_page() fires for a private page that is not locked');
  return locked !== -1 && locked < called ? book.confirmed('the page is locked before the callback') : book.refuted('the check lets an unlocked private page through: when migrate_to_ram is called nobody has locked the page');
};
export const C54: Check = (lab) => {
  const book = new Notebook('C54', lab);
  const seen = book.see(BASE, PRIVATE_FAULT);
  const text = lab.source(BASE, 'include/linux/swapops.ts', 'pfn_swap_entry_to_page');
  const only = /BUG_ON \( is_migration_entry \( entry \) && ! PageLocked/.test(text);
  book.note(`pfn_swap_entry_to_page(): ${only ? 'the check asks for a migration entry first' : 'the check is for every entry'}`);
  const silent = seen.reached('pfn_swap_entry_to_page') && seen.found('bug-on').length === 0;
  if (!seen.reached('pfn_swap_entry_to_page')) return book.notReproduced('no run came to it');
  return only && silent ? book.confirmed('it asks for the lock of migration entries only; a private entry of an unlocked page passes') : book.refuted('it asks for the lock of other entries, too');
};

/** What each selection takes: a page of the system asked for by the device's flag, a page of the device by the system's. */
const SELECTED = {
  back: program({ id: 'select-system-page', pages: 1, memory: 'coherent', acts: [store(0, 17), evict('coherent'), load(0, 'P', 'load')] }),
  there: program({ id: 'select-device-page', pages: 1, memory: 'coherent', acts: [store(0, 17), take('coherent'), take('coherent', 0, 1, 'again'), load(0, 'P', 'load')] }),
};

export const C34: Check = (lab) => {
  const book = new Notebook('C34', lab);
  const [old, now] = [V1_MM, V2].map((where) => ({ system: book.see(where, SELECTED.back).number('P.evict') === 1, device: book.see(where, SELECTED.there).number('P.again') === 1 }));
  if (old === undefined || now === undefined) return book.notReproduced('nothing was selected');
  const taken = [...(old.system ? ['the flag for device memory takes a page of the system'] : []), ...(old.device ? ['the flag for system memory takes a page of the device'] : [])];
  return taken.length > 0 ? book.confirmed(`with v1 ${taken.join(', and ')}`, now.system || now.device ? null : 'v2 takes neither')
    : book.refuted('with v1 each flag takes only what it names');
};
export const C25b: Check = (lab) => {
  const book = new Notebook('C25b', lab);
  const seen = book.see(V1_MM, SELECTED.there);
  const private_ = book.see(V1_MM, program({ id: 'select-private-page', pages: 1, memory: 'private', acts: [store(0, 17), take('private'), take('private', 0, 1, 'again')] }));
  if (seen.number('P.again') === null) return book.notReproduced('the page did not come to the device');
  return seen.number('P.again') === 1 || private_.number('P.again') === 1
    ? book.refuted('with v1 the selection of system pages hands the driver a page that is on the device already', private_.number('P.again') === 1 ? null : 'a public one: private pages are not in the page table as pages')
    : book.confirmed('the selection of system pages hands the driver no page of a device');
};
