// SPDX-License-Identifier: GPL-2.0-only
// What the port says of several threads: its tables name what is there, and locks, RCU, work items and
// accesses do what a second thread relies on. One thread at a time: where it would wait, it is thrown out.

import test from 'ava';
import { isObject } from '../../verifier/check/view.ts';
import type { PortObject } from '../../verifier/instrument/runtime.ts';
import { linkSide } from '../../verifier/scenario/side.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import { loadPort } from '../../verifier/tree/load.ts';
import { indexFile } from '../../verifier/tree/statements.ts';

const port = loadPort();
const side = linkSide(port.files, CONFIGS.default);
const { view } = side;
const fn = (file: string, name: string, ...args: readonly unknown[]): unknown => view.fn(file, name)(...args);
const object = (o: unknown): PortObject => { if (!isObject(o)) throw new Error('no object'); return o; };
const table = (name: string): [string, unknown][] => Object.entries(object(side.port.symbol('arch/model/events.ts', name)));

const MACHINE = 'arch/model/machine.ts';
const BOOT = 'arch/model/boot.ts';
const RWSEM = 'include/linux/rwsem.ts';
const RCU = 'include/linux/rcupdate.ts';
const MMAN = 'include/linux/mman.ts';

test('each function and file of the tables is there', (t) => {
  for (const [file, names] of [...table('ONE_EVENT'), ...table('NO_ACCESS')]) {
    const text = port.files.get(file);
    t.truthy(text, file);
    if (text === undefined || !Array.isArray(names)) continue;
    const there = new Set(indexFile(file, text).functions.map((f) => f.name));
    for (const name of names) {
      t.true(there.has(String(name)), `${file}: ${String(name)}`);
      t.is(typeof side.port.symbol(file, String(name)), 'function', `${file}: ${String(name)} is exported`);
    }
  }
});

test('the accessors that are said to be a word are one: what was is put back with its arm', (t) => {
  const page = object(Reflect.construct(side.port.symbol('include/linux/mm_types.ts', 'page') as new (pfn: number) => object, [1]));
  const words = object(object(side.port.symbol('arch/model/events.ts', 'SAME_WORD'))['page']);
  const lru = object(page['lru']);
  lru['next'] = lru;
  lru['prev'] = lru;
  for (const [name, arm] of [['pgmap', 'arm0'], ['zone_device_data', 'arm1']] as const) {
    const was = page[name];
    page[name] = null;
    t.is(page[arm], name);
    t.is(page[String(object(words[name])['word'])], null);
    page[name] = was;
    t.is(page[arm], 'lru');
  }
});

interface Bench { readonly machine: PortObject; as<T>(task: PortObject, cpu: number, act: () => T): T; task(name: string): PortObject }
function boot(cpus = 2): Bench {
  const machine = object(fn(BOOT, 'boot_machine', { cpus, normal: 32, movable: 32 }));
  let pid = 1;
  return {
    machine,
    as: (task, cpu, act) => {
      let result: ReturnType<typeof act> | undefined;
      fn(MACHINE, 'run_on', machine, cpu, task, () => { result = act(); });
      return result as ReturnType<typeof act>;
    },
    task: (name) => object(fn(BOOT, 'create_task', machine, name, pid++)),
  };
}
const BLOCKED = { name: 'machine_halt' };
const make = (file: string, name: string, ...args: readonly unknown[]): PortObject =>
  object(Reflect.construct(side.port.symbol(file, name) as new () => object, args));

test('a queued writer keeps readers out, and they have it together when a reader stands first', (t) => {
  const b = boot();
  const [r1, w, r2, r3] = ['r1', 'w', 'r2', 'r3'].map((name) => b.task(name)) as [PortObject, PortObject, PortObject, PortObject];
  const sem = make(RWSEM, 'rw_semaphore', 'sem');
  const down = (task: PortObject, how: string): unknown => b.as(task, 0, () => fn(RWSEM, how, sem));
  down(r1, 'down_read');
  t.true(down(r2, 'down_read_trylock'));
  down(r2, 'up_read');
  t.throws(() => down(w, 'down_write'), BLOCKED);
  t.false(down(r2, 'down_read_trylock'));
  t.throws(() => down(r2, 'down_read'), BLOCKED);
  t.false(down(r3, 'down_write_trylock'));
  r3['sigkill'] = true;
  t.is(down(r3, 'down_write_killable'), -4);
  t.is(down(r3, 'down_read_killable'), -4);
  // What is left is as if r3 had never come.
  const waiters = (): unknown[] => (sem['waiters'] as PortObject[]).map((x) => x['task']);
  t.deepEqual(waiters(), [w, r2]);
  down(r1, 'up_read');
  t.deepEqual(sem['granted'], []);
  t.deepEqual(sem['readers'], []);
});

test('readers behind a writer are let in when it gives up, and by one that lets go', (t) => {
  const b = boot();
  const [r1, w, r2] = ['r1', 'w', 'r2'].map((name) => b.task(name)) as [PortObject, PortObject, PortObject];
  const down = (task: PortObject, how: string, sem: PortObject): unknown => b.as(task, 0, () => fn(RWSEM, how, sem));
  const held = make(RWSEM, 'rw_semaphore', 'held');
  down(r1, 'down_write', held);
  t.throws(() => down(w, 'down_read', held), BLOCKED);
  t.throws(() => down(r2, 'down_read', held), BLOCKED);
  down(r1, 'up_write', held);
  t.deepEqual((held['granted'] as PortObject[]).map((x) => x['task']), [w, r2]);
  t.deepEqual(held['waiters'], []);
  // Granted is held: nobody else gets in for writing.
  t.false(down(r1, 'down_write_trylock', held));
});

test('a grace period waits for who was inside, and for nobody who comes later', (t) => {
  const b = boot(3);
  const [a, c, d] = ['a', 'c', 'd'].map((name) => b.task(name)) as [PortObject, PortObject, PortObject];
  const lock = make('include/linux/spinlock.ts', 'spinlock_t', 'lock');
  const later: { ready: () => boolean; run: () => void }[] = [];
  b.machine['on_defer'] = (ready: () => boolean, run: () => void) => { later.push({ ready, run }); };
  let ran = 0;
  const call = (): void => { b.as(a, 0, () => fn(RCU, 'call_rcu', {}, () => { ran += 1; })); };
  const ready = (): boolean => later[later.length - 1]?.ready() ?? false;

  call();
  t.true(ready());
  b.as(c, 1, () => fn(RCU, 'rcu_read_lock'));
  b.as(d, 2, () => fn('include/linux/spinlock.ts', 'spin_lock_irq', lock));
  call();
  b.as(a, 0, () => fn('include/linux/preempt.ts', 'preempt_disable'));
  t.false(ready());
  b.as(c, 1, () => fn(RCU, 'rcu_read_unlock'));
  b.as(c, 1, () => fn(RCU, 'rcu_read_lock'));
  t.false(ready());
  b.as(d, 2, () => fn('include/linux/spinlock.ts', 'spin_unlock', lock));
  t.false(ready());
  b.as(d, 2, () => fn('include/linux/irqflags.ts', 'local_irq_enable'));
  t.true(ready());
  later[later.length - 1]?.run();
  t.is(ran, 1);
  t.throws(() => { b.as(d, 2, () => fn(RCU, 'synchronize_rcu')); }, BLOCKED);
});

test('srcu waits for the readers that were there', (t) => {
  const b = boot();
  const SRCU = 'include/linux/srcu.ts';
  const [a, c] = ['a', 'c'].map((name) => b.task(name)) as [PortObject, PortObject];
  const ssp = make(SRCU, 'srcu_struct');
  b.as(a, 0, () => fn(SRCU, 'srcu_read_lock', ssp));
  let ready = (): boolean => false;
  b.machine['on_defer'] = (r: () => boolean) => { ready = r; };
  b.as(c, 1, () => fn(SRCU, 'call_srcu', ssp, {}, () => undefined));
  b.as(a, 0, () => fn(SRCU, 'srcu_read_lock', ssp));
  b.as(c, 1, () => fn(SRCU, 'srcu_read_lock', ssp));
  b.as(a, 0, () => fn(SRCU, 'srcu_read_unlock', ssp, 0));
  t.false(ready());
  b.as(a, 0, () => fn(SRCU, 'srcu_read_unlock', ssp, 0));
  t.true(ready());
});

test('a killed percpu_ref is released after the readers of the kill, and a late reader may have got one more', (t) => {
  const b = boot();
  const REF = 'include/linux/percpu-refcount.ts';
  const LIB = 'lib/percpu-refcount.ts';
  const [a, c] = ['a', 'c'].map((name) => b.task(name)) as [PortObject, PortObject];
  const ref = make(REF, 'percpu_ref');
  let released = 0;
  const later: { ready: () => boolean; run: () => void }[] = [];
  b.as(a, 0, () => fn(LIB, 'percpu_ref_init', ref, () => { released += 1; }, 0, 0));
  b.machine['on_defer'] = (ready: () => boolean, run: () => void) => { later.push({ ready, run }); };
  // c stands between reading the word and counting.
  b.as(c, 1, () => fn(RCU, 'rcu_read_lock'));
  const word = object(object(ref['percpu_count_ptr'])['count']);
  b.as(a, 0, () => fn(REF, 'percpu_ref_kill', ref));
  t.false(b.as(a, 0, () => fn(REF, 'percpu_ref_tryget_live', ref)));
  b.as(c, 1, () => fn('include/linux/percpu.ts', 'this_cpu_inc', word));
  t.false(later[0]?.ready());
  b.as(c, 1, () => fn(RCU, 'rcu_read_unlock'));
  t.true(later[0]?.ready());
  b.as(c, 1, () => { later[0]?.run(); });
  t.is(released, 0);
  b.as(c, 1, () => fn(REF, 'percpu_ref_put', ref));
  t.is(released, 1);
});

test('a work item runs as its CPU\'s worker, and who waits for one that runs waits for its end', (t) => {
  const b = boot();
  const WQ = 'include/linux/workqueue.ts';
  const task = b.task('a');
  const work = make(WQ, 'work_struct');
  b.as(task, 0, () => {
    const seen: unknown[] = [];
    fn(WQ, 'INIT_WORK', work, () => {
      seen.push(fn(MACHINE, 'smp_processor_id'));
      t.throws(() => fn(WQ, 'flush_work', work), BLOCKED);
    });
    t.false(fn(WQ, 'flush_work', work));
    t.true(fn(WQ, 'queue_work_on', 1, fn(WQ, 'mm_percpu_wq'), work));
    t.false(fn(WQ, 'queue_work_on', 1, fn(WQ, 'mm_percpu_wq'), work));
    t.true(fn(WQ, 'flush_work', work));
    t.deepEqual(seen, [1]);
    t.is(fn(MACHINE, 'smp_processor_id'), 0);
    t.is(fn(MACHINE, 'current'), task);
    t.false(fn(WQ, 'flush_work', work));
  });
});

test('while one task has its CPU to itself, another of that CPU has not', (t) => {
  const b = boot();
  const PREEMPT = 'include/linux/preempt.ts';
  const lock = make('include/linux/spinlock.ts', 'spinlock_t', 'lock');
  const [a, c] = ['a', 'c'].map((name) => b.task(name)) as [PortObject, PortObject];
  b.as(a, 1, () => fn(PREEMPT, 'preempt_disable'));
  b.as(a, 1, () => fn(PREEMPT, 'preempt_disable'));
  t.throws(() => { b.as(c, 1, () => fn(PREEMPT, 'preempt_disable')); }, BLOCKED);
  t.throws(() => { b.as(c, 1, () => fn('include/linux/spinlock.ts', 'spin_lock', lock)); }, BLOCKED);
  t.throws(() => { b.as(c, 1, () => fn('include/linux/irqflags.ts', 'local_irq_save')); }, BLOCKED);
  b.as(c, 0, () => fn('include/linux/spinlock.ts', 'spin_lock_irqsave', lock));
  // It waits for the lock with the CPU to itself, as in C.
  b.as(a, 1, () => fn(PREEMPT, 'preempt_enable'));
  t.throws(() => { b.as(a, 1, () => fn('include/linux/spinlock.ts', 'spin_lock', lock)); }, BLOCKED);
  b.as(a, 1, () => fn(PREEMPT, 'preempt_enable'));
  t.throws(() => { b.as(c, 1, () => fn(PREEMPT, 'preempt_disable')); }, BLOCKED);
  b.as(a, 1, () => fn(PREEMPT, 'preempt_enable'));
  b.as(c, 1, () => fn(PREEMPT, 'preempt_disable'));
  t.pass();
});

test('a flush waits for a CPU with interrupts off, unless the machine is told otherwise', (t) => {
  const b = boot();
  const IRQ = 'include/linux/irqflags.ts';
  const TLB = 'arch/model/tlb.ts';
  const [a, c] = ['a', 'c'].map((name) => b.task(name)) as [PortObject, PortObject];
  b.as(c, 1, () => fn(IRQ, 'local_irq_save'));
  t.throws(() => { b.as(a, 0, () => fn(TLB, 'flush_tlb_mm', a['mm'])); }, BLOCKED);
  b.machine['flush_waits_irqsoff'] = false;
  b.as(a, 0, () => fn(TLB, 'flush_tlb_mm', a['mm']));
  t.pass();
});

test('accesses that went through are told; a driver moves the pages of an mm that is not its caller\'s', (t) => {
  const b = boot();
  const DEVICE = 'drivers/model/device.ts';
  const [a, c] = ['a', 'c'].map((name) => b.task(name)) as [PortObject, PortObject];
  const number = (file: string, name: string): number => view.number(file, name);
  const told: unknown[] = [];
  b.machine['on_access'] = (_mm: unknown, va: number, write: boolean, value: number) => { told.push([va, write, value]); };
  const va = 0x400000;
  const dev = b.as(a, 0, () => {
    fn('arch/model/syscalls.ts', 'sys_mmap', va, 0x1000, number(MMAN, 'PROT_READ') | number(MMAN, 'PROT_WRITE'), number(MMAN, 'MAP_PRIVATE') | number(MMAN, 'MAP_ANONYMOUS'));
    fn('arch/model/mmu.ts', 'user_store', va, 7);
    const made = object(fn(DEVICE, 'model_device_create', number('include/linux/memremap.ts', 'MEMORY_DEVICE_PRIVATE'), number('include/linux/migrate.ts', 'MIGRATE_VMA_SELECT_DEVICE_PRIVATE'), 4));
    fn('mm/swap.ts', 'lru_add_drain_all');
    t.is(fn(DEVICE, 'model_migrate_to_device', made, va, va + 0x1000), 1);
    return made;
  });
  const mm = a['mm'];
  t.is(b.as(c, 1, () => fn(DEVICE, 'model_migrate_to_system', dev, va, va + 0x1000, mm)), 1);
  t.is(b.as(a, 0, () => object(fn('arch/model/mmu.ts', 'user_load', va))['value']), 7);
  t.deepEqual(told, [[va, true, 7], [va, false, 7]]);
  b.as(a, 0, () => fn('arch/model/syscalls.ts', 'sys_exit_mm'));
  t.is(b.as(c, 1, () => fn(DEVICE, 'model_migrate_to_system', dev, va, va + 0x1000, mm)), -22);
});

test('an unload waits for the last page', (t) => {
  const b = boot();
  const DEVICE = 'drivers/model/device.ts';
  const a = b.task('a');
  const number = (file: string, name: string): number => view.number(file, name);
  const va = 0x400000;
  const blocked: string[] = [];
  b.machine['on_blocked'] = (_on: object, why: string) => { blocked.push(why); };
  t.throws(() => {
    b.as(a, 0, () => {
      fn('arch/model/syscalls.ts', 'sys_mmap', va, 0x1000, number(MMAN, 'PROT_READ') | number(MMAN, 'PROT_WRITE'), number(MMAN, 'MAP_PRIVATE') | number(MMAN, 'MAP_ANONYMOUS'));
      fn('arch/model/mmu.ts', 'user_store', va, 7);
      const dev = fn(DEVICE, 'model_device_create', number('include/linux/memremap.ts', 'MEMORY_DEVICE_PRIVATE'), number('include/linux/migrate.ts', 'MIGRATE_VMA_SELECT_DEVICE_PRIVATE'), 4);
      fn('mm/swap.ts', 'lru_add_drain_all');
      fn(DEVICE, 'model_migrate_to_device', dev, va, va + 0x1000);
      fn(DEVICE, 'model_device_remove', dev);
    });
  }, BLOCKED);
  t.deepEqual(blocked, ['completion']);
});
