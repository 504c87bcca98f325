// SPDX-License-Identifier: GPL-2.0-only
// kpv explain: the page of a rule. A rule whose page is not there is told from the table.

import { readFileSync } from 'node:fs';
import { ruleNamed, type Rule } from '../check/rules.ts';
import type { Context, Flags } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { checkOutput, writeOutput } from './output.ts';
import { readRule } from './values.ts';

/** docs/rules/ of this checkout, seen from build/verifier/cli/. */
const PAGES = new URL('../../../docs/rules/', import.meta.url);

export async function explain(words: readonly string[], flags: Flags, { io }: Context): Promise<ExitCode> {
  const file = flags.word('output');
  const rule = ruleNamed(readRule(words[0] ?? ''));
  checkOutput(file);
  writeOutput(io, file, pageOf(rule) ?? fromTable(rule));
  return EXIT.clean;
}

function pageOf(rule: Rule): string | null {
  try {
    const text = readFileSync(new URL(`${rule.code}.md`, PAGES), 'utf8');
    return text.endsWith('\n') ? text : `${text}\n`;
  } catch {
    return null;
  }
}

function fromTable(rule: Rule): string {
  const decided = rule.decided ? `decided by the layer ${rule.layer}` : 'the name is kept for it; this build has no check that decides it';
  const ends = !rule.decided ? '' : rule.ends ? '; an execution ends with it' : '; it is noted and the execution goes on';
  const summary = rule.summary.charAt(0).toUpperCase() + rule.summary.slice(1);
  return `# ${rule.code} ${rule.name}\n\n${summary}.\n\nGroup ${rule.group}; ${decided}${ends}.\nThis rule has no page of its own yet.\n`;
}
