// SPDX-License-Identifier: GPL-2.0-only
// What a subject says of a patch: `[PATCH v2 03/11] title`, with the words that trees and lists put
// beside it, or `[v2,03/11]` as patchwork shows it.

export interface PatchTag {
  /** The subject without what stands in brackets before it, and without `Re:`. */
  readonly title: string;
  readonly version: number;
  /** Null for a patch alone. 0 is the cover letter's. */
  readonly number: number | null;
  readonly total: number | null;
  /** RFC, RESEND, the name of a tree. */
  readonly words: readonly string[];
}

export interface Subject {
  /** `Re:`, `Fwd:` and their kin stand in front. */
  readonly reply: boolean;
  readonly title: string;
  readonly tag: PatchTag | null;
}

const REPLY = /^(?:re|aw|fwd?|sv|antw|回复)(?:\[\d+\])?[:：]\s*/i;

export function readSubject(subject: string): Subject {
  let rest = subject.trim();
  let reply = false;
  const brackets: string[] = [];
  for (;;) {
    const said = REPLY.exec(rest)?.[0];
    const bracket = /^\[([^\][]*)\]\s*/.exec(rest);
    if (said !== undefined) [reply, rest] = [true, rest.slice(said.length)];
    else if (bracket !== null) {
      brackets.push(bracket[1] ?? '');
      rest = rest.slice(bracket[0].length);
    } else break;
  }
  const title = rest.replace(/\s+/g, ' ').replace(/^: /, '').trim();
  return { reply, title, tag: brackets.map((inner) => tagOf(inner, title)).find((tag) => tag !== null) ?? null };
}

function tagOf(inner: string, title: string): PatchTag | null {
  // `PATCHv2` is written, too, and Mercurial writes `1 of 2`.
  const words = inner.replace(/patch(?=v\d+\b)/i, 'PATCH ').replace(/\b(\d{1,4}) of (\d{1,4})\b/, '$1/$2').split(/[\s,]+/).filter((word) => word !== '');
  const of = words.map((word) => /^(\d{1,4})\/(\d{1,4})$/.exec(word)).find((found) => found !== null);
  const version = words.map((word) => /^v(\d{1,3})$/i.exec(word)?.[1]).find((found) => found !== undefined);
  if (of === undefined && !words.some((word) => /^(?:patch|rfc)$/i.test(word)) && !(version !== undefined && words.length === 1)) return null;
  const number = of?.[1] === undefined ? null : Number(of[1]);
  const total = of?.[2] === undefined ? null : Number(of[2]);
  return {
    title, version: version === undefined ? 1 : Number(version), number, total,
    words: words.filter((word) => !/^(?:patch|v\d{1,3}|\d{1,4}\/\d{1,4})$/i.test(word)),
  };
}

/** `v2 3/11` */
export function tagText({ version, number, total }: PatchTag): string {
  return [...(version === 1 ? [] : [`v${version}`]), ...(number === null || total === null ? [] : [`${number}/${total}`])].join(' ');
}
