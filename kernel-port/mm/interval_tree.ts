// SPDX-License-Identifier: GPL-2.0-only
// The interval tree of an anon_vma: its chains, by the first page offset of their vmas. As in the
// C, an equal start is inserted behind, so the walk meets a parent's vma before its child's.

import { vma_pages } from '../include/linux/mm.ts';
import { machine_halt } from '../arch/model/machine.ts';
import { reduced, notModelled } from '../arch/model/marks.ts';
import type { vm_area_struct } from '../include/linux/mm_types.ts';
import type { rb_root_cached } from '../include/linux/rbtree.ts';
import type { anon_vma_chain } from '../include/linux/rmap.ts';
import type { unsigned_long } from '../include/linux/types.ts';

function vma_start_pgoff(v: vm_area_struct): unsigned_long {
  return v.vm_pgoff;
}

function vma_last_pgoff(v: vm_area_struct): unsigned_long {
  return v.vm_pgoff + vma_pages(v) - 1;
}

function avc_start_pgoff(avc: anon_vma_chain): unsigned_long {
  return vma_start_pgoff(avc.vma);
}

function avc_last_pgoff(avc: anon_vma_chain): unsigned_long {
  return vma_last_pgoff(avc.vma);
}

/** The leftmost of `nodes`, from `at` on, that meets [first, last]. */
function __anon_vma_interval_tree_subtree_search(nodes: readonly anon_vma_chain[], at: number, first: unsigned_long, last: unsigned_long): anon_vma_chain | null {
  for (let i = at; i < nodes.length && avc_start_pgoff(nodes[i]) <= last; i++)
    if (first <= avc_last_pgoff(nodes[i])) return nodes[i];
  return null;
}

// What INTERVAL_TREE_DEFINE makes of anon_vma_chain.

function __anon_vma_interval_tree_insert(node: anon_vma_chain, root: rb_root_cached<anon_vma_chain>): void {
  reduced('the tree is an array in the order of the tree');
  const nodes = root.rb_root.nodes;
  const start = avc_start_pgoff(node);
  let at = nodes.length;
  while (at > 0 && avc_start_pgoff(nodes[at - 1]) > start) at--;
  root.rb_root.nodes = [...nodes.slice(0, at), node, ...nodes.slice(at)];
}

function __anon_vma_interval_tree_remove(node: anon_vma_chain, root: rb_root_cached<anon_vma_chain>): void {
  reduced('the tree is an array in the order of the tree');
  const nodes = root.rb_root.nodes;
  const at = nodes.indexOf(node);
  if (at < 0) throw new machine_halt('fault', 'rb_erase of a node that is not in the tree');
  root.rb_root.nodes = [...nodes.slice(0, at), ...nodes.slice(at + 1)];
}

function __anon_vma_interval_tree_iter_first(
  root: rb_root_cached<anon_vma_chain>, start: unsigned_long, last: unsigned_long,
): anon_vma_chain | null {
  return __anon_vma_interval_tree_subtree_search(root.rb_root.nodes, 0, start, last);
}

function __anon_vma_interval_tree_iter_next(node: anon_vma_chain, start: unsigned_long, last: unsigned_long): anon_vma_chain | null {
  const nodes = node.anon_vma.rb_root.rb_root.nodes;
  return __anon_vma_interval_tree_subtree_search(nodes, nodes.indexOf(node) + 1, start, last);
}

/** @locks requires anon_vma root(write) */
export function anon_vma_interval_tree_insert(node: anon_vma_chain, root: rb_root_cached<anon_vma_chain>): void {
  notModelled('DEBUG_VM_RB=n');
  __anon_vma_interval_tree_insert(node, root);
}

/** @locks requires anon_vma root(write) */
export function anon_vma_interval_tree_remove(node: anon_vma_chain, root: rb_root_cached<anon_vma_chain>): void {
  __anon_vma_interval_tree_remove(node, root);
}

/** @locks requires anon_vma root(read) */
export function anon_vma_interval_tree_iter_first(
  root: rb_root_cached<anon_vma_chain>, first: unsigned_long, last: unsigned_long,
): anon_vma_chain | null {
  return __anon_vma_interval_tree_iter_first(root, first, last);
}

/** @locks requires anon_vma root(read) */
export function anon_vma_interval_tree_iter_next(
  node: anon_vma_chain, first: unsigned_long, last: unsigned_long,
): anon_vma_chain | null {
  return __anon_vma_interval_tree_iter_next(node, first, last);
}
