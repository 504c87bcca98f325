// SPDX-License-Identifier: GPL-2.0-only
// The reader held against others: diffs that the diff package makes are read as what they say;
// git apply counts the same lines; and what is taken after damage, git takes, too.

import { execFileSync, spawnSync } from 'node:child_process';
import test from 'ava';
import fc from 'fast-check';
import { hunksOf, numstat, pathOf, printDiff } from '../../../../verifier/transform/import/index.ts';
import { apply, lines, must, placeless, random, read } from '../fixture.ts';
import { edited, printed } from './generated.ts';

const git = spawnSync('git', ['--version']).status === 0;

test('a diff that was made is read as what it makes', (t) => {
  fc.assert(fc.property(edited, (one) => {
    const { files, remarks } = must(read(printed(one)));
    t.deepEqual(remarks, []);
    t.deepEqual(files.map(pathOf).map(String), [one.path]);
    const hunks = files.flatMap(hunksOf);
    t.deepEqual(apply(one.before, hunks), one.after);
    const lastOld = hunks.at(-1)?.lines.findLast((line) => line.kind !== '+');
    const lastNew = hunks.at(-1)?.lines.findLast((line) => line.kind !== '-');
    if (lastOld !== undefined && 'oldLine' in lastOld && lastOld.oldLine === one.before.length) t.is(lastOld.noNewline, !one.newline[0]);
    if (lastNew !== undefined && 'newLine' in lastNew && lastNew.newLine === one.after.length) t.is(lastNew.noNewline, !one.newline[1]);
  }), { numRuns: 400 });
});

test('every line says where in the mail it stands', (t) => {
  fc.assert(fc.property(edited, fc.nat(5), (one, blank) => {
    const all = lines(`${'Prose.\n'.repeat(blank)}${printed(one)}`);
    const diff = must(read(all.map((line) => `${line.text}\n`).join('')));
    for (const line of diff.files.flatMap(hunksOf).flatMap((hunk) => hunk.lines)) t.is(all[line.line - 1]?.text, `${line.kind}${line.text}`);
  }), { numRuns: 100 });
});

test('printed and read again it is the same', (t) => {
  fc.assert(fc.property(fc.uniqueArray(edited, { minLength: 1, maxLength: 4, selector: (one) => one.path }), (all) => {
    const first = must(read(all.map(printed).join('')));
    const text = printDiff(first);
    const again = must(read(`${text.join('\n')}\n`));
    t.deepEqual(placeless(again), placeless(first));
    t.deepEqual(printDiff(again), text);
  }), { numRuns: 200 });
});

test('heads of every kind, printed and read again', (t) => {
  for (const text of [
    'diff --git a/n.c b/n.c\nnew file mode 100644\n--- /dev/null\n+++ b/n.c\n@@ -0,0 +1 @@ f\n+a',
    'diff --git a/n.c b/n.c\ndeleted file mode 100755\n--- a/n.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-a',
    'diff --git a/n c b/"m\nold mode 100644\nnew mode 100755\nsimilarity index 90%\nrename from n c\nrename to m'.replace('b/"m', 'b/m'),
    'diff --git a/n.c b/m.c\nsimilarity index 100%\ncopy from n.c\ncopy to m.c',
    'diff --git "a/\\303\\251.c" "b/\\303\\251.c"\nold mode 100644\nnew mode 100755',
    'diff --git a/n.bin b/n.bin\nBinary files a/n.bin and b/n.bin differ',
  ]) t.is(printDiff(must(read(text))).join('\n'), text);
});

test('git apply counts the same lines', (t) => {
  if (!git) return t.pass('skipped: git is not at hand');
  const all = fc.sample(fc.uniqueArray(edited, { minLength: 150, maxLength: 150, selector: (one) => one.path }), { numRuns: 1, seed: 3 })[0] ?? [];
  const text = all.map(printed).join('');
  const theirs = execFileSync('git', ['apply', '--numstat', '-z'], { input: text, encoding: 'utf8' }).split('\0').filter((one) => one !== '');
  const ours = must(read(text)).files.map((file) => `${numstat(file)?.added ?? '-'}\t${numstat(file)?.removed ?? '-'}\t${pathOf(file)}`);
  t.is(ours.length, 150);
  t.deepEqual(ours, theirs);
  return undefined;
});

/** A line lost, doubled, cut, with another mark or another number. */
function damaged(text: string, seed: number): string {
  const below = random(seed);
  const all = text.split('\n');
  const at = below(all.length);
  const line = all[at] ?? '';
  switch (below(6)) {
    case 0: all.splice(at, 1); break;
    case 1: all.splice(at, 0, line); break;
    case 2: all[at] = line.slice(0, below(line.length + 1)); break;
    case 3: all[at] = `${[' ', '+', '-', '\\', '@', ''][below(6)] ?? ''}${line.slice(1)}`; break;
    case 4: all[at] = line.replace(/\d+/, (n) => String(Number(n) + below(3) - 1)); break;
    case 5: all.length = at; break;
  }
  return all.join('\n');
}

test('what is taken after damage, git takes with the same counts, or lines were supplied', (t) => {
  if (!git) return t.pass('skipped: git is not at hand');
  const all = fc.sample(fc.uniqueArray(edited, { minLength: 2, maxLength: 2, selector: (one) => one.path }), { numRuns: 120, seed: 5 });
  let [taken, refused] = [0, 0];
  for (const [seed, files] of all.entries()) {
    // Git wants the end of the last line, too.
    const text = `${damaged(files.map(printed).join(''), seed)}\n`;
    const ours = read(text);
    if (!ours.ok) refused += 1;
    if (!ours.ok || ours.value.remarks.some((one) => one.kind === 'trimmed')) continue;
    taken += 1;
    const theirs = spawnSync('git', ['apply', '--numstat', '-z'], { input: text, encoding: 'utf8' });
    t.is(theirs.status, 0, `seed ${seed}: ${theirs.stderr}\n${text}`);
    t.deepEqual(ours.value.files.map((file) => `${numstat(file)?.added ?? '-'}\t${numstat(file)?.removed ?? '-'}\t${pathOf(file)}`), theirs.stdout.split('\0').filter((one) => one !== ''));
  }
  t.log(`${taken} taken, ${refused} refused`);
  t.true(taken > 5 && refused > 40);
  return undefined;
});
