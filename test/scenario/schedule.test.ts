// SPDX-License-Identifier: GPL-2.0-only
// A schedule comes back as it went out; what is damaged is none.

import test from 'ava';
import fc from 'fast-check';
import { decodeSchedule, encodeSchedule, type Segment } from '../../verifier/scenario/schedule.ts';

const segment: fc.Arbitrary<Segment> = fc.record(
  { thread: fc.nat({ max: 999 }), until: fc.option(fc.nat({ max: 999_999_999 })), turns: fc.constant(true) }, { requiredKeys: ['thread', 'until'] },
);
const schedule = fc.array(segment, { minLength: 1, maxLength: 12 });

test('out and back', (t) => {
  fc.assert(fc.property(schedule, (one) => { t.deepEqual(decodeSchedule(encodeSchedule(one)), one); }));
});

test('what is read is written the same way', (t) => {
  fc.assert(fc.property(fc.stringMatching(/^[0-9.~-]{0,12}$/), (text) => {
    const read = decodeSchedule(text);
    if (read !== null) t.deepEqual(decodeSchedule(encodeSchedule(read)), read);
  }));
  t.pass();
});

test('a stranger in it, a part that is missing, or nothing at all: none', (t) => {
  fc.assert(fc.property(schedule, fc.nat(), fc.constantFrom('x', ' ', '_', '-', '.', '~', '\n', '\u0661'), (one, n, c) => {
    const text = encodeSchedule(one);
    const at = n % (text.length + 1);
    const damaged = text.slice(0, at) + c + text.slice(at);
    const read = decodeSchedule(damaged);
    // A mark more may make another schedule, never one with a part that cannot be read.
    const plain = (s: string): string => s.replace(/-~/g, '~').replace(/\b0+(?=\d)/g, '');
    if (!'.-~'.includes(c)) t.is(read, null);
    else if (read !== null) t.is(plain(encodeSchedule(read)), plain(damaged));
  }));
  for (const none of ['', '0', '.', '0.1-', '-0.1', '0.1--1.2', '0.1~', '0.1~~1.2', '0.1.2', '-1.2', '0.-1', '1e3.1', '0.1234567890', '1000.1']) t.is(decodeSchedule(none), null, none);
});
