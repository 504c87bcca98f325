// SPDX-License-Identifier: GPL-2.0-only
// A run as the text that the kernel's tracer prints, for eyes and tools that read it: task and pid,
// CPU, flags, time, function. There is no clock in the model: a step is a microsecond, so that time
// only goes on. Pids are made up, too: nothing in the model has one that means anything.

import type { Step } from './review.ts';

const FIRST_PID = 101;
/** Flags are not known: interrupts, rescheduling, context and depth of preemption. */
const FLAGS = '....';

/** found: the step at which the finding was noted, and what it is called. */
export function ftraceText(steps: readonly Step[], cpus: number, found: { readonly n: number; readonly name: string } | null): string {
  const pids = new Map<string, number>();
  for (const s of steps) if (!pids.has(s.thread)) pids.set(s.thread, FIRST_PID + pids.size);
  const head = [
    '# tracer: nop', '#', `# entries-in-buffer/entries-written: ${steps.length}/${steps.length}   #P:${cpus}`, '#',
    '#                                _-----=> irqs-off', '#                               / _----=> need-resched',
    '#                              | / _---=> hardirq/softirq', '#                              || / _--=> preempt-depth',
    '#                              ||| /     delay', '#           TASK-PID     CPU#  ||||   TIMESTAMP  FUNCTION', '#              | |         |   ||||      |         |',
  ];
  return `${[...head, ...steps.map((s) => entry(s, pids.get(s.thread) ?? 0, found?.n === s.n ? [found.name] : []))].join('\n')}\n`;
}

function entry(s: Step, pid: number, marks: readonly string[]): string {
  const task = `${commOf(s.thread).padStart(16)}-${String(pid).padEnd(7)}`;
  const time = `${String(Math.floor(s.n / 1_000_000)).padStart(5)}.${String(s.n % 1_000_000).padStart(6, '0')}`;
  const says = [s.text.replace(/;$/, ''), ...s.values, ...marks].filter((t) => t !== '').join(' | ').replace(/\s+/g, ' ');
  return `${task} [${String(s.cpu).padStart(3, '0')}] ${FLAGS} ${time}: ${s.function === '' ? 'user_mode' : s.function}: ${says}`.trimEnd();
}

/** As task->comm has it: 15 characters, and none that would end the name. */
function commOf(thread: string): string { return thread === '' ? '<...>' : thread.replace(/[\s-]+/g, '_').slice(0, 15); }
