#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-only
// The `kpv` program. It sets the exit code and returns: what is still on its way to a pipe gets there.

import './optimiser.ts';
import { run } from './run.ts';

await run(process.argv.slice(2));
