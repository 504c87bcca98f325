// SPDX-License-Identifier: GPL-2.0-only
// Whether there are colours: --color, then NO_COLOR, then FORCE_COLOR, then the stream. The rule of
// picocolors itself differs (it looks at stdout only, and takes FORCE_COLOR=0 for yes), so only
// its painters are used.

import pc from 'picocolors';
import type { Paint } from '../report/paint.ts';

export type ColourFlag = 'auto' | 'always' | 'never';
export type Env = Readonly<Record<string, string | undefined>>;

export function wantsColour(flag: ColourFlag, env: Env, isTTY: boolean): boolean {
  switch (flag) {
    case 'always': return true;
    case 'never': return false;
    case 'auto': break;
  }
  const { NO_COLOR: no = '', FORCE_COLOR: force = '', TERM: term } = env;
  if (no !== '') return false;
  if (force !== '') return force !== '0' && force !== 'false';
  return isTTY && term !== 'dumb';
}

export function paintFor(enabled: boolean): Paint {
  const { bold, dim, red, green, yellow, blue } = pc.createColors(enabled);
  const as = (f: (s: string) => string) => (s: string): string => f(s);
  return { bold: as(bold), dim: as(dim), red: as(red), green: as(green), yellow: as(yellow), blue: as(blue) };
}
