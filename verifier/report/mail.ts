// SPDX-License-Identifier: GPL-2.0-only
import type { PatchModule } from '../transform/index.ts';
import type { Review } from './review.ts';
export function mailReport(_r: Review, _m: (id: string) => PatchModule | undefined, _o: { readonly version: string; readonly sourceDate: number | null }): string { return ''; }
