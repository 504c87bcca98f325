// SPDX-License-Identifier: GPL-2.0-only
// Claims about long-term pins of coherent pages: what is pinned, what it costs, and what nothing
// holds on the way.

import type { Check } from '../claim.ts';
import type { Edit, Laboratory, Seen, Where } from '../laboratory.ts';
import { Notebook } from '../notebook.ts';
import { BASE, F61, F615, G60, GRAB_FORMS, grab, named, pinned, remote, V2, V2_TYPE, V3 } from './targets.ts';
import type { Scenario } from '../../scenario/scenario.ts';

/** What a pin of some pages came to, in the words of who asked. */
function pinOf(seen: Seen): number | string | null { return seen.number('P.pin') ?? seen.number('W.pin') ?? seen.value('P.pin') ?? seen.value('W.pin'); }
function onDevice(seen: Seen): boolean { return /page\d+=device/.test(seen.run.outcome); }
function failed(seen: Seen): boolean { const got = pinOf(seen); return typeof got === 'string' && got.startsWith('-'); }

const PATHS: readonly (readonly [name: string, scenario: (mix: string) => Scenario])[] = [
  ['the slow path', (mix) => pinned(mix)], ['the fast path', (mix) => pinned(mix, { path: 'fast' })], ['a remote mm', (mix) => remote(mix)],
  ['a read by the slow path', (mix) => pinned(mix, { access: 'r' })], ['a read by the fast path', (mix) => pinned(mix, { path: 'fast', access: 'r' })],
];

export const C05: Check = (lab) => {
  const book = new Notebook('C05', lab);
  const rows = PATHS.map(([name, of]) => ({ name, scenario: of('c'), seen: book.see(V3, of('c')) }));
  const granted = rows.filter(({ seen }) => !failed(seen) && onDevice(seen));
  const refusedBy = rows.filter(({ seen }) => failed(seen)).map((row) => row.name);
  const [first] = granted;
  if (first !== undefined) {
    book.shownBy(V3, first.scenario);
    return book.refuted(`it pins the page where it is by ${granted.map((row) => row.name).join(', by ')}`, refusedBy.length === 0 ? null : `the claim holds by ${refusedBy.join(', by ')}`);
  }
  return refusedBy.length === rows.length ? book.confirmed('it fails by every path') : book.notReproduced('some paths neither fail nor pin the page where it is');
};

const MIXES: readonly string[] = ['c', 'mc', 'cm', 'nc', 'cn'];

export const C09: Check = (lab) => {
  const book = new Notebook('C09', lab);
  const rows = GRAB_FORMS.flatMap((form) => MIXES.map((mix) => ({ form, mix, seen: book.see(grab(V3, form), pinned(mix)) })));
  const fast = book.see(V3, pinned('c', { path: 'fast' }));
  const errors = [...new Set(rows.map(({ seen }) => String(pinOf(seen))))].sort();
  const granted = rows.filter(({ seen }) => !failed(seen));
  if (granted.length > 0) return book.refuted(`no error for ${granted.map((row) => `${row.mix} with GRAB_FORM=${row.form}`).join(', ')}`);
  const other = errors.filter((e) => e !== '-EFAULT');
  const odd = rows.filter(({ seen }) => pinOf(seen) !== '-EFAULT').map((row) => `${row.mix} with GRAB_FORM=${row.form}`);
  return failed(fast) ? book.confirmed(`${errors.join(' or ')} in all ${rows.length} arrays`)
    : book.refuted('the fast path pins the page where it is', `by the slow path all ${rows.length} arrays fail, with -EFAULT${other.length === 0 ? '' : `, or ${other.join(', ')} for ${odd.join(', ')}`}`);
};

/** A page of the device is refused where a reference to it would be taken. */
const EARLY: Edit = { file: 'mm/gup.ts', from: 'if (!try_grab_page(page, flags)) {', to: 'if ((flags & FOLL_LONGTERM && is_device_page(page)) || !try_grab_page(page, flags)) {' };

export const C11a: Check = (lab) => {
  const book = new Notebook('C11a', lab);
  const rows = ['cnnn', 'ncnn', 'nncn', 'nnnc'].map((mix, k) => {
    const late = book.see(V3, pinned(mix), (seen) => `${seen.run.costs.pins} pins, ${seen.run.costs.unpins} unpins`);
    const early = book.see({ ...V3, edits: [EARLY] }, pinned(mix), (seen) => `${seen.run.costs.pins} pins, ${seen.run.costs.unpins} unpins`);
    return { k, late: late.run.costs.pins + late.run.costs.unpins, early: early.run.costs.pins + early.run.costs.unpins };
  });
  const [first] = rows;
  book.shownBy(V3, pinned('cnnn'));
  if (first === undefined || rows.every((row) => row.late === 0)) return book.notReproduced('nothing was pinned');
  return rows.every((row) => row.early < row.late)
    ? book.confirmed(`of four pages v3 pins and unpins ${first.late / 2} each wherever the coherent one stands; refused when it is grabbed, it pins the ${rows.map((row) => row.early).join(', ')} before it`, 'how much it saves depends on where the page stands')
    : book.refuted('refusing early takes as many pins');
};

const ALL: Partial<Record<string, string>> = { driver: 'range' };
function costsOf(book: Notebook, where: Where, mix: string, more: Partial<Record<string, string>> = {}) {
  const seen = book.see(where, pinned(mix, more), (one) => `${one.run.costs.rounds} rounds, ${one.run.costs.pins} pins, ${one.run.costs.callbacks} calls of the driver`);
  return { ...seen.run.costs, got: pinOf(seen), n: mix.length };
}

export const C44: Check = (lab) => {
  const book = new Notebook('C44', lab);
  const rows = ['c', 'cc', 'ccc', 'cccc'].map((mix) => costsOf(book, V2, mix));
  const mixed = costsOf(book, V2, 'ncnc');
  const whole = costsOf(book, V2, 'cccc', ALL);
  const later = costsOf(book, G60, 'cccc');
  book.shownBy(V2, pinned('cccc'));
  if (rows.some((row) => row.got !== row.n)) return book.notReproduced('not every pin came to its end');
  return rows.every((row) => row.rounds === row.n + 1) ? book.confirmed(`a round for each page of the device, and one that finds none: ${rows.map((row) => row.rounds).join(', ')} rounds and ${rows.map((row) => row.pins).join(', ')} pins for 1 to ${rows.length} pages; ${mixed.rounds} rounds for two among four`, `where the driver moves one page a call; ${whole.rounds} rounds for four where it moves the whole range, and ${later.rounds} with the form of v6.0`)
    : book.refuted(`${rows.map((row) => row.rounds).join(', ')} rounds for 1 to ${rows.length} pages`);
};
export const C45: Check = (lab) => {
  const book = new Notebook('C45', lab);
  const [page, whole] = [costsOf(book, V2, 'cccc'), costsOf(book, V2, 'cccc', ALL)];
  book.shownBy(V2, pinned('cccc', ALL));
  if (page.got !== 4 || whole.got !== 4) return book.notReproduced('not every pin came to its end');
  return whole.callbacks < 4 && whole.callbacks < page.callbacks
    ? book.confirmed(`a driver that moves the whole range is called ${whole.callbacks} time${whole.callbacks === 1 ? '' : 's'} for four pages, in ${whole.rounds} rounds; called for each page it would be 4`, `only where the driver moves more than it is asked: ${page.callbacks} calls in ${page.rounds} rounds where it moves one page`)
    : book.refuted(`a driver that moves the whole range is called ${whole.callbacks} times for four pages`);
};

/** The steps of the first round of v2: the pins go, the driver is called. */
function order(book: Notebook): { readonly unpinned: number; readonly called: number; readonly held: boolean } {
  const during = book.see(V2, pinned('c')).steps().filter((s) => s.scenarioStep === 'P.pin');
  const called = during.findIndex((s) => s.function === 'model_devmem_fault');
  const counts = during.map((s) => s.values.flatMap((v) => { const m = /^refcount\(device page [^)]*\) (\d+) -> (\d+)$/.exec(v); return m === null ? [] : [Number(m[2]) - Number(m[1])]; }).reduce((a, b) => a + b, 0));
  const before = counts.slice(0, Math.max(called, 0));
  const unpinned = before.findIndex((by, n) => by < 0 && before.slice(0, n + 1).some((up) => up > 0));
  const held = before.reduce((a, b) => a + b, 0) > 0;
  book.note(`the driver is called in step ${called + 1} of the pin; before it the count of the page went ${before.filter((by) => by !== 0).map((by) => (by > 0 ? `+${by}` : String(by))).join(', ')}`);
  return { unpinned, called, held };
}
export const C46a: Check = (lab) => {
  const book = new Notebook('C46a', lab);
  const { called, held } = order(book);
  book.shownBy(V2, pinned('c'));
  if (called === -1) return book.notReproduced('the driver was not called');
  return held ? book.confirmed('the pin is still held when the driver is called') : book.refuted('when the driver is called, every reference that the pin took has been given back');
};
export const C46b: Check = (lab) => {
  const book = new Notebook('C46b', lab);
  const { called, unpinned, held } = order(book);
  book.shownBy(V2, pinned('c'));
  if (called === -1) return book.notReproduced('the driver was not called');
  return unpinned !== -1 && unpinned < called && !held ? book.confirmed('the pins go before the driver is called, and nothing of them is left') : book.refuted('the driver is called with the pin held');
};

const ZAPPED = 'beside/c/pin-slow.dontneed';
const NORMAL = 'beside/n/pin-slow.dontneed';
const MOVABLE = 'beside/m/pin-slow.dontneed';
function reads(seen: Seen): readonly string[] {
  return [...new Set(seen.run.findings.filter((f) => (f.rule === 'use-after-free' || f.rule === 'unprotected-read') && (f.site.function === 'check_and_migrate_movable_pages' || f.stack.some((s) => s.function === 'check_and_migrate_movable_pages'))).map((f) => `${f.rule} at \`${f.site.text}\``))].sort();
}

export const C41: Check = (lab) => {
  const book = new Notebook('C41', lab);
  const scenario = named(ZAPPED);
  const posted = book.see(V2, scenario, (seen) => reads(seen).join(', '));
  const later = book.see(V3, scenario, (seen) => reads(seen).join(', '));
  const alone = book.see(V2, pinned('c'), (seen) => reads(seen).join(', '));
  const cured = book.see(G60, scenario, (seen) => reads(seen).join(', '));
  book.shownBy(V2, scenario);
  const freed = posted.found('use-after-free', 'check_and_migrate_movable_pages');
  if (freed.length > 0) return book.confirmed(`${freed.length} uses of a page that has been freed between the unpin and the driver: ${[...new Set(freed.map((f) => `\`${f.site.text}\``))].join(', ')}; ${reads(later).length === 0 ? 'none in v3' : 'in v3 too'}, ${reads(cured).length === 0 && cured.whole ? 'none with the form of v6.0' : 'with the form of v6.0 too'}`, `takes a second thread that gives the page up meanwhile (here MADV_DONTNEED)${reads(alone).some((r) => r.startsWith('use-after-free')) ? '' : '; alone, the mapping keeps the page, and with it the pgmap'}`);
  if (reads(posted).length > 0) return book.confirmed(`nothing that the thread holds keeps the page: ${reads(posted).join(', ')}`, 'no order of the threads was found in which it is gone');
  return posted.whole ? book.refuted('in no order of the two threads is a page used that nothing keeps') : book.notReproduced('the search was cut');
};
export const C47: Check = (lab) => {
  const book = new Notebook('C47', lab);
  const posted = book.see(V2, named(ZAPPED), (seen) => reads(seen).join(', '));
  const base = book.see(BASE, named(MOVABLE), (seen) => reads(seen).join(', '));
  book.shownBy(V2, named(ZAPPED));
  const own = posted.run.findings.filter((f) => f.site.function === 'check_and_migrate_movable_pages' && /use-after-free|unprotected-read/.test(f.rule));
  if (own.length > 0) return book.confirmed(`after the unpin it still looks at the page that it had found in the array: ${[...new Set(own.map((f) => `\`${f.site.text}\``))].join(', ')}`, reads(base).length === 0 ? 'with the patch; without it the function touches only pages that it has isolated' : null);
  return posted.whole ? book.refuted('every page that it touches after the unpin is held by something') : book.notReproduced('the search was cut');
};
export const C48: Check = (lab) => {
  const book = new Notebook('C48', lab);
  const rows = [MOVABLE, NORMAL].map((id) => book.see(BASE, named(id), (seen) => reads(seen).join(', ')));
  book.shownBy(BASE, named(MOVABLE));
  const wrong = rows.flatMap(reads);
  const takes = /get_page \( page \)/.test(lab.source(BASE, 'mm/vmscan.ts', 'isolate_lru_page'));
  if (wrong.length > 0) return book.refuted(`on the base, too: ${wrong.join(', ')}`);
  if (!rows.every((seen) => seen.whole)) return book.notReproduced('a search was cut');
  return takes ? book.confirmed('on the base no order of the threads touches a page that nothing holds; isolate_lru_page() takes a reference') : book.refuted('isolate_lru_page() takes no reference of its own');
};

/** A reference of the callee's own around the call of the driver, as far as try_get_page() gives one. */
const TRY_GET: Edit = {
  file: 'mm/gup.ts',
  from: '  if (page.pgmap && page.pgmap.ops.migrate_to_ram)\n    return page.pgmap.ops.migrate_to_ram(vmf);\n\n  return -EBUSY;',
  to: '  let ret: int = -EBUSY;\n  if (!try_get_page(page))\n    return -EBUSY;\n  if (page.pgmap && page.pgmap.ops.migrate_to_ram)\n    ret = page.pgmap.ops.migrate_to_ram(vmf);\n  put_page(page);\n  return ret;',
};
function withTryGet(book: Notebook): { readonly before: readonly string[]; readonly after: readonly string[]; readonly seen: Seen } {
  const before = book.see(V2, named(ZAPPED), (seen) => seen.rules.join(', '));
  const seen = book.see({ ...V2, edits: [TRY_GET] }, named(ZAPPED), (one) => one.rules.join(', '));
  const bad = (one: Seen): readonly string[] => one.rules.filter((rule) => /^(?:use-after-free|double-free|refcount-underflow|null-dereference)/.test(rule));
  return { before: bad(before), after: bad(seen), seen };
}
export const C43a: Check = (lab) => {
  const book = new Notebook('C43a', lab);
  const { before, after, seen } = withTryGet(book);
  if (before.length === 0) return book.notReproduced('without it there is nothing to cure');
  return after.length === 0 && seen.whole ? book.confirmed('with try_get_page() before the call of the driver no freed page is used') : book.refuted(`with try_get_page() before the call of the driver there is ${after.join(', ')}`, 'counts of device pages based on one');
};
export const C43b: Check = (lab) => {
  const book = new Notebook('C43b', lab);
  const { before, after, seen } = withTryGet(book);
  if (before.length === 0) return book.notReproduced('without it there is nothing to cure');
  return after.length > 0 ? book.confirmed(`try_get_page() succeeds on a page that is free: ${after.join(', ')}`, 'counts of device pages based on one, so that a free page has one') : seen.whole ? book.refuted('try_get_page() never gets a page that is free') : book.notReproduced('the search was cut');
};

export const C42: Check = (lab) => {
  const book = new Notebook('C42', lab);
  const scenario = named('beside/p/load.dontneed');
  const seen = book.see(BASE, scenario, (one) => one.rules.join(', '));
  book.shownBy(BASE, scenario);
  const cures = [F61, F615].filter((where) => { const one = book.see(where, scenario, (run) => run.rules.join(', ')); return one.whole && one.found('use-after-free').length === 0 && one.found('unprotected-read').length === 0; });
  const freed = seen.found('use-after-free', 'do_swap_page');
  if (freed.length > 0) return book.confirmed(`do_swap_page() hands the driver a page that has been freed: ${[...new Set(freed.map((f) => `\`${f.site.text}\``))].join(', ')}${cures.length === 2 ? '; in no order with the forms of v6.1 and v6.15' : ''}`, 'takes a second thread that gives the page up meanwhile (here MADV_DONTNEED)');
  return seen.whole ? book.refuted('in no order of the two threads is a freed page handed to the driver') : book.notReproduced('the search was cut');
};

function grabbed(lab: Laboratory, id: string): { readonly book: Notebook; readonly slow: Seen; readonly fast: Seen; readonly bare: Seen; readonly bareFast: Seen } {
  const book = new Notebook(id, lab);
  const fast = pinned('c', { path: 'fast' });
  return { book: book.shownBy(V2, fast), bare: book.see(V2_TYPE, pinned('c')), bareFast: book.see(V2_TYPE, fast), slow: book.see(V2, pinned('c')), fast: book.see(V2, fast) };
}
const stays = (seen: Seen): boolean => !failed(seen) && onDevice(seen);
export const C52a: Check = (lab) => {
  const { book, bare, bareFast, slow, fast } = grabbed(lab, 'C52a');
  const paths = [...(stays(bare) ? ['the slow path'] : []), ...(stays(bareFast) ? ['the fast path'] : [])];
  if (paths.length === 0) return book.refuted('with the type alone no path pins the page where it is');
  return book.confirmed(`with the type alone ${paths.join(' and ')} pin${paths.length === 1 ? 's' : ''} the page on the device for long`, `with 3/11 ${[...(stays(slow) ? ['the slow path'] : []), ...(stays(fast) ? ['the fast path'] : [])].join(' and ') || 'no path'} still ${stays(slow) && stays(fast) ? 'do' : 'does'}`);
};
export const C52b: Check = (lab) => {
  const { book, slow, fast } = grabbed(lab, 'C52b');
  if (stays(slow)) return book.refuted('the slow path leaves the page pinned on the device');
  return stays(fast) ? book.refuted('the fast path does not go through __gup_longterm_locked(): the page stays pinned on the device', 'by the slow path the page is moved first') : book.confirmed('by both paths the page is moved before it stays pinned');
};
function devmap(lab: Laboratory, id: string): { readonly book: Notebook; readonly took: boolean; readonly came: boolean } {
  const book = new Notebook(id, lab);
  const runs = ['c', 'h'].map((mix) => book.see(V3, pinned(mix, { path: 'fast', hold: 'pin' }), (seen) => (seen.reached('gup_pte_range', 'pgmap = get_dev_pagemap') ? 'the devmap branch was taken' : 'the devmap branch was not taken')));
  return { book: book.shownBy(V3, pinned('c', { path: 'fast', hold: 'pin' })), came: runs.every((seen) => seen.reached('gup_pte_range')), took: runs.some((seen) => seen.reached('gup_pte_range', 'pgmap = get_dev_pagemap')) };
}
export const C52c: Check = (lab) => {
  const { book, took, came } = devmap(lab, 'C52c');
  return !came ? book.notReproduced('gup_pte_range() was not reached') : took ? book.confirmed('gup_pte_range() takes the branch for devmap entries') : book.refuted('gup_pte_range() does not take the branch for devmap entries, whichever way the entry was made');
};
export const C52d: Check = (lab) => {
  const { book, took, came } = devmap(lab, 'C52d');
  return !came ? book.notReproduced('gup_pte_range() was not reached') : took ? book.refuted('gup_pte_range() takes the branch for devmap entries') : book.confirmed('gup_pte_range() does not take the branch for devmap entries, whichever way the entry was made');
};
export const C52e: Check = (lab) => {
  const book = new Notebook('C52e', lab);
  const rows = GRAB_FORMS.map((form) => ({ form, slow: lab.callers(grab(BASE, form), 'try_grab_compound_head').filter((at) => !/#(?:gup_p|gup_h|__gup|record)/.test(at)) }));
  for (const { form, slow } of rows) book.note(`base[GRAB_FORM=${form}]: callers of try_grab_compound_head() besides the fast path: ${slow.length === 0 ? 'none' : slow.join(', ')}`);
  const [old, own] = rows;
  if (old === undefined || own === undefined) return book.notReproduced('no form to look at');
  if (own.slow.length > 0) return book.refuted(`called by ${own.slow.join(', ')}, too`);
  return book.confirmed('only the fast path calls it', old.slow.length === 0 ? null : `GRAB_FORM=own, as at the time; in v5.15 itself (GRAB_FORM=886d) ${old.slow.map((at) => `${at.split('#')[1] ?? ''}()`).join(', ')} of the slow path does, too`);
};

const DRIVERS: readonly string[] = ['page', 'range', 'nothing', 'sigbus', 'oom'];
export const C60: Check = (lab) => {
  const book = new Notebook('C60', lab);
  const rows: { readonly what: string; readonly good: boolean; readonly scenario: Scenario; readonly where: Where }[] = [];
  const look = (where: Where, what: string, scenario: Scenario): void => {
    const seen = book.see(where, scenario, (one) => one.rules.filter((rule) => !rule.startsWith('bad-page-state')).join(', '));
    rows.push({ what, where, scenario, good: pinOf(seen) === scenario.pages && !onDevice(seen) && seen.found('unpinnable-pin').length === 0 && seen.found('pin-mismatch').length === 0 });
  };
  for (const driver of DRIVERS) look(V2, `the driver ${driver === 'page' ? 'moves the page' : driver === 'range' ? 'moves the range' : driver === 'nothing' ? 'moves nothing' : `says VM_FAULT_${driver.toUpperCase()}`}`, pinned('c', { driver }));
  look(V2, 'somebody holds a reference', pinned('c', { foreign: 'ref' }));
  look(V2, 'the fast path', pinned('c', { path: 'fast' }));
  look(V2, 'a remote mm', remote('c'));
  for (const form of GRAB_FORMS) for (const mix of ['nc', 'cn', 'mc', 'cm']) look(grab(V2, form), `${mix}, GRAB_FORM=${form}`, pinned(mix));
  const bad = rows.filter((row) => !row.good);
  const [first] = bad;
  if (first === undefined) return book.confirmed(`in all ${rows.length} cases the pages end pinned in system memory`);
  book.shownBy(first.where, first.scenario);
  return rows.length === bad.length ? book.refuted('in no case do the pages end pinned in system memory') : book.refuted(`in ${bad.length} of ${rows.length} cases they do not end pinned in system memory: ${bad.map((row) => row.what).join('; ')}`, `it holds where ${rows.filter((row) => row.good).map((row) => row.what).join('; ')}`);
};

/** A page of the device is taken for one that has to move, and, in the second, put on the list as it is. */
const FOUND: Edit = { file: 'mm/gup.ts', from: '    if (!is_pinnable_page(head)) {', to: '    if (!is_pinnable_page(head) || head.pgmap?.owner) {' };
const LISTED: Edit = { file: 'mm/gup.ts', from: '        if (isolate_lru_page(head)) {', to: '        if (PageLRU(head) && isolate_lru_page(head)) {' };

function byList(id: string): Check {
  return (lab) => {
    const book = new Notebook(id, lab);
    const found = book.see({ ...V2_TYPE, edits: [FOUND] }, pinned('c'), (seen) => seen.rules.join(', '));
    const listed = book.see({ ...V2_TYPE, edits: [FOUND, LISTED] }, pinned('c'), (seen) => seen.rules.join(', '));
    const overlay = listed.found('overlay-misuse');
    const written = overlay.length > 0 || listed.steps().some((s) => s.values.some((v) => /^lru\.next\(device page/.test(v)));
    const isolated = found.steps('isolate_lru_page').some((s) => s.scenarioStep === 'P.pin' && s.values.some((v) => /^refcount\(device page/.test(v)));
    if (!found.reached('check_and_migrate_movable_pages', 'isolate_lru_page(head)')) return book.notReproduced('isolate_lru_page() was not asked for the page');
    if (isolated || !written) return book.refuted(isolated ? 'isolate_lru_page() takes a page of the device' : 'a page of the device on the list for migrate_pages() harms nothing');
    return book.confirmed(`isolate_lru_page() refuses it, for it is on no LRU list; put on the list as it is, its pgmap is overwritten${overlay.length > 0 ? `: overlay-misuse at \`${overlay[0]?.site.text ?? ''}\`` : ''}`);
  };
}
export const [C06, C57, C61b] = [byList('C06'), byList('C57'), byList('C61b')];

