// SPDX-License-Identifier: GPL-2.0-only
// Why a claim is not decided by running anything: it is about design, or about what the model does not hold.

export type WhyNot =
  | { readonly kind: 'question' }
  | { readonly kind: 'style' }
  | { readonly kind: 'opinion' }
  | { readonly kind: 'plan'; readonly seeAlso: readonly string[] }
  /** How a driver, a policy or an interface is meant to be. */
  | { readonly kind: 'design' }
  | { readonly kind: 'boot-code' }
  /** Pages of FS_DAX are in no page table of the model (model-rules.md, 6). */
  | { readonly kind: 'fs-dax' }
  /** The form of the code that it speaks of is none of the series here. */
  | { readonly kind: 'not-carried'; readonly form: string };

const plan = (...seeAlso: string[]): WhyNot => ({ kind: 'plan', seeAlso });

export const UNDECIDABLE: ReadonlyMap<string, WhyNot> = new Map<string, WhyNot>([
  ['C10a', { kind: 'question' }],
  ['C10b', { kind: 'design' }],
  ['C11b', { kind: 'fs-dax' }],
  ['C11c', { kind: 'design' }],
  ['C12', plan('C09', 'C60')],
  ['C13', { kind: 'opinion' }],
  ['C26', { kind: 'style' }],
  ['C31a', { kind: 'design' }],
  ['C31b', { kind: 'boot-code' }],
  ['C31c', { kind: 'boot-code' }],
  ['C35a', { kind: 'design' }],
  ['C35b', { kind: 'design' }],
  ['C37', { kind: 'question' }],
  ['C38', { kind: 'design' }],
  ['C39a', { kind: 'question' }],
  ['C39c', { kind: 'fs-dax' }],
  ['C39d', { kind: 'fs-dax' }],
  ['C40a', { kind: 'style' }],
  ['C40b', { kind: 'style' }],
  ['C49', { kind: 'style' }],
  ['C58', plan('C05', 'C09')],
  ['C59', plan()],
  ['C61a', { kind: 'not-carried', form: 'pinning the new page in place' }],
  ['C62', { kind: 'not-carried', form: 'the refactored one of February 2022' }],
]);

export function whyNotInWords(why: WhyNot): string {
  switch (why.kind) {
    case 'question': return 'a question, not a statement';
    case 'style': return 'about style, not about behaviour';
    case 'opinion': return 'an opinion';
    case 'plan': return why.seeAlso.length === 0 ? 'a plan of what to do' : `a plan of what to do; what was done is checked with ${why.seeAlso.join(' and ')}`;
    case 'design': return 'about how it should be designed: no run decides it';
    case 'fs-dax': return 'about FS_DAX pages, which no page table of the model has';
    case 'boot-code': return 'about code that runs at boot, which is outside the model';
    case 'not-carried': return `about a form of the code (${why.form}) that is none of the series here`;
  }
}
