// SPDX-License-Identifier: GPL-2.0-only
// A file of mails as a target: its patches imported in order, each on the tree that the one before
// it leaves. A mail that the project knows stands on that patch's predecessors (DESIGN.md, Sides).

import { createHash } from 'node:crypto';
import { PATCHES, findSeries, type SeriesVersion } from '../../patches/index.ts';
import { applyPatch, type Applied, type Conflict, type PatchMeta, type PatchModule } from '../transform/index.ts';
import { nearestStatement } from '../transform/conflict.ts';
import { commitOf, describe, errorText, readDiff, readMails, numstat, remarkText, seriesFaults, seriesOf, type Diff, type DiffFile, type Mail, type PatchTag } from '../transform/import/index.ts';
import { openReader, type CReader } from '../transform/import/c/read.ts';
import { onBase, type Based, type BaseTree } from '../transform/import/base.ts';
import { importDiff, portFileOf, type Imported } from '../transform/import/import.ts';
import { loadPort, type PortTree } from '../tree/load.ts';
import { sidesOf, type Switches, type Trees } from './target.ts';

export interface MailPatch {
  readonly patch: PatchModule;
  readonly mail: Mail;
  readonly diff: Diff;
  readonly imported: Imported;
  readonly trees: Trees;
  /** Whose switches it is reviewed on. */
  readonly series: SeriesVersion | null;
  /** A target of the project, or the patch of the file before it. */
  readonly standsOn: string;
}

export interface MailTarget {
  readonly kind: 'mails';
  readonly id: string;
  readonly switches: Switches;
  /** What tokens name it by. */
  readonly hash: string;
  readonly patches: readonly MailPatch[];
  /** What the file lacks, and how it was read, in words. */
  readonly remarks: readonly string[];
}

export type MailsRead =
  | { readonly ok: true; readonly target: MailTarget }
  /** unreadable: no mail, or a damaged diff; no-patch: a mail without a patch. */
  | { readonly ok: false; readonly why: 'unreadable' | 'no-patch'; readonly reason: string };

/** `base`: the kernel tree that the first patch was made on. */
export async function readMailTarget(bytes: Uint8Array, name: string, port: PortTree = loadPort(), base: BaseTree | null = null): Promise<MailsRead> {
  const mails = await readMails(bytes, name);
  if (!mails.ok) return { ok: false, why: 'unreadable', reason: errorText(mails.error) };
  const thread = seriesOf(mails.value);
  const posted = thread.series.flatMap((series) => series.patches.map((one) => ({ ...one, total: series.total })));
  if (posted.length === 0) {
    const [first] = mails.value;
    return { ok: false, why: 'no-patch', reason: `${name}: ${first === undefined ? 'no mail' : describe(first)}` };
  }
  const reader = await openReader();
  const patches: MailPatch[] = [];
  // One that the project knows stands on its predecessors, wherever those are.
  const remarks: string[] = thread.series.flatMap((series) => (series.patches.every((one) => knownAs(one.mail, one.tag) !== null) ? [] : seriesFaults(series)));
  let under = base;
  for (const { mail, tag, total } of posted) {
    const diff = readDiff(mail.body, name);
    if (!diff.ok) return { ok: false, why: 'unreadable', reason: errorText(diff.error) };
    const known = knownAs(mail, tag);
    const meta = known?.meta ?? metaOf(mail, tag, total, diff.value);
    const { before, standsOn, failed } = beforeOf(known, patches.at(-1), port);
    const most = diff.value.files.filter((file) => before.files.has(portFileOf(file.newPath ?? file.oldPath ?? ''))).reduce((n, file) => n + changesOf(file), 0);
    if (most > MOST_LINES) return { ok: false, why: 'unreadable', reason: `${name}: ${most} changed lines in files of the port; at most ${MOST_LINES} are translated` };
    const based: Based | null = under === null ? null : onBase(diff.value, under, (path) => before.files.has(portFileOf(path)));
    under = based?.after ?? null;
    let imported = translated(based?.diff ?? diff.value, meta, before, reader);
    if (imported === null) return { ok: false, why: 'unreadable', reason: `${name}: its code is nested too deeply to be translated` };
    let applied = failed ?? placedOr(before, imported);
    // Of the kernel tree only as much as it takes.
    if (!applied.ok && applied.conflict.rule === 'anchor-ambiguous' && based !== null) {
      imported = translated(based.wide, meta, before, reader) ?? imported;
      applied = failed ?? placedOr(before, imported);
    }
    remarks.push(...based?.remarks ?? []);
    const trees: Trees = { ok: true, sides: { before, applied } };
    const series = known === null ? null : findSeries(`${known.meta.series}/${known.meta.version}`) ?? null;
    patches.push({ patch: imported.module, mail, diff: diff.value, imported, trees, series, standsOn });
    remarks.push(...diff.value.remarks.map(remarkText), ...imported.remarks);
  }
  return { ok: true, target: { kind: 'mails', id: name, switches: {}, hash: createHash('sha256').update(bytes).digest('hex').slice(0, 16), patches, remarks } };
}

/** Of the largest patches to mm, some hundred: the rest is no patch that a person reads. */
const MOST_LINES = 4000;
function changesOf(file: DiffFile): number {
  const n = numstat(file);
  return n === null ? 0 : n.added + n.removed;
}
function translated(diff: Diff, meta: PatchMeta, before: PortTree, reader: CReader): Imported | null {
  try {
    return importDiff(diff, meta, before, reader);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function knownAs(mail: Mail, tag: PatchTag): PatchModule | null {
  return PATCHES.find((p) => p.meta.messageId === mail.messageId)
    ?? PATCHES.find((p) => p.meta.subject === commitOf(mail).subject && p.meta.version === `v${tag.version}` && p.meta.number === tag.number && p.meta.of === tag.total) ?? null;
}

function beforeOf(known: PatchModule | null, last: MailPatch | undefined, port: PortTree): { readonly before: PortTree; readonly standsOn: string; readonly failed: Applied | null } {
  if (known !== null) {
    const trees = sidesOf(known, port);
    if (!trees.ok) return { before: port, standsOn: 'base', failed: { ok: false, patch: known.id, conflict: trees.conflict } };
    const earlier = known.meta.number === 1 ? 'base' : `${known.meta.series}/${known.meta.version}/${known.meta.number - 1}`;
    return { before: trees.sides.before, standsOn: earlier, failed: null };
  }
  if (last === undefined) return { before: port, standsOn: 'base', failed: null };
  const { trees } = last;
  if (!trees.ok) return { before: port, standsOn: 'base', failed: { ok: false, patch: last.patch.id, conflict: trees.conflict } };
  const { applied } = trees.sides;
  return applied.ok ? { before: applied.tree, standsOn: last.patch.id, failed: null }
    : { before: trees.sides.before, standsOn: last.patch.id, failed: { ok: false, patch: last.patch.id, conflict: { ...applied.conflict, code: 'KPV0306', rule: 'needs-patch', needs: last.patch.id } } };
}

/** Applies it; a hunk that touches nothing of the port by which it could be placed is a conflict like any other. */
function placedOr(before: PortTree, imported: Imported): Applied {
  const [refused] = imported.refused;
  if (refused !== undefined) {
    return { ok: false, patch: imported.module.id, conflict: { code: 'KPV0307', rule: 'refused', patch: imported.module.id, anchor: refused, nearest: null, changedBy: null, place: { file: imported.module.hunks[0]?.file ?? '', line: 1, function: imported.module.hunks[0]?.function ?? '', text: '' } } };
  }
  const [lost] = imported.unplaced;
  if (lost === undefined) return applyPatch(before, imported.module);
  const file = portFileOf(lost.file);
  const nearest = nearestStatement(before, file, lost.function, lost.text);
  const conflict: Conflict = {
    code: 'KPV0301', rule: 'anchor-missing', patch: imported.module.id, anchor: lost.text, nearest: nearest?.text ?? null, changedBy: null,
    place: { file, line: nearest?.line ?? 1, function: lost.function, text: nearest?.text ?? '' },
  };
  return { ok: false, patch: imported.module.id, conflict };
}

function metaOf(mail: Mail, tag: PatchTag, total: number | null, diff: Diff): PatchMeta {
  const commit = commitOf(mail);
  const person = (one: { readonly name: string; readonly email: string }): string => (one.name === '' ? one.email : `${one.name} <${one.email}>`);
  return {
    series: 'mail', version: `v${tag.version}`, number: tag.number ?? 1, of: total ?? 1, subject: commit.subject,
    author: { name: commit.author?.name ?? '', email: commit.author?.email ?? '' }, date: mail.date ?? '',
    to: mail.to.map(person), cc: mail.cc.map(person), messageId: mail.messageId ?? '', coverId: mail.inReplyTo ?? mail.messageId ?? '',
    files: diff.files.map((file) => file.newPath ?? file.oldPath ?? ''), notModelled: [],
  };
}
