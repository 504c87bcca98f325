// SPDX-License-Identifier: GPL-2.0-only
// Which statements a patch added, removed or modified: what a review has to reach, and what a
// later conflict is blamed by. Compared function by function and arm by arm; a statement that
// only moved a level in or out (into a labelled block) has not changed.

import { diffArrays } from 'diff';
import type { ChangedStatement } from '../tree/edits.ts';
import type { PortTree } from '../tree/load.ts';
import { indexFile, type Statement } from '../tree/statements.ts';
import { editDistance } from './conflict.ts';

export function changedStatements(before: PortTree, after: PortTree, files: readonly string[]): readonly ChangedStatement[] {
  return files.flatMap((file) => {
    const old = groups(indexFile(file, before.files.get(file) ?? '').statements);
    const now = groups(indexFile(file, after.files.get(file) ?? '').statements);
    const keys = [...new Set([...now.keys(), ...old.keys()])];
    return keys.flatMap((key) => compare(old.get(key) ?? [], now.get(key) ?? [])).sort((a, b) => a.line - b.line);
  });
}

function groups(all: readonly Statement[]): ReadonlyMap<string, readonly Statement[]> {
  const out = new Map<string, Statement[]>();
  for (const one of all) {
    if (one.kind === 'ImportDeclaration') continue;
    const key = `${one.function}\0${one.function === '' ? '' : one.arm}`;
    const group = out.get(key);
    if (group === undefined) out.set(key, [one]); else group.push(one);
  }
  return out;
}

function compare(old: readonly Statement[], now: readonly Statement[]): readonly ChangedStatement[] {
  const out: ChangedStatement[] = [];
  let a = 0;
  let b = 0;
  let removed: readonly Statement[] = [];
  let added: readonly Statement[] = [];
  const flush = (): void => {
    const pairs = pair(removed, added);
    const here = now[b]?.line ?? now[b - 1]?.line ?? 1;
    for (const one of added) out.push(entry(one, one.line, pairs.has(one) ? 'modified' : 'added', pairs.get(one)?.text ?? null));
    const used = new Set(pairs.values());
    for (const one of removed) if (!used.has(one)) out.push(entry(one, added[0]?.line ?? here, 'removed', null));
    removed = added = [];
  };
  for (const part of diffArrays(old.map((one) => one.text), now.map((one) => one.text))) {
    if (part.removed) {
      removed = [...removed, ...old.slice(a, a + part.count)];
      a += part.count;
    } else if (part.added) {
      added = [...added, ...now.slice(b, b + part.count)];
      b += part.count;
    } else {
      flush();
      a += part.count;
      b += part.count;
    }
  }
  flush();
  return out;
}

/** Which removed statement an added one is the new form of: the closest pairs first. */
function pair(removed: readonly Statement[], added: readonly Statement[]): ReadonlyMap<Statement, Statement> {
  const all = added.flatMap((one) => removed.filter((was) => was.kind === one.kind).map((was) => {
    const limit = Math.ceil(Math.max(was.text.length, one.text.length) * 0.6);
    return { one, was, limit, distance: editDistance(was.text, one.text, limit) };
  })).filter((pairing) => pairing.distance < pairing.limit).sort((x, y) => x.distance - y.distance);
  const out = new Map<Statement, Statement>();
  const used = new Set<Statement>();
  for (const { one, was } of all) {
    if (out.has(one) || used.has(was)) continue;
    out.set(one, was);
    used.add(was);
  }
  return out;
}

function entry(one: Statement, line: number, kind: ChangedStatement['kind'], was: string | null): ChangedStatement {
  return { file: one.file, line, function: one.function, text: one.text, kind, was };
}
