// SPDX-License-Identifier: GPL-2.0-only
// How far a migration may go: what it may wait for, and whether it copies the contents itself.
// A header of its own, so that fs.ts can name the type without the rest of migrate.ts.

import type { Kind } from './types.ts';

/** enum migrate_mode */
export type migrate_mode = Kind<'migrate_mode'>;
/** Never waits. */
export const MIGRATE_ASYNC: migrate_mode = 0;
/** Waits for locks, but does not start writeback. */
export const MIGRATE_SYNC_LIGHT: migrate_mode = 1;
export const MIGRATE_SYNC: migrate_mode = 2;
/** Waits, but whoever asked copies the contents (migrate_vma_*). */
export const MIGRATE_SYNC_NO_COPY: migrate_mode = 3;
