// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { auditJson, auditText } from '../../verifier/report/audit.ts';
import { sum, type Audit, type AuditFunction } from '../../verifier/transform/import/audit.ts';

const FN: AuditFunction = {
  name: 'tip', config: 'MIGRATION=n', counts: { same: 1, marked: 2, stretches: 1, different: 1, missing: 1, added: 1 }, parameters: { c: ['b', 'nr'], port: ['b'] },
  open: [{ construct: 'sizeof', what: 'sizeof', line: 7 }],
  rows: [
    { kind: 'same', by: null, c: { line: 3, text: 'a();' }, port: { line: 5, text: 'a();' } },
    { kind: 'marked', by: 'unreachable', c: { line: 4, text: 'b();' }, port: null }, { kind: 'marked', by: 'unreachable', c: { line: 5, text: 'c();' }, port: null },
    { kind: 'different', by: null, c: { line: 6, text: 'd();' }, port: { line: 8, text: 'e();' } },
    { kind: 'missing', by: null, c: { line: 7, text: 'f();' }, port: null }, { kind: 'added', by: null, c: null, port: { line: 9, text: 'g();' } },
  ],
};
const AUDIT: Audit = { counts: sum([FN.counts]), files: [{ file: 'mm/box.c', module: 'mm/box.ts', counts: FN.counts, functions: [FN], onlyPort: ['helper'] }] };

test('a table, the differences side by side, the figures', (t) => {
  t.is(auditText(AUDIT, 'a tree', 70), `The port held against a tree

  file      functions  statements  same  marked  different  missing  only here  same or marked
  mm/box.c          1           6     1       2          1        1          1          50.0 %
  all               1           6     1       2          1        1          1          50.0 %

mm/box.c tip (MIGRATION=n)
        (b, nr)                   |       (b)
      6 d();                      |     8 e();
      7 f();                      <
                                  >     9 g();

Of 6 statements of C in 1 function: 16.7 % the same, 50.0 % the same or marked. With what stands
behind one mark counted once (5 places): 20.0 % the same, 40.0 % the same or marked. Marked by:
unreachable 2. 0 functions the port has as a mark alone. 1 construct of C the translator does not
know.
`);
});

test('JSON has what is not the same, with lines', (t) => {
  const json: unknown = JSON.parse(auditJson(AUDIT, 'a tree'));
  t.like(json, { schema: 'kpv.audit/1', kernel: 'a tree', counts: { same: 1, marked: 2 }, files: [{ file: 'mm/box.c', port: 'mm/box.ts', onlyInPort: ['helper'] }] });
  t.true(JSON.stringify(json).includes('{"kind":"marked","by":"unreachable","c":{"line":4,"text":"b();"}}'));
  t.false(JSON.stringify(json).includes('"kind":"same"'));
});
