// SPDX-License-Identifier: GPL-2.0-only
// What a review says of a patch beside its runs: how it applied, what of it is not in the port, and
// patches of which there is nothing to run.

import { listed } from '../report/layout.ts';
import type { Apply, Conflict as ReviewConflict, Finding, PatchReview } from '../report/review.ts';
import type { Applied, Conflict, OutsideFile, OutsidePatch, PatchModule } from '../transform/index.ts';
import { reasons, sumsOf } from '../transform/import/account.ts';
import type { MailPatch } from './mails.ts';

export function applyOf(patch: PatchModule, applied: Extract<Applied, { readonly ok: true }>, types: readonly Finding[], mail: MailPatch | null): Apply {
  return {
    status: 'applied', files: [...new Set(applied.changed.map((c) => c.file))].sort(),
    typeErrors: types.filter((t) => t.state === 'new').length, conflicts: [], lines: linesOf(mail), notModelled: notModelled(patch, mail),
  };
}

export function conflicted(patch: PatchModule, conflict: Conflict, reason: string, mail: MailPatch | null): PatchReview {
  const made: ReviewConflict = { rule: conflict.rule, anchor: conflict.anchor, nearest: conflict.nearest, changedBy: conflict.changedBy, place: conflict.place };
  return {
    id: patch.id, number: patch.meta.number, subject: patch.meta.subject, messageId: patch.meta.messageId, verdict: 'conflict', reason,
    apply: { status: 'conflict', files: [], typeErrors: 0, conflicts: [made], lines: linesOf(mail), notModelled: notModelled(patch, mail) },
    findings: [], scenarios: [], costs: [], unreached: [],
  };
}

/** A patch of the project that touches nothing of the port: which files, and why they are not there. */
export function outsidePort(patch: OutsidePatch): PatchReview {
  return outside(patch, `it touches only what is not ported: ${outsideWords(patch.outside)}`, null);
}
/** A mail that touches nothing of the port. */
export function outsideMail(patch: PatchModule, mail: MailPatch): PatchReview {
  return outside(patch, (linesOf(mail)?.notUnderstood ?? 0) > 0 ? 'nothing of it could be placed: some of its lines were not understood' : 'nothing that it changes is in the port', mail);
}
function outside(patch: PatchModule, reason: string, mail: MailPatch | null): PatchReview {
  return {
    id: patch.id, number: patch.meta.number, subject: patch.meta.subject, messageId: patch.meta.messageId, verdict: 'outside-port', reason,
    apply: { status: 'outside-port', files: [], typeErrors: 0, conflicts: [], lines: linesOf(mail), notModelled: notModelled(patch, mail) },
    findings: [], scenarios: [], costs: [], unreached: [],
  };
}

export function linesOf(mail: MailPatch | null): Apply['lines'] {
  if (mail === null) return null;
  const { translated, silent, outside: left, open } = sumsOf(mail.imported.accounts);
  return { translated, commentOnly: silent, notInPort: left, notUnderstood: open };
}

/** `a.c and b.c (why); c.sh (why)` */
function outsideWords(files: readonly OutsideFile[]): string {
  return [...new Set(files.map((one) => one.why))].map((why) => `${listed(files.filter((one) => one.why === why).map((one) => one.file))} (${why})`).join('; ');
}

/** What of a patch is no part of what was run: said by its module, or counted in its mail. */
function notModelled(patch: PatchModule, mail: MailPatch | null): string[] {
  const files = patch.kind === 'outside-port' ? patch.outside.map((one) => `${one.file}: ${one.why}`) : [];
  const said = [...files, ...patch.meta.notModelled.map((n) => `${n.what}: ${n.reason}`)];
  if (mail === null) return said;
  const lines = (n: number): string => `${n} line${n === 1 ? '' : 's'}`;
  return [
    ...reasons(mail.imported.accounts, 'outside').map((r) => `${r.why}: ${lines(r.lines)} not in the port`),
    ...reasons(mail.imported.accounts, 'open').map((r) => `${r.why}: ${lines(r.lines)} not understood`),
  ];
}

/** Findings at a line that the mail brings carry its number in the C file after the patch. */
export function inTheMail(findings: readonly Finding[], mail: MailPatch | null): Finding[] {
  if (mail === null) return [...findings];
  const at = new Map(mail.imported.places.map((p) => [`${p.file}#${p.function}#${headOf(p.text)}`, p.c]));
  return findings.map((f) => {
    const label = headOf(f.places[0]?.label ?? '');
    const line = at.get(`${f.file}#${f.function}#${label}`)
      // A statement of several lines is known by the first.
      ?? mail.imported.places.find((p) => p.file === f.file && p.function === f.function && p.text.length > 8 && label.startsWith(headOf(p.text)))?.c;
    return line === undefined ? f : { ...f, c: { ...f.c, line } };
  });
}
/** Up to where a statement's body or line ends. */
function headOf(text: string): string { return text.replace(/\s+/g, ' ').replace(/[\s{;]+$/, ''); }
