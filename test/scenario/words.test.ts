// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { gupScenario, NAMED } from '../../verifier/scenario/gup.ts';
import { actionInWords } from '../../verifier/scenario/words.ts';

test('what changes a mapping is named as the caller does', (t) => {
  t.is(actionInWords({ call: 'mprotect', page: 1, pages: 2, access: 'read' }), 'mprotect(PROT_READ) on pages 1 to 2');
  t.is(actionInWords({ call: 'mremap', page: 0, pages: 1, to: 4, keep: true }), 'mremap(MREMAP_FIXED | MREMAP_DONTUNMAP) of page 0 to page 4');
});

test('every step of the named scenarios has words, and no two kinds of step the same', (t) => {
  const by = new Map<string, string>();
  for (const { point } of NAMED) {
    for (const step of gupScenario(point).steps) {
      const words = actionInWords(step.do);
      t.true(words.length > 3);
      const data = JSON.stringify(step.do, (k, v: unknown) => (['policy', 'pin', 'unpin', 'hold', 'release', 'isolate', 'putback'].includes(k) && k !== '' ? '' : v));
      t.is(by.get(words) ?? data, data, words);
      by.set(words, data);
    }
  }
});
