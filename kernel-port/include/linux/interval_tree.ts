// SPDX-License-Identifier: GPL-2.0-only
// Interval trees of [start, last]. C keeps an augmented red-black tree; here it is an array in
// the order in which the tree iterates: by start, ties by insertion (model-rules.md, 5.3).

import { rb_root_cached } from './rbtree.ts';
import type { unsigned_long } from './types.ts';

/** The link of a node to its tree; null is RB_CLEAR_NODE. */
export class interval_rb_node {
  root: rb_root_cached<interval_tree_node> | null = null;
}

export class interval_tree_node<T extends object = object> {
  readonly rb: interval_rb_node = new interval_rb_node();
  start: unsigned_long = 0;
  last: unsigned_long = 0;
  readonly owner: T | null;
  constructor(owner: T | null = null) { this.owner = owner; }
}

export function RB_EMPTY_NODE(node: interval_rb_node): boolean { return node.root === null; }
export function RB_CLEAR_NODE(node: interval_rb_node): void { node.root = null; }

export function interval_tree_insert(node: interval_tree_node, root: rb_root_cached<interval_tree_node>): void {
  const { nodes } = root.rb_root;
  let at = nodes.length;
  while (at > 0 && nodes[at - 1].start > node.start) at--;
  root.rb_root.nodes = [...nodes.slice(0, at), node, ...nodes.slice(at)];
  node.rb.root = root;
}
/** As in C the node's own link stays as it is: RB_EMPTY_NODE does not say that it was removed. */
export function interval_tree_remove(node: interval_tree_node, root: rb_root_cached<interval_tree_node>): void {
  root.rb_root.nodes = root.rb_root.nodes.filter((other) => other !== node);
}
/** The leftmost from `at` on that meets [start, last]. */
function interval_tree_subtree_search(nodes: readonly interval_tree_node[], at: number, start: unsigned_long, last: unsigned_long): interval_tree_node | null {
  for (let i = at; i < nodes.length && nodes[i].start <= last; i++)
    if (start <= nodes[i].last) return nodes[i];
  return null;
}
export function interval_tree_iter_first(root: rb_root_cached<interval_tree_node>, start: unsigned_long, last: unsigned_long): interval_tree_node | null {
  return interval_tree_subtree_search(root.rb_root.nodes, 0, start, last);
}
export function interval_tree_iter_next(node: interval_tree_node, start: unsigned_long, last: unsigned_long): interval_tree_node | null {
  const { nodes } = node.rb.root.rb_root;
  return interval_tree_subtree_search(nodes, nodes.indexOf(node) + 1, start, last);
}
