// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { termChanges, termsOf } from '../../verifier/report/outcomes.ts';
import { scenarioInWords } from '../../verifier/report/words.ts';
import { gupScenario, NAMED, pointId } from '../../verifier/scenario/gup.ts';

test('the plain point names pages, pin and driver only', (t) => {
  t.is(scenarioInWords('gup/mc/slow.long.w.own.once.none.page.drained.never.load.now'),
    'pages: movable, coherent; slow long-term write pin by the owner; model driver moves one page per call');
});
test('what differs is named, and a variant', (t) => {
  t.is(scenarioInWords('gup/nccc/fast.get.r.own.forked.ref.sigbus.otherpvec.slab2.dontneed.never@GRAB_FORM=own'),
    "pages: normal, 3 coherent; fast plain read reference by the owner; model driver returns VM_FAULT_SIGBUS; a forked child shares the pages; "
    + "somebody else holds a reference on each page; the pages wait in another CPU's pagevec; the second slab allocation fails; then MADV_DONTNEED; "
    + 'freed frames are not used again; with GRAB_FORM=own (try_grab_page() counting by itself, as in 5.15.y and 5.17)');
});
test('an id of no known family is given back', (t) => { t.is(scenarioInWords('svm/evict'), 'svm/evict'); });
test('no value of a named scenario is left without words', (t) => {
  for (const { point } of NAMED) {
    const words = scenarioInWords(gupScenario(point).id);
    t.notRegex(words, /undefined|gup\//, pointId(point));
  }
});

test('terms of an outcome: a step name may hold blanks', (t) => {
  t.deepEqual([...termsOf('P.pin=1 P.unpin again=0 page0=migrating(device0)')], [['P.pin', '1'], ['P.unpin again', '0'], ['page0', 'migrating(device0)']]);
});
test('a run that ends early is told once, not by each step it does not come to', (t) => {
  t.deepEqual(termChanges('P.pin=1 P.unpin=0 page0=device0', 'P.pin=16 end=bug-on'), ['P.pin=1 -> P.pin=16', 'runs to its end -> end=bug-on']);
  t.deepEqual(termChanges('P.pin=1', 'P.pin=1 P.setup3=-ENOMEM'), ['(absent) -> P.setup3=-ENOMEM']);
});
