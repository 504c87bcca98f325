// SPDX-License-Identifier: GPL-2.0-only
// Red-black trees with a cached leftmost node. What a reader of a tree can see is the order of its
// nodes, so a tree is the array of its entries in order; each change replaces the array.

export class rb_root<T extends object = object> {
  nodes: readonly T[] = [];
  readonly owner: object | null;
  constructor(owner: object | null = null) { this.owner = owner; }
}
/** The leftmost node is the first of the array; nothing more is cached. */
export class rb_root_cached<T extends object = object> {
  readonly rb_root: rb_root<T>;
  constructor(owner: object | null = null) { this.rb_root = new rb_root(owner); }
}
export function RB_EMPTY_ROOT<T extends object>(root: rb_root<T>): boolean { return root.nodes.length === 0; }
