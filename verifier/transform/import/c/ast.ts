// SPDX-License-Identifier: GPL-2.0-only
// C as plain data: what of the language the ported code and its patches are written in. What the
// reader cannot make out is a node of kind 'unknown' with its text, never left out.

/** Lines of the C text, both included, counting from 1. */
export interface CLines { readonly from: number; readonly to: number }

export type CType =
  /** `unsigned long`, `struct page`, `pte_t`; qualifiers are gone. */
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'pointer'; readonly to: CType }
  | { readonly kind: 'array'; readonly of: CType; readonly size: CExpr | null }
  | { readonly kind: 'function'; readonly returns: CType; readonly params: readonly CParam[] }
  | { readonly kind: 'unknown'; readonly text: string };

export interface CParam { readonly name: string; readonly type: CType }

export type CExpr = CLines & (
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'char'; readonly text: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'call'; readonly callee: CExpr; readonly args: readonly CExpr[] }
  | { readonly kind: 'field'; readonly of: CExpr; readonly name: string; readonly arrow: boolean }
  | { readonly kind: 'index'; readonly of: CExpr; readonly at: CExpr }
  | { readonly kind: 'unary'; readonly op: '!' | '~' | '-' | '+'; readonly of: CExpr }
  | { readonly kind: 'address'; readonly of: CExpr }
  | { readonly kind: 'deref'; readonly of: CExpr }
  | { readonly kind: 'step'; readonly op: '++' | '--'; readonly prefix: boolean; readonly of: CExpr }
  | { readonly kind: 'binary'; readonly op: string; readonly left: CExpr; readonly right: CExpr }
  | { readonly kind: 'assign'; readonly op: string; readonly left: CExpr; readonly right: CExpr }
  /** `then` is null in GNU's `a ?: b`. */
  | { readonly kind: 'choose'; readonly test: CExpr; readonly then: CExpr | null; readonly other: CExpr }
  | { readonly kind: 'cast'; readonly type: CType; readonly of: CExpr }
  | { readonly kind: 'sizeof'; readonly type: CType | null; readonly of: CExpr | null }
  | { readonly kind: 'comma'; readonly left: CExpr; readonly right: CExpr }
  | { readonly kind: 'paren'; readonly of: CExpr }
  | { readonly kind: 'compound'; readonly type: CType; readonly init: CExpr }
  | { readonly kind: 'init'; readonly entries: readonly CInit[] }
  /** GNU's `({ … })`. */
  | { readonly kind: 'statements'; readonly body: readonly CStmt[] }
  /** A type handed to a macro: `min_t(unsigned long, a, b)`. */
  | { readonly kind: 'type'; readonly type: CType }
  | { readonly kind: 'unknown'; readonly text: string }
);

export interface CInit { readonly path: readonly CDesignator[]; readonly value: CExpr }
export type CDesignator = { readonly kind: 'field'; readonly name: string } | { readonly kind: 'slot'; readonly at: CExpr };

export interface CVariable { readonly name: string; readonly type: CType; readonly init: CExpr | null }

export type CStmt = CLines & (
  | { readonly kind: 'expression'; readonly of: CExpr }
  | { readonly kind: 'declare'; readonly isStatic: boolean; readonly variables: readonly CVariable[] }
  | { readonly kind: 'if'; readonly test: CExpr; readonly then: CStmt; readonly other: CStmt | null }
  | { readonly kind: 'for'; readonly first: CExpr | CStmt | null; readonly test: CExpr | null; readonly step: CExpr | null; readonly body: CStmt }
  /** `list_for_each_entry(a, b, c) body` and its kin. */
  | { readonly kind: 'each'; readonly macro: string; readonly args: readonly CExpr[]; readonly body: CStmt }
  | { readonly kind: 'while'; readonly test: CExpr; readonly body: CStmt }
  | { readonly kind: 'do'; readonly body: CStmt; readonly test: CExpr }
  | { readonly kind: 'switch'; readonly of: CExpr; readonly cases: readonly CCase[] }
  | { readonly kind: 'return'; readonly of: CExpr | null }
  | { readonly kind: 'goto'; readonly label: string }
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'block'; readonly body: readonly CStmt[] }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unknown'; readonly text: string }
);

/** `of` is null for `default:`. */
export interface CCase extends CLines { readonly of: CExpr | null; readonly body: readonly CStmt[] }

export interface CFunction extends CLines {
  readonly name: string;
  readonly isStatic: boolean;
  readonly returns: CType;
  readonly params: readonly CParam[];
  readonly body: readonly CStmt[];
}

export interface CField extends CLines { readonly name: string; readonly type: CType }

export type CDeclaration =
  | ({ readonly kind: 'function' } & CFunction)
  | (CLines & { readonly kind: 'prototype'; readonly name: string; readonly returns: CType; readonly params: readonly CParam[]; readonly isStatic: boolean })
  | (CLines & { readonly kind: 'struct'; readonly name: string; readonly union: boolean; readonly fields: readonly CField[] })
  | (CLines & { readonly kind: 'enum'; readonly name: string; readonly members: readonly (CLines & { readonly name: string; readonly value: CExpr | null })[] })
  | (CLines & { readonly kind: 'variable'; readonly isStatic: boolean; readonly variable: CVariable })
  | (CLines & { readonly kind: 'macro'; readonly name: string; readonly params: readonly string[] | null; readonly text: string })
  /** EXPORT_SYMBOL(x) and its kin. */
  | (CLines & { readonly kind: 'exported'; readonly name: string })
  | (CLines & { readonly kind: 'unknown'; readonly text: string });
