// SPDX-License-Identifier: GPL-2.0-only
// Nothing is hard-wired: with one faulty statement of device-coherent v2 3/11 mended, what that
// statement brings vanishes and nothing else does; other names change nothing but names.

import test from 'ava';
import { findPatch } from '../../patches/index.ts';
import { renameAll } from '../../verifier/transform/index.ts';
import { applyPatch } from '../../verifier/transform/index.ts';
import type { PortTree } from '../../verifier/tree/load.ts';
import { replaced, smallReview, treesOf } from './harness.ts';

const GUP = 'mm/gup.ts';
const { before, after } = treesOf('device-coherent/v2/3');
const posted = smallReview(before, after);

/** What mending one statement takes away; what it adds must be nothing. */
function taken(mended: PortTree): { readonly gone: readonly string[]; readonly come: readonly string[] } {
  const now = smallReview(before, mended);
  return { gone: posted.fresh.filter((f) => !now.fresh.includes(f)), come: now.fresh.filter((f) => !posted.fresh.includes(f)) };
}

test('as posted', (t) => {
  t.deepEqual(posted.fresh, [
    'accounting check_and_migrate_movable_pages',
    'api-misuse migrate_device_page',
    'bug-on find_vma',
    'bug-on walk_page_range',
    'config-break __gup_longterm_locked',
    'lock-misuse find_vma',
    'lost-page check_and_migrate_movable_pages',
    'null-dereference migrate_device_page',
    'pin-mismatch internal_get_user_pages_fast',
    'pin-mismatch migrate_device_page',
    'refcount-underflow put_page_refs',
    'type-mismatch migrate_device_page',
    'unbounded-retry __gup_longterm_locked',
    'warn-on put_page_refs',
  ]);
  t.deepEqual(posted.fixed, ['unpinnable-pin check_and_migrate_movable_pages', 'unpinnable-pin internal_get_user_pages_fast']);
});

test('the driver\'s vm_fault_t becomes an errno: what took it for a count is gone', (t) => {
  const mended = replaced(after, GUP, '    return page.pgmap.ops.migrate_to_ram(vmf);', '    return vm_fault_to_errno(page.pgmap.ops.migrate_to_ram(vmf), 0);');
  t.deepEqual(taken(mended), {
    gone: ['pin-mismatch internal_get_user_pages_fast', 'pin-mismatch migrate_device_page', 'refcount-underflow put_page_refs', 'type-mismatch migrate_device_page', 'warn-on put_page_refs'],
    come: [],
  });
});

test('the other arm takes the new parameter: the configuration builds', (t) => {
  const text = after.files.get(GUP) ?? '';
  const at = text.indexOf('//#else', text.indexOf('function check_and_migrate_movable_pages('));
  const from = text.indexOf('  nr_pages: unsigned_long,', at);
  const mended = { ...after, files: new Map(after.files).set(GUP, `${text.slice(0, from)}  start: uaddr,\n${text.slice(from)}`) };
  t.deepEqual(taken(mended), { gone: ['config-break __gup_longterm_locked'], come: [] });
});

test('what was isolated is put back before the driver is asked: no page is lost', (t) => {
  const mended = replaced(after, GUP, '  if (is_device_page(head))\n    return migrate_device_page(start + page_index * PAGE_SIZE, head);', [
    '  if (is_device_page(head)) {',
    '    if (!list_empty(movable_page_list))',
    '      putback_movable_pages(movable_page_list);',
    '    return migrate_device_page(start + page_index * PAGE_SIZE, head);',
    '  }',
  ].join('\n'));
  t.deepEqual(taken(mended), { gone: ['accounting check_and_migrate_movable_pages', 'lost-page check_and_migrate_movable_pages'], come: [] });
});

test('the vma is looked up in the mm that is pinned: the remote caller is served', (t) => {
  let mended = replaced(after, GUP, 'find_vma(current().mm, address)', 'find_vma(mm, address)');
  mended = replaced(mended, GUP, 'function migrate_device_page(address: uaddr,', 'function migrate_device_page(mm: mm_struct, address: uaddr,');
  mended = replaced(mended, GUP, 'return migrate_device_page(start +', 'return migrate_device_page(mm, start +');
  mended = replaced(mended, GUP, '  start: uaddr,\n  nr_pages: unsigned_long,\n  pages: page[],\n  gup_flags: foll_flags,\n): long {\n  let i',
    '  mm: mm_struct,\n  start: uaddr,\n  nr_pages: unsigned_long,\n  pages: page[],\n  gup_flags: foll_flags,\n): long {\n  let i');
  mended = replaced(mended, GUP, 'check_and_migrate_movable_pages(start, rc, pages, gup_flags)', 'check_and_migrate_movable_pages(mm, start, rc, pages, gup_flags)');
  t.deepEqual(taken(mended), {
    gone: ['api-misuse migrate_device_page', 'bug-on find_vma', 'bug-on walk_page_range', 'lock-misuse find_vma', 'null-dereference migrate_device_page'],
    come: [],
  });
});

test('a driver that moved nothing is told from one that did: the loop ends', (t) => {
  let mended = replaced(after, GUP, '    return page.pgmap.ops.migrate_to_ram(vmf);', [
    '  {',
    '    const moved: int = page.pgmap.ops.migrate_to_ram(vmf);',
    '    if (!moved && page_mapped(page))',
    '      return -EBUSY;',
    '    return moved;',
    '  }',
  ].join('\n'));
  if (!/\bpage_mapped\b/.test((before.files.get(GUP) ?? '').split('\nexport')[0] ?? '')) {
    mended = replaced(mended, GUP, "// SPDX-License-Identifier: GPL-2.0-only\n", "// SPDX-License-Identifier: GPL-2.0-only\nimport { page_mapped } from './util.ts';\n");
  }
  const { gone, come } = taken(mended);
  t.deepEqual(gone, ['unbounded-retry __gup_longterm_locked']);
  t.deepEqual(come, []);
});

test('other names, and the index written otherwise: the same findings up to names', (t) => {
  const patch = findPatch('device-coherent/v2/3');
  if (patch?.kind !== 'port') throw new Error('no patch');
  const names = {
    migrate_device_page: 'move_device_page', check_and_migrate_movable_pages: 'sort_out_unpinnable', page_index: 'at', head: 'first',
    prev_head: 'first_before', movable_page_list: 'to_move', isolation_error_count: 'not_isolated', drain_allow: 'may_drain',
    gup_flags: 'how', nr_pages: 'count', pages: 'slots', start: 'from', rc: 'got', vmf: 'fault', address: 'where', __gup_longterm_locked: 'gup_for_long',
    i: 'which', ret: 'came_to', mtc: 'where_to', flags: 'saved', vma: 'area', vmas: 'areas', mm: 'space',
  };
  const renamed = renameAll(before, patch, names);
  const applied = applyPatch(renamed.tree, renamed.patch);
  if (!applied.ok) { t.fail(JSON.stringify(applied.conflict)); return; }
  const other = replaced(applied.tree, GUP, 'from + at * PAGE_SIZE', 'from + (at << 12)');
  const back = Object.fromEntries(Object.entries(names).map(([a, b]) => [b, a]));
  const plain = (list: readonly string[]): string[] => list.map((f) => f.split(' ').map((w) => back[w] ?? w).join(' ')).sort();
  const now = smallReview(renamed.tree, other);
  t.deepEqual(plain(now.fresh), [...posted.fresh]);
  t.deepEqual(plain(now.fixed), [...posted.fixed]);
});
