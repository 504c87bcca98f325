// SPDX-License-Identifier: GPL-2.0-only
// A driver is unloaded while somebody still maps a page of its memory. It has to wait until the page has
// come back; with one thread nobody brings it back, so that it waits is the end of the run, and no fault.

import { DRIVERS } from './gup.ts';
import { COHERENT, MODEL_DRIVER, type Memory, type Scenario, type Step } from './scenario.ts';

/** By the letter that ids have for it. */
const MEMORIES: Readonly<Record<string, Memory>> = { c: 'coherent', p: 'private' };

/** `unload/c` and `unload/p`. */
export function unloadScenarios(): readonly Scenario[] {
  return Object.entries(MEMORIES).map(([letter, memory]): Scenario => {
    const policy = DRIVERS['page'];
    if (policy === undefined) throw new Error('no driver policy');
    const setup = (act: Step['do']): Step => ({ by: 'P', cpu: 0, name: null, do: act });
    const steps: Step[] = [
      setup({ call: 'mmap', page: 0, pages: 1, write: true }),
      setup({ driver: 'create', memory, pages: 2, policy }),
      setup({ store: 0, value: 17 }),
      setup({ driver: 'take', memory, page: 0, pages: 1 }),
      { by: 'U', cpu: 1, name: 'unload', do: { driver: 'remove', memory }, waits: true },
      { by: 'P', cpu: 0, name: 'load0', do: { load: 0 } },
      setup({ call: 'exit' }),
    ];
    return {
      id: `unload/${letter}`, pages: 1, oddities: 1, cpus: 2, tasks: ['P', 'U'], steps, observeAfter: 3, reuseFrames: true,
      needs: [MODEL_DRIVER, ...(memory === 'coherent' ? [COHERENT] : [])],
    };
  });
}
