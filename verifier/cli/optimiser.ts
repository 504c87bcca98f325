// SPDX-License-Identifier: GPL-2.0-only
// How soon V8 optimises. The port is one large program that each thread runs for seconds: with the budget of
// V8 11 (Node 20) the compiler's own threads take a third of a review's processor time, on cores that
// the workers need. Three times the budget costs the hot paths little. V8 12 and later have a middle tier
// that does this better; their settings are left alone.

import { setFlagsFromString } from 'node:v8';

if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=400000');
