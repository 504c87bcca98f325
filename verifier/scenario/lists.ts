// SPDX-License-Identifier: GPL-2.0-only
// S-G16: a device page put through migrate_pages(), which goes by page->lru. No code of the kernel
// does that, so what it shows is no finding of a patch: it is run by name and in the full suite, to
// see that the overlay of struct page is watched (G9).

import { DRIVERS } from './gup.ts';
import { COHERENT, MODEL_DRIVER, type Scenario, type Step } from './scenario.ts';

const MEMORY = { coherent: 'c', normal: 'n' } as const;

/** `list/c` and its harmless twin `list/n`. */
export function listScenarios(): readonly Scenario[] {
  return Object.values(MEMORY).map((kind): Scenario => {
    const policy = DRIVERS['page'];
    if (policy === undefined) throw new Error('no driver policy');
    const device = kind === 'c';
    const setup = (act: Step['do']): Step => ({ by: 'P', cpu: 0, name: null, do: act });
    const steps: Step[] = [
      setup({ call: 'mmap', page: 0, pages: 1, write: true }),
      ...(device ? [setup({ driver: 'create', memory: 'coherent', pages: 8, policy })] : []),
      setup({ store: 0, value: 17 }),
      ...(device ? [setup({ driver: 'take', memory: 'coherent', page: 0, pages: 1 })] : [setup({ drain: 'all' })]),
      { by: 'P', cpu: 0, name: 'migrate', do: { kernel: 'model_migrate_list', file: 'drivers/model/pin_user.ts', args: [{ mm: 'P' }, { page: 0 }] } },
      { by: 'P', cpu: 0, name: 'load0', do: { load: 0 } },
    ];
    return {
      id: `list/${kind}`, pages: 1, oddities: 1, cpus: 1, tasks: ['P'], steps, observeAfter: steps.length - 2, reuseFrames: true,
      needs: device ? [COHERENT, MODEL_DRIVER] : [],
    };
  });
}
