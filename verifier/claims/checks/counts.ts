// SPDX-License-Identifier: GPL-2.0-only
// Claims about what a free device page's count starts from.

import type { Check } from '../claim.ts';
import type { Edit, Seen } from '../laboratory.ts';
import { Notebook } from '../notebook.ts';
import { load, program, store, take } from '../programs.ts';
import { BASE, named, V1_COUNTS } from './targets.ts';

/** Findings that the base does not have, as `rule in function`. */
function added(before: Seen, after: Seen): readonly string[] { return after.rules.filter((rule) => !before.rules.includes(rule)); }

export const C07: Check = (lab) => {
  const book = new Notebook('C07', lab);
  const scenario = named('unload/p');
  const [before, after] = [book.see(BASE, scenario, (seen) => seen.rules.join(', ')), book.see(V1_COUNTS, scenario, (seen) => seen.rules.join(', '))];
  book.shownBy(V1_COUNTS, scenario);
  const fresh = added(before, after);
  const waited = before.value('U.unload') === 'waits';
  if (!waited) return book.notReproduced('on the base, too, the unload does not wait for a page in use');
  return fresh.length > 0 ? book.confirmed(`with v1 1 and 2 an unload no longer waits for a page that is mapped: ${fresh.join(', ')}`, 'for device-private pages; FS_DAX pages are not in the model')
    : book.refuted('unload, fault and zap show nothing that the base does not', 'for device-private pages; FS_DAX pages are not in the model');
};

/** A driver that was not told of it takes a page as it did before. */
const AS_BEFORE: Edit = { file: 'drivers/model/device.ts', from: '  init_page_count(dpage);', to: '  get_page(dpage);' };

export const C39b: Check = (lab) => {
  const book = new Notebook('C39b', lab);
  const scenario = program({ id: 'counts', pages: 1, memory: 'private', acts: [store(0, 17), take('private'), load(0, 'P', 'load')] });
  const asserts = (seen: Seen): number => seen.found('bug-on', 'model_devmem_alloc_page').length;
  const rows = [book.see(BASE, scenario), book.see({ ...V1_COUNTS, edits: [AS_BEFORE] }, scenario), book.see(V1_COUNTS, scenario)].map((seen) => ({ asserts: asserts(seen), moved: seen.number('P.load') === 17 }));
  for (const [n, row] of rows.entries()) book.note(`${['counts from one, get_page()', 'counts from zero, get_page()', 'counts from zero, init_page_count()'][n] ?? ''}: ${row.asserts === 0 ? 'no assertion' : 'get_page() asserts'}`);
  const [one, zero, told] = rows;
  if (one === undefined || zero === undefined || told === undefined || !one.moved) return book.notReproduced('no page was taken');
  return one.asserts === 0 && zero.asserts > 0 ? book.confirmed('get_page() takes a free device page that counts from one, and asserts for one that counts from zero', told.asserts === 0 ? 'with counts from zero a driver has to set the count itself, as v1-02 makes them' : null)
    : book.refuted(zero.asserts === 0 ? 'get_page() asserts nothing for a page whose count is zero' : 'get_page() asserts for a free page that counts from one');
};
