// SPDX-License-Identifier: GPL-2.0-only
// A side that can run: the port with a series' patches up to one of them, in one configuration.

import { resolveArms, type Config } from '../tree/arms.ts';
import { LinkedPort } from '../instrument/link.ts';
import { PortView } from '../check/view.ts';

export interface RunnableSide {
  readonly port: LinkedPort;
  readonly view: PortView;
  readonly config: Config;
}

/** files: unresolved text by path below kernel-port/. */
export function linkSide(files: ReadonlyMap<string, string>, config: Config): RunnableSide {
  const texts = new Map<string, string>();
  for (const [file, text] of files) {
    if (file.endsWith('.ts')) texts.set(file, resolveArms(text, config));
  }
  const port = new LinkedPort(texts);
  return { port, view: new PortView(port), config };
}
