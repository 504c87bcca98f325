// SPDX-License-Identifier: GPL-2.0-only
// A port whose functions stop as generators. Apart from link.ts, so that nobody who does not ask for
// it loads it.

import { Generators } from './generators.ts';
import { LinkedPort, type OtherForm } from './link.ts';
import './transpile.ts';

export const GENERATORS: OtherForm = { form: 'generators', hooks: (runtime) => new Generators(runtime) };

/** texts: as for LinkedPort. */
export function linkGenerators(texts: ReadonlyMap<string, string>): LinkedPort { return new LinkedPort(texts, GENERATORS); }
