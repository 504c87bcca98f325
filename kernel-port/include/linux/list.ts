// SPDX-License-Identifier: GPL-2.0-only
// Intrusive lists. Each node knows the struct it is embedded in: container_of is `owner`.
// list_for_each_entry(head) is the first entry of a walk, Next(p.lru) what follows one, null the end:
//   for (let p = list_for_each_entry(head); p; p = Next(p.lru))

import { reduced } from '../../arch/model/marks.ts';

/** struct list_head; a node of a struct (owner set) or a head of its own (owner null). */
export interface list_head<T extends object = object> {
  next: list_head<T>;
  prev: list_head<T>;
  readonly owner: T | null;
}

export class list_node<T extends object = object> implements list_head<T> {
  next: list_head<T> = this;
  prev: list_head<T> = this;
  readonly owner: T | null;
  constructor(owner: T | null = null) { this.owner = owner; }
}

/** A local or embedded head. */
export function LIST_HEAD<T extends object>(): list_head<T> { return new list_node<T>(); }
export function INIT_LIST_HEAD<T extends object>(list: list_head<T>): void { list.next = list; list.prev = list; }

/** What list_del leaves behind: touching it again faults. */
const LIST_POISON: list_head<never> = Object.freeze(new list_node<never>());

/** DEBUG_LIST=n */
function __list_add_valid<T extends object>(_new: list_head<T>, _prev: list_head<T>, _next: list_head<T>): boolean { return true; }
function __list_del_entry_valid<T extends object>(_entry: list_head<T>): boolean { return true; }

function __list_add<T extends object>(new_: list_head<T>, prev: list_head<T>, next: list_head<T>): void {
  if (!__list_add_valid(new_, prev, next))
    return;

  next.prev = new_;
  new_.next = next;
  new_.prev = prev;
  prev.next = new_;
}
export function list_add<T extends object>(new_: list_head<T>, head: list_head<T>): void { __list_add(new_, head, head.next); }
export function list_add_tail<T extends object>(new_: list_head<T>, head: list_head<T>): void { __list_add(new_, head.prev, head); }
function __list_del<T extends object>(prev: list_head<T>, next: list_head<T>): void {
  next.prev = prev;
  prev.next = next;
}
function __list_del_entry<T extends object>(entry: list_head<T>): void {
  if (!__list_del_entry_valid(entry))
    return;

  __list_del(entry.prev, entry.next);
}
export function list_del<T extends object>(entry: list_head<T>): void {
  __list_del_entry(entry);
  entry.next = LIST_POISON;
  entry.prev = LIST_POISON;
}
export function list_del_init<T extends object>(entry: list_head<T>): void {
  __list_del_entry(entry);
  INIT_LIST_HEAD(entry);
}
export function list_move<T extends object>(list: list_head<T>, head: list_head<T>): void {
  __list_del_entry(list);
  list_add(list, head);
}
export function list_move_tail<T extends object>(list: list_head<T>, head: list_head<T>): void {
  __list_del_entry(list);
  list_add_tail(list, head);
}
export function list_empty<T extends object>(head: list_head<T>): boolean { return head.next === head; }
/** For one that looks without the lock (list_empty_careful): next last, as the release of the entry. */
export function list_del_init_careful<T extends object>(entry: list_head<T>): void {
  __list_del_entry(entry);
  entry.prev = entry;
  entry.next = entry;
}
/** Empty, and no removal of the last entry is half done. */
export function list_empty_careful<T extends object>(head: list_head<T>): boolean {
  const next = head.next;
  return next === head && next === head.prev;
}
export function list_is_singular<T extends object>(head: list_head<T>): boolean {
  return !list_empty(head) && head.next === head.prev;
}
function __list_splice<T extends object>(list: list_head<T>, prev: list_head<T>, next: list_head<T>): void {
  const first = list.next;
  const last = list.prev;
  first.prev = prev;
  prev.next = first;
  last.next = next;
  next.prev = last;
}
export function list_splice<T extends object>(list: list_head<T>, head: list_head<T>): void {
  if (!list_empty(list)) __list_splice(list, head, head.next);
}
export function list_splice_init<T extends object>(list: list_head<T>, head: list_head<T>): void {
  if (!list_empty(list)) { __list_splice(list, head, head.next); INIT_LIST_HEAD(list); }
}
export function list_splice_tail_init<T extends object>(list: list_head<T>, head: list_head<T>): void {
  if (!list_empty(list)) { __list_splice(list, head.prev, head); INIT_LIST_HEAD(list); }
}
/** The entry behind `head`, or null when it is the head itself (list_entry_is_head). */
export function list_first_entry<T extends object>(head: list_head<T>): T | null { return head.next.owner; }
export function list_last_entry<T extends object>(head: list_head<T>): T | null { return head.prev.owner; }
export function list_next_entry<T extends object>(node: list_head<T>): T | null { return node.next.owner; }
export function list_prev_entry<T extends object>(node: list_head<T>): T | null { return node.prev.owner; }
/** A head has no owner, so the walk is at its end when the entry is null. */
export function list_entry_is_head<T extends object>(entry: T | null, _head: list_head<T>): entry is null { return entry === null; }
/** The first entry of a walk, null when there is none. */
export function list_for_each_entry<T extends object>(head: list_head<T>): T | null { return head.next.owner; }
export function list_for_each_entry_reverse<T extends object>(head: list_head<T>): T | null { return head.prev.owner; }
/** The body reads the next one before it takes this one off: `n = Next(p.lru)`. */
export function list_for_each_entry_safe<T extends object>(head: list_head<T>): T | null { return head.next.owner; }
/** From an entry on. */
export function list_for_each_entry_safe_from<T extends object>(entry: T | null): T | null { return entry; }
/** The entry behind this one on either kind of list, null at the end. */
export function Next<T extends object>(node: { readonly next: { readonly owner: T | null } | null }): T | null {
  const next = node.next;
  return next === null ? null : next.owner;
}
export function Prev<T extends object>(node: list_head<T>): T | null { return node.prev.owner; }
/** The struct a node is embedded in; `container` where the embedded struct of C has an owner of its own. */
export function container_of<T extends object>(node: { readonly container: T | null } | { readonly owner: T | null }): T {
  return 'container' in node ? node.container : node.owner;
}

/** A list with a single pointer for its head; the walk is
 *    for (let p = hlist_for_each_entry(head); p; p = Next(p.hlist)) */
export class hlist_head<T extends object = object> {
  first: hlist_node<T> | null = null;
}
export class hlist_node<T extends object = object> {
  next: hlist_node<T> | null = null;
  /** What points here: the head or the node before. */
  pprev: hlist_head<T> | hlist_node<T> | null = null;
  readonly owner: T | null;
  constructor(owner: T | null = null) { this.owner = owner; }
}
export function INIT_HLIST_HEAD<T extends object>(h: hlist_head<T>): void { h.first = null; }
export function INIT_HLIST_NODE<T extends object>(h: hlist_node<T>): void { h.next = null; h.pprev = null; }
export function hlist_unhashed<T extends object>(h: hlist_node<T>): boolean { return h.pprev === null; }
export function hlist_empty<T extends object>(h: hlist_head<T>): boolean { return h.first === null; }
function __hlist_del<T extends object>(n: hlist_node<T>): void {
  reduced('pprev is the head or the node before, not the address of its pointer');
  const next = n.next;
  const pprev = n.pprev;
  if (pprev instanceof hlist_head) pprev.first = next; else pprev.next = next;
  if (next !== null) next.pprev = pprev;
}
export function hlist_del<T extends object>(n: hlist_node<T>): void {
  __hlist_del(n);
  reduced('one poison for both: neither hashed anywhere nor unhashed; next stays readable');
  n.pprev = n;
}
export function hlist_del_init<T extends object>(n: hlist_node<T>): void {
  if (!hlist_unhashed(n)) { __hlist_del(n); INIT_HLIST_NODE(n); }
}
/** A reader that stands on the entry still finds the way on: next is kept. */
export function hlist_del_init_rcu<T extends object>(n: hlist_node<T>): void {
  if (!hlist_unhashed(n)) { __hlist_del(n); n.pprev = null; }
}
export function hlist_add_head<T extends object>(n: hlist_node<T>, h: hlist_head<T>): void {
  const first = h.first;
  n.next = first;
  if (first !== null) first.pprev = n;
  h.first = n;
  n.pprev = h;
}
export function hlist_add_head_rcu<T extends object>(n: hlist_node<T>, h: hlist_head<T>): void { hlist_add_head(n, h); }
export function hlist_entry<T extends object>(n: hlist_node<T>): T { return n.owner; }
export function hlist_for_each_entry<T extends object>(h: hlist_head<T>): T | null {
  const first = h.first;
  return first === null ? null : first.owner;
}
/** PROVE_RCU=n: what holds the readers off is stated and not checked. */
export function hlist_for_each_entry_rcu<T extends object>(h: hlist_head<T>, _cond?: boolean): T | null { return hlist_for_each_entry(h); }
export function hlist_for_each_entry_safe<T extends object>(h: hlist_head<T>): T | null { return hlist_for_each_entry(h); }
