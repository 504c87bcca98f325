// SPDX-License-Identifier: GPL-2.0-only
// Sides for whoever may have to compile: link-side.ts with the transpiler at hand.

import '../instrument/transpile.ts';

export { linkSide, type RunnableSide } from './link-side.ts';
