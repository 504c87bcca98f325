// SPDX-License-Identifier: GPL-2.0-only
// What git format-patch writes of a small repository, in each of its forms: all of it is read, and
// file by file it is what git says of the commits.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { commitOf, kindOf, numstat, pathOf, readDiff, readMails, seriesFaults, seriesOf } from '../../../../verifier/transform/import/index.ts';
import { must, random } from '../fixture.ts';

const ENV = {
  PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C.UTF-8',
  GIT_AUTHOR_NAME: 'Jörg Person', GIT_AUTHOR_EMAIL: 'j@demo.invalid', GIT_AUTHOR_DATE: '2021-12-06T12:52:43-0600',
  GIT_COMMITTER_NAME: 'C', GIT_COMMITTER_EMAIL: 'c@demo.invalid', GIT_COMMITTER_DATE: '2021-12-06T12:52:43-0600',
};

const SUBJECT = 'lib/demo: größer — a subject that is long enough to be folded over more than one line of the header';

function repository(folder: string): (...args: string[]) => string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8', env: ENV, maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'] });
  const write = (path: string, content: string | Buffer): void => { writeFileSync(join(folder, path), content); };
  const numbers = (n: number, other: Readonly<Record<number, string>> = {}): string => Array.from({ length: n }, (_, i) => `${other[i] ?? `line ${i}`}\n`).join('');
  const commit = (subject: string): void => {
    git('add', '-A');
    git('commit', '-q', '-m', subject);
  };
  const below = random(1);
  const binary = (): Buffer => Buffer.from(Array.from({ length: 900 }, () => below(256)));
  git('init', '-q');
  mkdirSync(join(folder, 'lib'));
  mkdirSync(join(folder, 'a folder'));
  write('lib/demo.c', numbers(60));
  write('a folder/two words.c', numbers(30));
  write('größe.c', numbers(5));
  write('blob.bin', binary());
  write('empty.c', '');
  write('end.c', 'no newline');
  write('hard.c', 'From x\n>From y\n-- \n--- a/x\n+++ b/x\n@@ -1 +1 @@\n');
  commit('all: begin');
  write('lib/demo.c', numbers(60, { 5: 'five', 31: 'thirty', 58: '' }));
  write('end.c', 'no newline\nno more');
  commit(`${SUBJECT}\n\nFrom here on\n@@ -1 +1 @@ in prose\ndiffs follow.`);
  git('mv', 'lib/demo.c', 'lib/moved.c');
  write('lib/moved.c', numbers(60, { 5: 'FIVE', 31: 'thirty', 58: '' }));
  git('mv', 'größe.c', 'a folder/größe.c');
  commit('lib: move');
  chmodSync(join(folder, 'lib/moved.c'), 0o755);
  chmodSync(join(folder, 'end.c'), 0o755);
  write('end.c', 'a newline\n');
  commit('modes');
  write('blob.bin', binary());
  git('rm', '-q', 'empty.c');
  write('new.c', '');
  commit('binary and empty');
  write('hard.c', '--- a/x\n+++ b/x\n-- \n@@ -1 +1 @@\n-- \n');
  write('copy.c', numbers(60, { 5: 'FIVE', 31: 'thirty', 58: '', 40: 'forty' }));
  git('rm', '-q', 'a folder/two words.c');
  commit('hard to read');
  return git;
}

const FORMS = [[], ['--attach'], ['--inline'], ['-M', '-C', '--find-copies-harder'], ['--no-renames'], ['-U0'], ['-U20'], ['--binary', '--full-index'], ['--no-binary'],
  ['--thread', '--cover-letter', '-v3'], ['-N'], ['--no-prefix'], ['--src-prefix=i/', '--dst-prefix=w/'], ['-p'], ['-B'], ['--irreversible-delete', '-k'], ['--pretty=mboxrd']];

test('format-patch in all its forms', async (t) => {
  if (spawnSync('git', ['--version']).status !== 0) return t.pass('skipped: git is not at hand');
  const folder = mkdtempSync(join(tmpdir(), 'kpv-'));
  t.teardown(() => { rmSync(folder, { recursive: true }); });
  const git = repository(folder);
  const commits = git('rev-list', '--reverse', 'HEAD').trim().split('\n');
  for (const form of FORMS) {
    const name = form.join(' ');
    const mails = must(await readMails(Buffer.from(git('format-patch', '--root', '--stdout', ...form, 'HEAD')), 'all.mbox'));
    const { series, context } = seriesOf(mails);
    t.is(series.length, 1, name);
    t.deepEqual(context, [], name);
    t.deepEqual(series.flatMap(seriesFaults), [], name);
    const patches = series.flatMap((one) => one.patches);
    t.is(patches.length, commits.length, name);
    t.is(patches[1]?.tag.title, SUBJECT, name);
    t.is(series[0]?.cover !== null, form.includes('--cover-letter'), name);
    for (const [i, { mail }] of patches.entries()) {
      t.is(kindOf(mail).kind, 'patch');
      t.deepEqual(commitOf(mail).author, { name: 'Jörg Person', email: 'j@demo.invalid' }, name);
      const ours = must(readDiff(mail.body, 'all.mbox')).files.map((file) => {
        const counts = numstat(file);
        return `${counts?.added ?? '-'}\t${counts?.removed ?? '-'}\t${file.change.kind === 'rename' || file.change.kind === 'copy' ? `\t${file.oldPath}\t${file.newPath}` : pathOf(file)}`;
      });
      const how = form.filter((one) => /^(?:-M|-C|--find|--no-renames|-B)/.test(one));
      const words = git('diff-tree', '--root', '--no-commit-id', '--numstat', '-z', '-r', ...(how.includes('--no-renames') ? [] : ['-M']), ...how, commits[i] ?? '').split('\0');
      const theirs: string[] = [];
      for (let at = 0; at < words.length; at += 1) {
        const word = words[at] ?? '';
        // Two names follow an empty one.
        if (word.endsWith('\t')) theirs.push(`${word}\t${words[at + 1] ?? ''}\t${words[at += 2] ?? ''}`);
        else if (word !== '') theirs.push(word);
      }
      // What is deleted is not shown, then.
      if (!form.includes('--irreversible-delete')) t.deepEqual(ours, theirs, `${name} ${i}`);
    }
  }
  return undefined;
});
