// SPDX-License-Identifier: GPL-2.0-only
// The driver of gup_test: each of its ioctls takes what it says and leaves nothing behind, and a
// long-term pin that cannot be had is told by how far it got.

import test from 'ava';
import { objections, Steps, work } from '../program.ts';

const IOCTL = `
import { gup_test, gup_test_ioctl } from '../../mm/gup_test.ts';

const asked = per_machine(() => new gup_test(), 'asked');
/** Per call so many pages; gives how many pages it came along. */
export function ioctl(cmd: int, addr: uaddr, npages: int, per_call: int, write: int): int {
  const gup = asked();
  gup.addr = addr;
  gup.size = npages * PAGE_SIZE;
  gup.nr_pages_per_call = per_call;
  gup.gup_flags = write ? FOLL_WRITE : 0;
  gup.which_pages[0] = 1;
  gup.which_pages[1] = 99;
  const ret = gup_test_ioctl(null, cmd, gup);
  return ret ? int(ret) : gup.size / PAGE_SIZE;
}
export function out_of_range(): int { return asked().which_pages[1]; }
export function kind(mm: mm_struct, addr: uaddr): int {
  const pte = Pte(pte_offset_map(pmd_off(mm, addr), addr));
  return pte_present(pte) ? page_zonenum(pte_page(pte)) : -1;
}
`;
const [GUP_FAST, PIN_FAST, PIN_LONGTERM, GUP_BASIC, PIN_BASIC, DUMP] = [1, 2, 3, 4, 5, 6];
const mm = { mm: 'P' };
const at = (page: number): { readonly page: number } => ({ page });

test('the program is typed as the port is', (t) => { t.deepEqual(objections(IOCTL), []); });

test('pages are taken call by call to the end of the range, and given back', (t) => {
  const steps = new Steps(4).map().store(0, 17).store(2, 18);
  for (const [name, cmd] of [['gup_fast', GUP_FAST], ['pin_fast', PIN_FAST], ['gup', GUP_BASIC], ['pin', PIN_BASIC], ['dump', DUMP]] as const) {
    steps.call('ioctl', [cmd, at(0), 4, 3, 1], name);
  }
  steps.call('out_of_range', []).call('ioctl', [PIN_BASIC, at(0), 6, 1, 1], 'beyond').call('ioctl', [7, at(0), 1, 1, 1], 'unknown').load(0, 'load').load(2, 'last').end();
  const { results, findings } = work(IOCTL, steps);
  t.deepEqual(findings, []);
  t.like(results, { gup_fast: '4', pin_fast: '4', gup: '4', pin: '4', dump: '4', out_of_range: '0', unknown: '-EINVAL', load: '17', last: '18' });
  // As far as the call that failed.
  t.is(results['beyond'], '4');
});

test('a movable page is not pinned for long by the grab of v5.15, and moved first by that of 5.17', (t) => {
  const [NORMAL, MOVABLE] = ['2', '3'];
  const steps = (): Steps => new Steps(2).map().store(0, 17).do({ drain: 'all' }).call('kind', [mm, at(0)], 'before')
    .call('ioctl', [PIN_LONGTERM, at(0), 2, 1, 1]).call('kind', [mm, at(0)], 'after').load(0, 'load').end();
  const base = work(IOCTL, steps());
  t.deepEqual(base.findings, []);
  t.like(base.results, { before: MOVABLE, ioctl: '0', after: MOVABLE, load: '17' });

  const own = work(IOCTL, steps(), { GRAB_FORM: 'own' });
  t.deepEqual(own.findings, []);
  t.like(own.results, { before: MOVABLE, ioctl: '2', after: NORMAL, load: '17' });
});
