// SPDX-License-Identifier: GPL-2.0-only
// Run by the build: compiles the port as it is, in the default configuration and each value of the
// switches that a series asks for, so that a review compiles only what its patches touch.

import { SERIES } from '../../patches/index.ts';
import { compileAndKeep, forgetKept } from '../instrument/compile.ts';
import '../instrument/transpile.ts';
import { CONFIGS, resolveArms } from '../tree/arms.ts';
import { loadPort } from '../tree/load.ts';

const { files } = loadPort();
forgetKept();
const settings: Readonly<Record<string, string>>[] = [{}];
for (const { switches } of SERIES) {
  for (const [name, values] of Object.entries(switches)) for (const value of values) settings.push({ [name]: value });
}
for (const setting of settings) {
  for (const [file, text] of files) compileAndKeep(file, resolveArms(text, { ...CONFIGS.default, ...setting }));
}
