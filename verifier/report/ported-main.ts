// SPDX-License-Identifier: GPL-2.0-only
// Writes kernel-port/PORTED.md.

import { readFileSync, writeFileSync } from 'node:fs';
import { loadPort, PORT_DIR } from '../tree/load.ts';
import { portedReport } from './ported.ts';

const trees = readFileSync(new URL('TREES.md', PORT_DIR), 'utf8');
writeFileSync(new URL('PORTED.md', PORT_DIR), portedReport(loadPort().files, trees));
