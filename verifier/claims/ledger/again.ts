// SPDX-License-Identifier: GPL-2.0-only
// Where the same was said once more by the same person.

export interface Mail {
  /** `2022-01-12` */
  readonly date: string;
  readonly messageId: string | null;
}

const AGAIN: ReadonlyMap<string, readonly Mail[]> = new Map([
  ['C07', [{ date: '2022-01-10', messageId: '20220110223201.31024-1-alex.sierra@amd.com' }]],
  ['C08a', [{ date: '2022-01-10', messageId: '20220110223201.31024-2-alex.sierra@amd.com' }]],
  ['C08b', [{ date: '2022-01-10', messageId: '20220110223201.31024-2-alex.sierra@amd.com' }]],
  ['C27', [{ date: '2021-09-01', messageId: 'e6a9e3cc-9dca-946a-c3fc-f86753fe8fd4@amd.com' }]],
  ['C31a', [{ date: '2021-09-01', messageId: '20210901082925.GA21961@lst.de' }]],
  ['C37', [{ date: '2021-09-02', messageId: '20210902011438.GM2566745@dread.disaster.area' }]],
  ['C61a', [{ date: '2022-02-15', messageId: null }]],
]);

export function saidAgain(id: string): readonly Mail[] { return AGAIN.get(id) ?? []; }
