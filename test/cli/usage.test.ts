// SPDX-License-Identifier: GPL-2.0-only
// Input that cannot be used: one line on stderr, nothing on stdout, exit 2.

import test from 'ava';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMANDS } from '../../verifier/cli/commands.ts';
import { kpv } from './world.ts';

const BAD: readonly (readonly [string, RegExp])[] = [
  ['reviw base', /unknown command 'reviw'.*review.*try 'kpv help'/],
  ['review', /missing required argument 'target'; try 'kpv help review'/],
  ['help nonsense', /no command 'nonsense'; try 'kpv help'/],
  ['help reviw', /no command 'reviw': did you mean review\?/],
  ['list rules patches', /Expected 1 argument but got 2; try 'kpv help list'/],
  ['review device-coherent/v2/33', /device-coherent\/v2 has 11 patches; there are 1, 2, 3/],
  ['review device-coherent/v1/15', /device-coherent\/v1 has 14 patches; there are 1, 2, 3/],
  ['review device-coherent/v2/x', /no target 'device-coherent\/v2\/x': the nearest is device-coherent\/v2/],
  ['review devcie-coherent/v2', /the nearest is device-coherent\/v2/],
  ['review base[GRAB_FORM=x]', /GRAB_FORM has no value 'x': it has 886d, own/],
  ['review base --fromat json', /unknown option '--fromat'.*--format/],
  ['review base --format sarif', /--format sarif is not built yet/],
  ['review base --format junit', /--format junit is not built yet/],
  ['review base --format ktap', /--format ktap is not built yet/],
  ['review base --format html', /--format html is not built yet/],
  ['review base --format jsn', /no format 'jsn': did you mean json\?/],
  ['review base --format mail', /'base' has no mail/],
  ['review base --format', /argument missing/],
  ['review base --budget x', /--budget takes a number of executions, or a time such as 30s, not 'x'/],
  ['review base --budget 0', /--budget takes/],
  ['review base --budget 1.5', /--budget takes/],
  ['review base -j many', /-j takes a whole number from 1, not 'many'/],
  ['review base --seed 4', /--seed does nothing/],
  ['review base --suite big', /--suite takes default, full, not 'big'/],
  ['review base --config MIGRATON=n', /did you mean MIGRATION=n/],
  ['review base --set GRAB_FORM', /--set takes SWITCH=VALUE/],
  ['review base --set GRAB=own', /no switch 'GRAB'/],
  ['review base --base device-coherent/v2', /--base device-coherent\/v2 is not built yet/],
  ['review base --fail-on pin-mismatsh', /no rule 'pin-mismatsh': did you mean pin-mismatch\?/],
  ['review base --fail-on ,', /--fail-on takes names or codes/],
  ['review base --fail-on dma-misuse', /no check for it, so nothing could fail/],
  ['review base --fail-on dma-misuse,driver-state', /no check for these/],
  ['review base --scenario slow', /no scenario of the default suite matches 'slow': did you mean '\*slow\*'\?/],
  ['review base --scenario nonsense', /matches 'nonsense' \(kpv list scenarios has them all\)/],
  ['review base --scenario *@GRAB_FORM=x', /GRAB_FORM has no value 'x'/],
  ['review base[GRAB_FORM=886d] --scenario *@GRAB_FORM=own', /--scenario asks for GRAB_FORM=own, but GRAB_FORM=886d is set/],
  ['review base --color blue', /--color takes auto, always, never/],
  ['review ./no-such.mbox', /cannot read '\.\/no-such\.mbox': no such file/],
  ['review no-such.patch', /cannot read 'no-such\.patch': no such file/],
  ['import base', /is in the project already/],
  ['review .', /is a directory/],
  ['review base -o no/such/place', /cannot write 'no\/such\/place': no such file or directory/],
  ['review base -o .', /cannot write '\.': it is a directory/],
  ['show base', /is no patch/],
  ['delta base devcie-coherent/v2', /the nearest is device-coherent\/v2/],
  ['delta base device-coherent/v2 --format mail', /--format mail is not for this command/],
  ['delta base device-coherent/v2 -j none', /-j takes a whole number/],
  ['delta base', /missing required argument 'right'/],
  ['show device-coherent/v2/3 --format mail', /--format mail is not for this command/],
  ['list rule', /did you mean rules/],
  ['list claim', /did you mean claims/],
  ['claims C63', /no claim 'C63': did you mean C62\? \(kpv list claims has them all\)/],
  ['claims C01 c24z', /no claim 'c24z': did you mean C24a\?/],
  ['claims clams', /no claim 'clams' \(kpv list/],
  ['claims C01 --format mail', /--format mail is not for this command/],
  ['claims -j some', /-j takes a whole number from 1, not 'some'/],
  ['explain KPV0199', /no rule 'KPV0199': did you mean KPV01/],
  ['explain', /missing required argument 'rule'/],
  ['replay rubbish', /a replay token starts with kpv1:/],
  ['replay kpv1:x kpv1:y', /one token at a time/],
  ['replay kpv1:x --trace perfetto', /not built yet/],
  ['audit', /audit needs a kernel to hold the port against: --kernel DIR/],
  ['audit --kernel /no/such/place', /no directory '\/no\/such\/place'/],
  ['review base --nonsense', /unknown option '--nonsense'/],
  ...['bench'].map((words) => [words, /is not built yet/] as const),
];
for (const [words, says] of BAD) {
  test(`kpv ${words}`, async (t) => {
    const { code, out, err } = await kpv(words.split(' '));
    t.is(code, 2);
    t.is(out, '');
    t.regex(err, says);
    t.regex(err, /^kpv: [^\n]+\n$/);
  });
}

test('a bad date of the source', async (t) => {
  const { code, err } = await kpv(['review', 'device-coherent/v2/3', '--format', 'mail'], { env: { SOURCE_DATE_EPOCH: 'today' } });
  t.is(code, 2);
  t.regex(err, /^kpv: SOURCE_DATE_EPOCH takes seconds since 1970, not 'today'\n$/);
});

test('nothing is run when a later word is bad', async (t) => {
  const { code } = await kpv(['review', 'base', 'nonsense'], { during: () => { t.fail(); } });
  t.is(code, 2);
});

test('a file that may not be read is said to be so', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'kpv-cli-'));
  t.teardown(() => { rmSync(dir, { recursive: true, force: true }); });
  const { code, err } = await kpv(['review', join(dir, 'gone')]);
  t.is(code, 2);
  t.regex(err, /^kpv: cannot read '.*gone': no such file\n$/);
});

test('help names every command, and what is not built yet', async (t) => {
  const { code, out } = await kpv(['help']);
  t.is(code, 0);
  for (const { name, run } of COMMANDS) {
    t.regex(out, new RegExp(`^ {2}${name}\\b`, 'm'));
    if (run === null) t.regex(out.replace(/\n +/g, ' '), new RegExp(`${name}\\b.*\\(not built yet\\)`));
  }
  t.regex((await kpv(['review', '--help'])).out, /--budget <n\|time>[^]*Examples:/);
  t.is((await kpv(['--version'])).out, 'kpv 0.1.0\n');
  t.is((await kpv([])).code, 2);
});
