// SPDX-License-Identifier: GPL-2.0-only
// What the rest of the verifier uses of the patch language.

export { applyAll, applyPatch, leftAlone, revertPatch, type Applied, type ApplyOptions, type Reverted } from './apply.ts';
export { editDistance, type Conflict, type ConflictOf, type Place } from './conflict.ts';
export { hunk, hunkText, HunkError, makeHunk, parseHunk, type Hunk, type HunkItem, type HunkLine } from './hunk.ts';
export { lineMap, type LineMap } from './lines.ts';
export { mutate, renameAll, type MutateOptions, type Names } from './mutate.ts';
export {
  outsidePort, patch, patchId, reposted, type CallCount, type Edit, type FileEdits, type FunctionHunk, type OutsideFile, type OutsidePatch, type PatchMeta,
  type PatchModule, type Person, type PortPatch, type SuiteChange,
} from './patch.ts';
export { unifiedDiff } from './unified.ts';
