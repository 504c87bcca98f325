// SPDX-License-Identifier: GPL-2.0-only
// A mail as the text of its pipermail page: subject, `Name local at host`, a date, the body, and
// the list's footer. Whether it was a reply the page does not say.

import type { SourceLine } from '../../result.ts';
import { BLANK, type Mail } from '../types.ts';

const DATE = /^[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \S{1,6} \d{4}$/;
const FOOTER = /^More information about the \S+ mailing list$/;

/** Null where it is no such page. */
export function readPipermail(lines: readonly SourceLine[], file: string): Mail | null {
  const [subject, who, date] = lines.filter((one) => one.text.trim() !== '').slice(0, 3);
  if (subject === undefined || who === undefined || date === undefined || who.text.length > 300 || !DATE.test(date.text.trim())) return null;
  const [, name, local, host] = /^(.*?)\s*(\S+) at (\S+)$/.exec(who.text.trim()) ?? [];
  if (name === undefined || local === undefined || host === undefined) return null;
  const body = lines.slice(lines.indexOf(date) + 1);
  const footer = body.findLastIndex((one) => FOOTER.test(one.text.trim()));
  return {
    ...BLANK, file, line: lines[0]?.line ?? 1, form: 'pipermail',
    subject: subject.text.trim(), from: { name, email: `${local}@${host}` }, date: date.text.trim(),
    body: trimmed(footer === -1 ? body : body.slice(0, footer)),
  };
}

/** Blank lines at both ends are the page's. */
function trimmed(lines: readonly SourceLine[]): readonly SourceLine[] {
  const first = lines.findIndex((one) => one.text !== '');
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex((one) => one.text !== '') + 1);
}
