// SPDX-License-Identifier: GPL-2.0-only
// What the translation of one function knows: where it stands in the port, what its names are, and
// what was met that it does not understand.

import type { Declarations, FunctionDeclaration } from '../../../tree/declarations.ts';
import type { CLines, CType } from '../c/ast.ts';

/** Something that was met and is not translated: the reader has to decide. Never a guess. */
export interface Open { readonly construct: OpenConstruct; readonly what: string; readonly line: number }
export type OpenConstruct =
  | 'not-read' | 'goto' | 'sizeof' | 'initialiser' | 'dereference' | 'address' | 'pointer-arithmetic' | 'statement-expression'
  | 'macro' | 'static' | 'type' | 'not-in-port' | 'option' | 'struct-copy' | 'division';

/** A statement of C that the idioms leave out (kernel-port/README.md: barriers, caches, tracepoints). */
export interface LeftOut { readonly what: string; readonly line: number }

export interface Variable {
  readonly name: string;
  /** As the port writes it. */
  readonly shown: string;
  readonly c: CType;
  /** The port's type: of what `*x` is for a Ref. */
  readonly type: string;
  /** Its address is taken: it is `{ v }`, and read as `x.v`. */
  readonly boxed: boolean;
}

export interface Scope {
  readonly port: Declarations;
  readonly module: string;
  /** The function of the port that this is, if it has it: what C's `unsigned long` is there. */
  readonly known: FunctionDeclaration | undefined;
  readonly returns: string;
  readonly variables: Map<string, Variable>;
  /** Only a piece of the function is at hand: what is stored where is not known. */
  readonly partial: boolean;
  /** How a label is reached that another piece of the function has. */
  readonly jumps: ReadonlyMap<string, 'break' | 'continue'>;
  /** Names that the same patch declares. */
  readonly declared: ReadonlySet<string>;
  readonly open: Open[];
  readonly left: LeftOut[];
}

export function notUnderstood(scope: Scope, construct: OpenConstruct, what: string, at: CLines): void {
  const shown = what.replace(/\s+/g, ' ').trim();
  if (!scope.open.some((one) => one.construct === construct && one.what === shown && one.line === at.from)) scope.open.push({ construct, what: shown, line: at.from });
}

const RESERVED = new Set('arguments await class const debugger default delete enum eval export extends finally function implements import in instanceof interface let new package private protected public static super this throw try typeof var void with yield'.split(' '));

/** A C name as the port writes it. */
export function portName(name: string): string { return RESERVED.has(name) ? `${name}_` : name; }
