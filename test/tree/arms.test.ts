// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { ArmError, armAt, CONFIGS, resolveArms, scanArms, type ArmFault } from '../../verifier/tree/arms.ts';

const text = [
  'before();', '//#if MIGRATION', 'moved();', '//#if GRAB_FORM=own', 'own();', '//#else', 'old();', '//#endif',
  '//#else', 'stub();', '//#endif', 'after();', '',
].join('\n');

test('the default has the first arm, and every line in its place', (t) => {
  t.deepEqual(resolveArms(text, CONFIGS.default).split('\n'), ['before();', '', 'moved();', '', '', '', 'old();', '', '', '', '', 'after();', '']);
});

test('an option that is off has the other arm', (t) => {
  t.deepEqual(resolveArms(text, CONFIGS['MIGRATION=n']).split('\n'), ['before();', '', '', '', '', '', '', '', '', 'stub();', '', 'after();', '']);
});

test('a switch chooses by value', (t) => {
  const own = resolveArms(text, { ...CONFIGS.default, GRAB_FORM: 'own' });
  t.true(own.includes('own();'));
  t.false(own.includes('old();'));
});

test('a negated option', (t) => {
  const negated = '//#if !DEBUG_VM\nquiet();\n//#endif\n';
  t.is(resolveArms(negated, CONFIGS.default), '\n\n\n');
  t.is(resolveArms(negated, CONFIGS['DEBUG_VM=n']), '\nquiet();\n\n');
});

test('a text without directives is itself', (t) => {
  t.is(resolveArms('a();\r\n// #ifs are not meant\r\n', CONFIGS.default), 'a();\r\n// #ifs are not meant\r\n');
});

test('a line knows its arm', (t) => {
  const scan = scanArms(text);
  t.is(armAt(scan, 1), '');
  t.is(armAt(scan, 3), 'MIGRATION');
  t.is(armAt(scan, 7), 'MIGRATION !GRAB_FORM=own');
  t.is(armAt(scan, 10), '!MIGRATION');
});

const faults: readonly (readonly [string, ArmFault])[] = [
  ['a();\n//#endif\n', { code: 'endif-without-if', line: 2 }],
  ['//#else\n', { code: 'else-without-if', line: 1 }],
  ['//#if MIGRATION\n//#else\n//#else\n//#endif\n', { code: 'second-else', line: 3 }],
  ['\n//#if MIGRATION\n', { code: 'if-without-endif', line: 2 }],
  ['//#if A && B\n//#endif\n', { code: 'malformed', line: 1, text: '//#if A && B' }],
  ['//#elif MIGRATION\n', { code: 'malformed', line: 1, text: '//#elif MIGRATION' }],
  ['//#if NO_SUCH\n//#endif\n', { code: 'unknown-name', line: 1, name: 'NO_SUCH' }],
];
for (const [bad, fault] of faults) {
  test(`refused: ${fault.code}, ${JSON.stringify(bad)}`, (t) => {
    const error = t.throws(() => resolveArms(bad, CONFIGS.default), { instanceOf: ArmError });
    t.deepEqual(error?.fault, fault);
  });
}
