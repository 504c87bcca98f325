// SPDX-License-Identifier: GPL-2.0-only
// Claims about the test driver and the tests that use it: what they reach, and what they would not notice.

import type { Check } from '../claim.ts';
import type { Scenario, Step } from '../../scenario/scenario.ts';
import type { Edit, Suite, Where } from '../laboratory.ts';
import { Notebook } from '../notebook.ts';
import { BASE, V2_DRIVER, V3_DRIVER } from './targets.ts';

const DRIVER = 'lib/test_hmm.ts';
/** Tests that move pages to a device. */
const MOVING: readonly string[] = ['migrate', 'migrate_fault', 'migrate_mixed', 'migrate_multiple', 'snapshot', 'double_map'];
const COHERENT = '*_device_coherent.*';

function short(name: string): string { return name.slice(name.lastIndexOf('.') + 1); }

/** migrate_vma_collect_pmd() never gets a page lock at once: what follows has to do without. */
const NO_FAST_PATH: Edit = { file: 'mm/migrate.ts', from: '      if (trylock_page(page)) {\n        let swp_pte: pte_t;', to: '      if (page === null) {\n        let swp_pte: pte_t;' };

export const C02: Check = (lab) => {
  const book = new Notebook('C02', lab);
  const reaches = (suite: Suite): string => `try_to_migrate() ${suite.reached('try_to_migrate') ? 'called' : 'not called'}`;
  const rows = MOVING.map((name) => ({ name, suite: book.tests(V3_DRIVER, `*_device_coherent.${name}`, reaches) })).filter(({ suite }) => suite.tests.length > 0);
  const slow: Where = { ...V3_DRIVER, edits: [NO_FAST_PATH] };
  const without = book.tests(slow, COHERENT, reaches);
  const priv = book.tests(slow, '*_device_private.*', reaches);
  const calling = rows.filter(({ suite }) => suite.reached('try_to_migrate')).map((row) => row.name);
  if (rows.length === 0 || rows.some(({ suite }) => suite.failed.length > 0)) return book.notReproduced('not all tests on coherent devices pass');
  const lost = without.failed.map((one) => short(one.split(':')[0] ?? ''));
  if (calling.length > 0) return book.refuted(`they pass, and ${calling.join(', ')} call try_to_migrate()`);
  return lost.length > 0 ? book.confirmed(`the ${rows.length} tests that move coherent pages pass and none calls try_to_migrate(); where the collection never gets the page lock, ${lost.join(', ')} fail${priv.failed.length === 0 ? ', and on private devices none' : ''}`)
    : book.refuted(`they pass without the fast path, too${without.reached('try_to_migrate') ? ', and call try_to_migrate() then' : ''}: none of them looks whether a coherent page came back`, `with the fast path none of the ${rows.length} that move coherent pages calls try_to_migrate()`);
};

export const C19: Check = (lab) => {
  const book = new Notebook('C19', lab);
  const [before, at, after] = [6, 7, 8].map((n) => book.tests({ target: `device-coherent/v3/${n}` }, '*open_close'));
  if (before === undefined || at === undefined || after === undefined || before.failed.length > 0) return book.notReproduced('the module does not load before the patch either');
  const sets = /zone_device_type = /.test(lab.source({ target: 'device-coherent/v3/7' }, DRIVER, 'hmm_dmirror_init') + lab.source({ target: 'device-coherent/v3/7' }, DRIVER, 'dmirror_device_init'));
  book.note(`as of v3 7 ${sets ? 'the type of a device is set' : 'nothing sets the type of a device before it is looked at'}`);
  return at.failed.length > 0 && !sets ? book.confirmed(`as of v3 7 the type is zero where it is looked at, and the module does not load: ${at.failed[0]?.split(': ').slice(1).join(': ') ?? ''}`, after.failed.length === 0 ? 'cured by v3 8, so a matter of the series in between' : null)
    : book.refuted('as of v3 7 the module loads');
};

/** hmm_dmirror_exit() removes every device, whether or not its type is set. */
const NO_TEST: Edit = { file: DRIVER, from: '    if (dmirror_devices()[id].zone_device_type)\n      dmirror_device_remove(dmirror_devices()[id]);', to: '    dmirror_device_remove(dmirror_devices()[id]);' };
/** The module as it is loaded without spm_addr_dev0 and spm_addr_dev1. */
const NO_PARAMETERS: Edit = { file: DRIVER, from: '    if (spm_addr_dev0().v && spm_addr_dev1().v) {', to: '    if (!spm_addr_dev0().v && !spm_addr_dev1().v) {' };

export const C18: Check = (lab) => {
  const book = new Notebook('C18', lab);
  const glob = '*_device_private.open_close';
  const trouble = (suite: Suite): readonly string[] => [...suite.failed, ...suite.tests.flatMap((one) => one.findings.map((f) => `${f.rule} in ${f.site.function}`))];
  const posted = trouble(book.tests({ ...V3_DRIVER, edits: [NO_PARAMETERS] }, glob));
  const given = trouble(book.tests({ ...V3_DRIVER, edits: [NO_TEST] }, glob));
  const plain = trouble(book.tests({ ...V3_DRIVER, edits: [NO_TEST, NO_PARAMETERS] }, glob));
  if (posted.length > 0) return book.notReproduced(`the module does not load and unload as posted: ${posted.join('; ')}`);
  if (plain.length > 0) return book.refuted(`loaded without parameters, two of the four slots were never set up, and unloading removes them all the same: ${plain.join('; ')}`, given.length === 0 ? 'with both parameters given it is not needed' : null);
  return given.length === 0 ? book.confirmed('without the test the module unloads with and without its parameters') : book.refuted(`without the test unloading fails: ${given.join('; ')}`);
};

/** The ioctl that moves pages back does nothing, and says that all is well. */
const IDLE: Edit = { file: DRIVER, from: '      dmirror_devmem_fault_alloc_and_copy(args, dmirror);\n\n      migrate_vma_pages(args);\n      migrate_vma_finalize(args);\n    }\n  }\n\n  mmap_read_unlock(mm);\n  mmput(mm);\n\n  return ret;', to: '      migrate_vma_pages(args);\n      migrate_vma_finalize(args);\n    }\n  }\n\n  mmap_read_unlock(mm);\n  mmput(mm);\n\n  return ret;' };

export const C24b: Check = (lab) => {
  const book = new Notebook('C24b', lab);
  const posted = book.tests(V3_DRIVER, COHERENT);
  const idle = book.tests({ ...V3_DRIVER, edits: [IDLE] }, COHERENT);
  const multiple = (suite: Suite): boolean => suite.passed.some((name) => short(name) === 'migrate_multiple');
  if (!multiple(posted) || !posted.reached('dmirror_migrate_to_system')) return book.notReproduced('migrate_multiple does not pass as posted, or moves nothing back');
  return multiple(idle) ? book.confirmed(`with a step that moves nothing back migrate_multiple still passes, ${idle.failed.length === 0 ? `and so do all ${idle.passed.length} tests on coherent devices` : `but not ${idle.failed.join('; ')}`}`)
    : book.refuted('migrate_multiple fails where nothing is moved back');
};

export const C21: Check = (lab) => {
  const book = new Notebook('C21', lab);
  const posted = book.tests(V3_DRIVER, COHERENT);
  const idle = book.tests({ ...V3_DRIVER, edits: [IDLE] }, COHERENT);
  const tells = /cmd \. cpages =/.test(lab.source(V3_DRIVER, DRIVER, 'dmirror_migrate_to_system'));
  book.note(`dmirror_migrate_to_system() ${tells ? 'tells' : 'does not tell'} how many pages it moved`);
  if (!posted.reached('dmirror_migrate_to_system')) return book.notReproduced('nothing asks for pages to be moved back');
  return !tells && idle.failed.length === 0 ? book.confirmed('it gives no count, and where none of the pages moves it returns 0 and no test notices') : book.refuted(tells ? 'it gives a count' : `tests notice: ${idle.failed.join('; ')}`);
};

export const C23: Check = (lab) => {
  const book = new Notebook('C23', lab);
  const called = (suite: Suite): string => `dmirror_devmem_fault() ${suite.reached('dmirror_devmem_fault') ? 'called' : 'not called'}`;
  const v3 = book.tests(V3_DRIVER, COHERENT, called);
  const v2 = book.tests(V2_DRIVER, COHERENT, called);
  if (v3.passed.length === 0) return book.notReproduced('no test on coherent devices passes');
  return v3.reached('dmirror_devmem_fault') ? book.refuted('it is called for coherent pages in v3')
    : book.confirmed('no test on coherent devices calls it in v3', v2.reached('dmirror_devmem_fault') ? 'in v3; in v2, which has the same hunk, a long-term pin calls it for coherent pages, and needs the other arm' : null);
};

/** The types are numbered from zero. */
const FROM_ZERO: readonly Edit[] = [
  { file: 'lib/test_hmm_uapi.ts', from: 'export const HMM_DMIRROR_MEMORY_DEVICE_PRIVATE: u8 = 1;', to: 'export const HMM_DMIRROR_MEMORY_DEVICE_PRIVATE: u8 = 0;' },
  { file: 'lib/test_hmm_uapi.ts', from: 'export const HMM_DMIRROR_MEMORY_DEVICE_COHERENT: u8 = 2;', to: 'export const HMM_DMIRROR_MEMORY_DEVICE_COHERENT: u8 = 1;' },
];

export const C17: Check = (lab) => {
  const book = new Notebook('C17', lab);
  const glob = '*_device_private.open_close';
  const removes = (suite: Suite): boolean => suite.failed.length === 0 && suite.reached('dmirror_device_remove');
  const inWords = (suite: Suite): string => (removes(suite) ? 'devices are removed at unload' : 'no device is removed at unload');
  const posted = book.tests({ ...V3_DRIVER, edits: [NO_PARAMETERS] }, glob, inWords);
  const zero = book.tests({ ...V3_DRIVER, edits: [NO_PARAMETERS, ...FROM_ZERO] }, glob, inWords);
  if (!removes(posted)) return book.notReproduced('as posted no device is removed at unload');
  return removes(zero) ? book.confirmed('numbered from zero the module loads, and removes its devices at unload as before')
    : book.refuted('numbered from zero, the test at unload takes private devices for ones that were never set up, and leaves them', 'with that test in place (C18 is about taking it out)');
};

/** The way back asks for system pages, where it has to ask for the device's. */
const WRONG_PAGES: Edit = { file: DRIVER, from: '      args.flags = dmirror_select_device(dmirror);\n', to: '      args.flags = MIGRATE_VMA_SELECT_SYSTEM;\n' };

export const C20: Check = (lab) => {
  const book = new Notebook('C20', lab);
  const back = (where: Where) => book.see(where, scenarioFor('system-page-back'), (seen) => seen.rules.join(', '));
  const posted = back(V3_DRIVER);
  const wrong = back({ ...V3_DRIVER, edits: [WRONG_PAGES] });
  const suite = book.tests({ ...V3_DRIVER, edits: [WRONG_PAGES] }, COHERENT, (one) => (one.tests.some((test) => test.findings.some((f) => f.rule === 'warn-on')) ? 'with a warning' : ''));
  if (posted.found('warn-on').length > 0 || wrong.found('warn-on').length === 0) return book.notReproduced('a wrong selection brings no warning');
  const moved = wrong.steps('remove_migration_pte').flatMap((step) => step.values).some((value) => { const [, from, to] = /migration entry (0x[\da-f]+) \w+ -> (0x[\da-f]+) /.exec(value) ?? []; return from !== to; });
  return moved && suite.failed.length === 0 ? book.confirmed('a system page that is handed to the way back is warned of and moved all the same, and no test fails') : book.refuted(moved ? `tests notice: ${suite.failed.join('; ')}` : 'the page is left where it is');
};

/** P writes a page and asks for it to be moved back, though it was never on the device. */
function scenarioFor(id: string): Scenario {
  const steps: Step[] = [];
  const put = (by: string, act: Step['do'], name: string | null = null): void => { steps.push({ by, cpu: 0, name, do: act }); };
  put('Q', { dmirror: 'insmod' });
  put('P', { call: 'mmap', page: 0, pages: 1, write: true });
  put('P', { store: 0, value: 17 });
  put('P', { drain: 'all' });
  put('P', { dmirror: 'open', file: 'f', minor: 2 });
  put('P', { dmirror: 'ioctl', file: 'f', command: 'to-system', page: 0, pages: 1 }, 'back');
  put('P', { load: 0 }, 'load');
  const observeAfter = steps.length - 1;
  put('P', { dmirror: 'close', file: 'f' });
  put('P', { drain: 'all' });
  put('P', { call: 'exit' });
  put('Q', { dmirror: 'rmmod' });
  put('Q', { call: 'exit' });
  return { id: `claims/${id}`, pages: 1, oddities: 1, cpus: 2, tasks: ['P', 'Q'], steps, observeAfter, reuseFrames: true, needs: ['lib/test_hmm.ts#hmm_dmirror_init', 'lib/test_hmm_uapi.ts#HMM_DMIRROR_MIGRATE_TO_SYS'] };
}

/** A private page on the driver's device, and a load of it with something in the way. */
function faulting(what: 'nothing' | 'no-memory' | 'a-reference'): Scenario {
  const steps: Step[] = [];
  const put = (by: string, act: Step['do'], name: string | null = null): void => { steps.push({ by, cpu: 0, name, do: act }); };
  put('Q', { dmirror: 'insmod' });
  put('P', { call: 'mmap', page: 0, pages: 1, write: true });
  put('P', { store: 0, value: 17 });
  put('P', { drain: 'all' });
  if (what === 'a-reference') put('P', { call: 'fork', child: 'C' });
  put('P', { dmirror: 'open', file: 'f', minor: 0 });
  put('P', { dmirror: 'ioctl', file: 'f', command: 'migrate', page: 0, pages: 1 }, 'migrate');
  if (what === 'no-memory') put('P', { failAlloc: 'page', nth: 1, forEver: true });
  put('P', { load: 0 }, 'load');
  const observeAfter = steps.length - 1;
  put('P', { failAlloc: 'page', nth: 0, forEver: false });
  put('P', { dmirror: 'close', file: 'f' });
  put('P', { drain: 'all' });
  if (what === 'a-reference') put('C', { call: 'exit' });
  put('P', { call: 'exit' });
  put('Q', { dmirror: 'rmmod' });
  put('Q', { call: 'exit' });
  return { id: `claims/private-${what}`, pages: 1, oddities: 1, cpus: 2, tasks: ['P', 'Q'], steps, observeAfter, reuseFrames: true, needs: ['lib/test_hmm.ts#hmm_dmirror_init'] };
}
/** migrate_vma_setup() refuses. */
const NO_SETUP: Edit = { file: 'mm/migrate.ts', from: '  if (!args.src || !args.dst)\n    return -EINVAL;', to: '  if (args.pgmap_owner && args.flags !== MIGRATE_VMA_SELECT_SYSTEM)\n    return -EINVAL;' };

export const C22: Check = (lab) => {
  const book = new Notebook('C22', lab);
  const fine = book.see(BASE, faulting('nothing'));
  const setup = book.see({ ...BASE, edits: [NO_SETUP] }, faulting('nothing'));
  const memory = book.see(BASE, faulting('no-memory'), (seen) => seen.rules.join(', '));
  if (fine.number('P.load') !== 17) return book.notReproduced('the page does not come back even with nothing in the way');
  const killed = setup.value('P.load') === 'SIGBUS';
  const other = memory.value('P.load') ?? memory.value('end') ?? 'nothing';
  return killed && other === 'SIGBUS' ? book.confirmed('SIGBUS where the set-up is refused, and where there is no memory')
    : book.refuted(`${killed ? 'SIGBUS where migrate_vma_setup() refuses' : 'no SIGBUS where migrate_vma_setup() refuses'}; where there is no page to move it to the fault says that all is well, and comes again${other === 'never' || memory.run.status === 'cut' ? ' without end' : ` (${other})`}`, 'the claim holds for a refused set-up only');
};
