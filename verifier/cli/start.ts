// SPDX-License-Identifier: GPL-2.0-only
// What `npm start` runs: the review of one patch as text. It ends with 0 when the review ran,
// whatever it found.

import './optimiser.ts';
import { EXIT } from './exit.ts';
import { run } from './run.ts';

const given = process.argv.slice(2);
await run(given.length === 0 ? ['review', 'device-coherent/v2/3'] : ['review', ...given], (code) => {
  switch (code) {
    case EXIT.findings: case EXIT.incomplete: return EXIT.clean;
    case EXIT.clean: case EXIT.usage: case EXIT.conflict: case EXIT.nothingRun: case EXIT.internal: case EXIT.interrupted: return code;
  }
});
