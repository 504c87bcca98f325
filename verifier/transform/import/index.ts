// SPDX-License-Identifier: GPL-2.0-only
// What the rest of the verifier uses of reading mails and diffs.

export { findDiff, readDiff } from './diff/read.ts';
export { printDiff } from './diff/print.ts';
export { isTreePath, type TreePath } from './diff/path.ts';
export {
  hunksOf, numstat, pathOf, remarkText,
  type Change, type Content, type Diff, type DiffFile, type DiffLine, type FileMode, type Hunk, type ModeChange, type NewLine, type OldLine, type Remark,
} from './diff/types.ts';
export { BOUNDS } from './mail/bounds.ts';
export { commitOf, type Commit } from './mail/commit.ts';
export { describe, kindOf, type Kind } from './mail/kind.ts';
export { readMails } from './mail/read.ts';
export { seriesFaults, seriesOf, type Series, type SeriesPatch, type Thread } from './mail/series.ts';
export { readSource } from './mail/source.ts';
export { readSubject, tagText, type PatchTag, type Subject } from './mail/tag.ts';
export { bodyText, type Form, type Mail, type MessageId, type UnreadPart } from './mail/types.ts';
export { errorText, type FileLine, type ReadError, type Result, type SourceLine } from './result.ts';
export { reasons, sumsOf, sumsText, type Fate, type LineAccount, type Sums } from './account.ts';
export { besideRows } from './beside.ts';
export { importDiff, portFileOf, type Imported } from './import.ts';
export { moduleName, moduleText } from './module-text.ts';
