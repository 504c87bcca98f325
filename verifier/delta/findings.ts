// SPDX-License-Identifier: GPL-2.0-only
// Findings as reports have them: with their state, both sides in words, a witness and a token.

import { createHash } from 'node:crypto';
import { ruleNamed } from '../check/rules.ts';
import { identity, normalised, type RunFinding } from '../check/finding.ts';
import type { TracedStep } from '../check/trace.ts';
import { checkTypes, type CheckOptions } from '../tree/check.ts';
import type { PortTree } from '../tree/load.ts';
import type { Cycle, Finding, FindingState, Step } from '../report/review.ts';
import type { Witness } from '../scenario/explored.ts';
import { MAX_EVENTS, runScenario, type Run } from '../scenario/run.ts';
import { decodeSchedule } from '../scenario/schedule.ts';
import { actionInWords } from '../scenario/words.ts';
import type { RunnableSide } from '../scenario/link-side.ts';
import { witnessOf, type ComparedFinding, type Seen } from './compare.ts';
import { turn } from './pool.ts';
import { checkOf, encodeToken } from './token.ts';
import type { Switches } from './target.ts';
import type { ConfigName } from '../tree/arms.ts';

/** `mm/gup.ts` is `mm/gup.c` or, below include/, a header. */
export function cFileOf(file: string): string {
  return file.replace(/\.ts$/, file.startsWith('include/') ? '.h' : '.c');
}

export function fingerprintOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}

/** How a review has its trees checked: on each setting of the switches, what differs there. */
export function checksOf(variants: readonly Switches[]): readonly CheckOptions[] {
  const [first] = variants;
  return variants.map((switches) => (switches === first || first === undefined ? { switches } : { switches, besides: first }));
}

/** Layer types: the checker's findings, matched before against after over every variant. */
export async function typeFindings(before: PortTree, after: PortTree, variants: readonly Switches[]): Promise<Finding[]> {
  const out = new Map<string, Finding>();
  for (const options of checksOf(variants)) {
    await turn();
    const checked = checkTypes(before, after, options);
    const add = (issue: (typeof checked.after)[number], state: FindingState): void => {
      const parts = [issue.rule, issue.function, issue.statement, issue.text];
      const fingerprint = fingerprintOf(parts);
      const known = out.get(fingerprint);
      if (known !== undefined && known.state !== 'same') return;
      out.set(fingerprint, {
        rule: issue.rule, code: ruleNamed(issue.rule).code, fingerprint, layer: 'types', state, function: issue.function,
        file: issue.file, line: issue.line, c: { file: cFileOf(issue.file), function: issue.function, line: null },
        scenario: null, config: issue.config, message: issue.text, replay: null, steps: 0, preemptions: 0,
        places: [{ label: issue.statement, file: issue.file, line: issue.line, function: issue.function, thread: null }], witness: [], cycle: null,
      });
    };
    for (const issue of checked.added) add(issue, 'new');
    for (const issue of checked.removed) add(issue, 'fixed');
    for (const issue of checked.after) if (!checked.added.includes(issue)) add(issue, 'same');
  }
  return [...out.values()].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

/** Steps of a witness that are held. */
const KEPT = 400;

export interface FindingContext {
  readonly target: string;
  /** How tokens name a side, where that is no side of the target: two targets beside each other. */
  readonly named?: (side: 'before' | 'after') => { readonly target: string; readonly side: 'before' | 'after' };
  readonly config: ConfigName;
  readonly trees: { readonly before: PortTree; readonly after: PortTree };
  readonly sides: (switches: Switches) => { readonly before: RunnableSide; readonly after: RunnableSide };
}

/** A finding of layer run, its smallest run once more with a trace. */
export function findingOf(f: ComparedFinding, context: FindingContext): Finding {
  const { pair, finding, side } = f.witness;
  const traced = tracedRun(f, context);
  const again = traced.findings.find((x) => identity(x) === f.identity) ?? finding;
  const interleaved = witnessOf(f.witness);
  const steps = !isTraced(f, context) ? [] : interleaved === null ? stepsOf(traced.trace, again) : stepsUntil(traced.trace, f.identity);
  const rule = ruleNamed(finding.rule);
  return {
    rule: rule.name, code: rule.code, fingerprint: fingerprintOf([f.identity]), layer: interleaved?.serial === false ? 'interleaving' : 'run', state: f.state,
    function: finding.site.function, file: finding.site.file, line: finding.site.line,
    c: { file: cFileOf(finding.site.file), function: finding.site.function, line: null },
    scenario: pair.id, config: context.config, message: `${finding.message}${besides(f.witness)}; ${counted(f)}`,
    replay: encodeToken({
      ...(context.named?.(side) ?? { target: context.target, side }), scenario: pair.scenario.id, switches: pair.switches, config: context.config, schedule: interleaved?.schedule ?? '',
      rule: finding.rule, function: finding.site.function, finding: tokenOf(finding), check: checkOf(context.trees[side], pair.scenario),
    }),
    steps: steps.at(-1)?.n ?? 0, preemptions: interleaved?.preemptions ?? 0,
    places: [
      { label: normalised(finding.site.text), file: finding.site.file, line: finding.site.line, function: finding.site.function, thread: finding.step.split('.')[0] ?? null },
      ...finding.places.map((p) => ({ label: p.label, file: p.site.file, line: p.site.line, function: p.site.function, thread: p.thread })),
      ...finding.stack.slice(0, -1).reverse().slice(0, 6).map((s) => ({ label: `called from ${normalised(s.text)}`, file: s.file, line: s.line, function: s.function, thread: null })),
    ],
    witness: steps, cycle: !isTraced(f, context) ? null : cycleOf(traced, interleaved),
  };
}

function counted(f: ComparedFinding): string {
  const runs = (n: number): string => (n === 0 ? 'in no run' : `in ${n} run${n === 1 ? '' : 's'}`);
  return `before the patch ${runs(f.before)}, after it ${runs(f.after)}`;
}

/** What was there before is not told again; on the base itself, what takes an interleaving is. */
function isTraced(f: ComparedFinding, context: FindingContext): boolean {
  return f.state !== 'same' || (context.target === 'base' && witnessOf(f.witness)?.serial === false);
}

function tracedRun(f: ComparedFinding, context: FindingContext): Run {
  const { pair, side } = f.witness;
  if (!isTraced(f, context)) return f.witness.run;
  const schedule = decodeSchedule(witnessOf(f.witness)?.schedule ?? '');
  return runScenario(context.sides(pair.switches)[side], pair.scenario, { trace: true, maxEvents: MAX_EVENTS, ...(schedule === null ? {} : { schedule }) });
}

/** Who else it takes, and what they do: those that ran before it was found. */
function besides(seen: Seen): string {
  const witness = witnessOf(seen);
  const { threads } = seen.pair.scenario;
  if (witness === null || threads === undefined) return '';
  const own = seen.finding.step.split('.')[0] ?? '';
  const ran = new Set((decodeSchedule(witness.schedule) ?? []).map((s) => s.thread));
  const others = threads.flatMap((t, i) => (t.by === own || !ran.has(i) ? [] : [`${t.by}: ${t.steps.map((s) => actionInWords(s.do)).join(', then ')}`]));
  return others.length === 0 ? '' : `; it takes ${others.join(' and ')}`;
}

/** The steps of the scenario step in which it happened, until it happened; of very many the last, with their numbers. */
function stepsOf(trace: readonly TracedStep[], { step, event }: RunFinding): Step[] {
  return trace.filter((s) => s.scenarioStep === step && s.event <= event).map(plain).slice(-KEPT);
}
/** The steps of all threads until it happened, and it; what else was found on the way is told elsewhere. */
export function stepsUntil(trace: readonly TracedStep[], id: string): Step[] {
  const end = trace.findIndex((s) => s.found === id);
  return trace.slice(0, end + 1).filter((s) => s.found === null || s.found === id).map(plain).slice(-KEPT);
}
/** What a token tells a finding by. */
export function tokenOf(finding: RunFinding): string { return fingerprintOf([identity(finding)]).slice(0, 8); }
export function plain(s: TracedStep, i: number): Step {
  const { cpu, thread, file, line, function: fn, text, reads, writes, values } = s;
  return { n: i + 1, cpu, thread, file, line, function: fn, text, reads, writes, values };
}

function cycleOf(run: Run, witness: Witness | null): Cycle | null {
  if (run.cycle === null) return null;
  return {
    // One thread: nobody else can change what the loop reads, so it cannot be left.
    kind: witness?.cycle?.kind ?? 'trap', preemptionsPerTurn: witness?.cycle?.preemptionsPerTurn ?? 0, expectedRounds: null, killable: run.cycle.killable,
    stem: told(run.trace, 0, run.cycle.from).slice(-60), loop: told(run.trace, run.cycle.from, run.cycle.to),
  };
}

/** A part of a trace with the numbers of the whole; that something was noted there is no step of a cycle. */
function told(trace: readonly TracedStep[], from: number, to: number): Step[] {
  return trace.flatMap((s, i) => (i >= from && i < to && s.found === null ? [plain(s, i)] : []));
}
