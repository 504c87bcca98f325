// SPDX-License-Identifier: GPL-2.0-only
// Why a claim of kind `design` alone is not decided by running anything.

export type WhyNot =
  | { readonly kind: 'question' }
  | { readonly kind: 'style' }
  | { readonly kind: 'opinion' }
  | { readonly kind: 'plan'; readonly seeAlso: readonly string[] }
  /** How a driver, a policy or an interface is meant to be. */
  | { readonly kind: 'design' }
  | { readonly kind: 'boot-code' }
  /** The form of the code that it speaks of is none of the series here. */
  | { readonly kind: 'not-carried'; readonly form: string };

const plan = (...seeAlso: string[]): WhyNot => ({ kind: 'plan', seeAlso });

export const UNDECIDABLE: ReadonlyMap<string, WhyNot> = new Map<string, WhyNot>([
  ['C10a', { kind: 'question' }],
  ['C10b', { kind: 'design' }],
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
  ['C40a', { kind: 'style' }],
  ['C40b', { kind: 'style' }],
  ['C49', { kind: 'style' }],
  ['C58', plan('C05', 'C09')],
  ['C59', plan()],
  ['C61a', { kind: 'not-carried', form: 'pinning the new page in place' }],
]);

export function whyNotInWords(why: WhyNot): string {
  switch (why.kind) {
    case 'question': return 'a question, not a statement';
    case 'style': return 'about style, not about behaviour';
    case 'opinion': return 'an opinion';
    case 'plan': return why.seeAlso.length === 0 ? 'a plan of what to do' : `a plan of what to do; what was done is checked with ${why.seeAlso.join(' and ')}`;
    case 'design': return 'about how it should be designed: no run decides it';
    case 'boot-code': return 'about code that runs at boot, which is outside the model';
    case 'not-carried': return `about design, and the form it speaks of (${why.form}) is none of the series here`;
  }
}
