// SPDX-License-Identifier: GPL-2.0-only
// The diff reader case by case: what each form is read as, and what damage is called.

import test from 'ava';
import { hunksOf, numstat, pathOf, remarkText } from '../../../../verifier/transform/import/index.ts';
import { DIFF, must, read } from '../fixture.ts';

test('a hunk: its numbers, the text behind @@, each line with its places', (t) => {
  const { files, remarks } = must(read(`Prose first.\n\n${DIFF}`));
  t.deepEqual(remarks, []);
  const [file] = files;
  t.is(String(file?.oldPath), 'lib/demo.c');
  t.deepEqual(file?.change, { kind: 'modify' });
  const [first, second] = file === undefined ? [] : hunksOf(file);
  t.like(first, { oldStart: 3, oldCount: 7, newStart: 3, newCount: 8, section: 'struct frob {', line: 7, trimmed: 0 });
  t.deepEqual(first?.lines.slice(2, 6), [
    { kind: ' ', text: '\tint y = x;', line: 10, noNewline: false, oldLine: 5, newLine: 5 },
    { kind: '-', text: '\treturn y;', line: 11, noNewline: false, oldLine: 6 },
    { kind: '+', text: '\tif (y)', line: 12, noNewline: false, newLine: 6 },
    { kind: '+', text: '\t\treturn y + 1;', line: 13, noNewline: false, newLine: 7 },
  ]);
  t.deepEqual(second?.lines.at(-1), { kind: ' ', text: '', line: 22, noNewline: false, oldLine: 23, newLine: 25 });
  t.deepEqual(file === undefined ? null : numstat(file), { added: 3, removed: 1 });
});

const HUNK = '@@ -1 +1 @@\n-a\n+b\n';
const FORMS: readonly (readonly [string, string, readonly unknown[]])[] = [
  ['a new file', `diff --git a/n.c b/n.c\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n+++ b/n.c\n@@ -0,0 +1 @@\n+a\n`,
    [null, 'n.c', { kind: 'create', mode: '100644' }, null]],
  ['an empty new file', 'diff --git a/n.c b/n.c\nnew file mode 100755\nindex 0000000..e69de29\n', [null, 'n.c', { kind: 'create', mode: '100755' }, null]],
  ['a deleted file', 'diff --git a/n.c b/n.c\ndeleted file mode 100644\nindex 1111111..0000000\n--- a/n.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n',
    ['n.c', null, { kind: 'delete', mode: '100644' }, null]],
  ['a rename', 'diff --git a/x/n.c b/y/m.c\nsimilarity index 100%\nrename from x/n.c\nrename to y/m.c\n', ['x/n.c', 'y/m.c', { kind: 'rename', similarity: 100 }, null]],
  ['a rename with an edit', `diff --git a/n.c b/m.c\nsimilarity index 90%\nrename from n.c\nrename to m.c\nindex 1111111..2222222 100644\n--- a/n.c\n+++ b/m.c\n${HUNK}`,
    ['n.c', 'm.c', { kind: 'rename', similarity: 90 }, null]],
  ['a copy', 'diff --git a/n.c b/m.c\nsimilarity index 100%\ncopy from n.c\ncopy to m.c\n', ['n.c', 'm.c', { kind: 'copy', similarity: 100 }, null]],
  ['a mode', 'diff --git a/n.sh b/n.sh\nold mode 100644\nnew mode 100755\n', ['n.sh', 'n.sh', { kind: 'mode' }, { from: '100644', to: '100755' }]],
  ['a mode with an edit', `diff --git a/n.sh b/n.sh\nold mode 100644\nnew mode 100755\nindex 1111111..2222222\n--- a/n.sh\n+++ b/n.sh\n${HUNK}`,
    ['n.sh', 'n.sh', { kind: 'modify' }, { from: '100644', to: '100755' }]],
  ['blanks in a name', `diff --git a/a b c.c b/a b c.c\n--- a/a b c.c\t\n+++ b/a b c.c\t\n${HUNK}`, ['a b c.c', 'a b c.c', { kind: 'modify' }, null]],
  ['blanks in a mode change', 'diff --git a/a b/c b/a b/c\nold mode 100644\nnew mode 100755\n', ['a b/c', 'a b/c', { kind: 'mode' }, { from: '100644', to: '100755' }]],
  ['quoted names', `diff --git "a/\\303\\244.c" "b/\\303\\244.c"\n--- "a/\\303\\244.c"\n+++ "b/\\303\\244.c"\n${HUNK}`, ['ä.c', 'ä.c', { kind: 'modify' }, null]],
  ['no letters in front', `diff --git mm/n.c mm/n.c\n--- mm/n.c\n+++ mm/n.c\n${HUNK}`, ['mm/n.c', 'mm/n.c', { kind: 'modify' }, null]],
  ['other letters in front', `diff --git i/mm/n.c w/mm/n.c\n--- i/mm/n.c\n+++ w/mm/n.c\n${HUNK}`, ['mm/n.c', 'mm/n.c', { kind: 'modify' }, null]],
  ['quilt', `Index: linux/mm/n.c\n=====\n--- linux.orig/mm/n.c\t2021-01-01 00:00:00.0 +0000\n+++ linux/mm/n.c\t2021-01-02 00:00:00.0 +0000\n${HUNK}`,
    ['mm/n.c', 'mm/n.c', { kind: 'modify' }, null]],
  ['a plain head without a tree in front', `--- mm/n.c\n+++ mm/n.c\n${HUNK}`, ['mm/n.c', 'mm/n.c', { kind: 'modify' }, null]],
  ['a plain head with one letter twice', `--- a/mm/n.c\n+++ a/mm/n.c\n${HUNK}`, ['mm/n.c', 'mm/n.c', { kind: 'modify' }, null]],
  ['a backup beside the file', `--- mm/n.c.orig\t2021-01-01 00:00:00 +0000\n+++ mm/n.c\t2021-01-02 00:00:00 +0000\n${HUNK}`, ['mm/n.c', 'mm/n.c', { kind: 'modify' }, null]],
  ['a backup in a tree', `--- a/mm/n.c~\n+++ b/mm/n.c\n${HUNK}`, ['mm/n.c', 'mm/n.c', { kind: 'modify' }, null]],
  ['a tab before the time that became blanks', `--- a/a b.c     2021-01-01 00:00:00.123456789 -06:00\n+++ b/a b.c     2021-01-02 00:00:00 -06:00\n${HUNK}`, ['a b.c', 'a b.c', { kind: 'modify' }, null]],
  ['diff -uN of a new file', '--- old/n.c\t1970-01-01 00:00:00.0 +0000\n+++ new/n.c\t2021-01-02 00:00:00.0 +0000\n@@ -0,0 +1 @@\n+a\n', [null, 'n.c', { kind: 'create', mode: null }, null]],
  ['a binary file', 'diff --git a/n.bin b/n.bin\nindex 1111111..2222222 100644\nBinary files a/n.bin and b/n.bin differ\n', ['n.bin', 'n.bin', { kind: 'modify' }, null]],
  ['a binary patch', 'diff --git a/n.bin b/n.bin\nindex 1111111..2222222 100644\nGIT binary patch\nliteral 3\nKcmZQzU|?VX\n\nliteral 2\nJcmZQzU|?VX\n\n',
    ['n.bin', 'n.bin', { kind: 'modify' }, null]],
];

for (const [name, text, expected] of FORMS) {
  test(`the form of ${name}`, (t) => {
    const { files, remarks } = must(read(`${text}-- \n2.40.0\n`));
    t.deepEqual(files.map((one) => [one.oldPath, one.newPath, one.change, one.modes]), [expected]);
    t.is(files[0]?.content.kind, name.includes('binary') ? 'binary' : 'text');
    t.is(remarks.length, name.includes('binary') ? 1 : 0);
  });
}

test('no newline at the end, on each side and on both', (t) => {
  const of = (body: string): readonly (readonly [string, boolean])[] => {
    const [file] = must(read(`--- a/n.c\n+++ b/n.c\n${body}`)).files;
    return file === undefined ? [] : hunksOf(file).flatMap((hunk) => hunk.lines.map((one) => [one.kind + one.text, one.noNewline] as const));
  };
  const mark = '\\ No newline at end of file';
  t.deepEqual(of(`@@ -1 +1 @@\n-a\n${mark}\n+a\n`), [['-a', true], ['+a', false]]);
  t.deepEqual(of(`@@ -1 +1 @@\n-a\n+a\n${mark}\n`), [['-a', false], ['+a', true]]);
  t.deepEqual(of(`@@ -1,2 +1 @@\n-x\n a\n${mark}\n`), [['-x', false], [' a', true]]);
});

test('blank context may have lost its blank', (t) => {
  const [file] = must(read('--- a/n.c\n+++ b/n.c\n@@ -1,3 +1,3 @@\n-a\n+b\n\n c\n')).files;
  t.deepEqual(file === undefined ? [] : hunksOf(file)[0]?.lines.map((one) => one.kind + one.text), ['-a', '+b', ' ', ' c']);
});

test('blank lines trimmed at the end of a mail or of a file section are supplied, and it is said', (t) => {
  const cut = DIFF.replace(/ \n$/, '');
  for (const text of [cut, `${cut}-- \n2.40.0\n`, `${cut}diff --git a/n.c b/n.c\n--- a/n.c\n+++ b/n.c\n${HUNK}`, `${cut}--- a/n.c\n+++ b/n.c\n${HUNK}`]) {
    const { files, remarks } = must(read(text));
    const [hunk] = files[0] === undefined ? [] : hunksOf(files[0]).slice(-1);
    t.is(hunk?.trimmed, 1);
    t.deepEqual(hunk?.lines.at(-1), { kind: ' ', text: '', line: 19, noNewline: false, oldLine: 23, newLine: 25 });
    t.deepEqual(remarks.map(remarkText), ['lib/demo.c, line 15 of the mail: 1 blank context line at the end of the hunk taken as trimmed by the archive']);
  }
});

test('quilt writes Index: between files, behind a trimmed hunk, too', (t) => {
  const other = `Index: linux/n.c\n=====\n--- linux.orig/n.c\n+++ linux/n.c\n${HUNK}`;
  t.deepEqual(must(read(`${DIFF}${other}`)).files.map(pathOf).map(String), ['lib/demo.c', 'n.c']);
  t.deepEqual(must(read(`${DIFF.replace(/ \n$/, '')}${other}`)).remarks.map((one) => one.kind), ['trimmed']);
});

test('a start that does not follow from the hunks above is said, not refused: git takes it', (t) => {
  const { remarks } = must(read(DIFF.replace('+21,5', '+20,5')));
  t.deepEqual(remarks.map(remarkText), ['lib/demo.c, line 15 of the mail: the hunk says it begins at 20 after the patch, by the hunks before it that is 21']);
});

test('prose above the --- may quote hunks and names; a quoted diff is none', (t) => {
  const { files } = must(read(`It says\n@@ -1,3 +1,3 @@ frob\n> diff --git a/x.c b/x.c\n> ${HUNK}\n---\n${DIFF}`));
  t.deepEqual(files.map(pathOf).map(String), ['lib/demo.c']);
});

test('notes below the --- may look like a head, a little', (t) => {
  t.is(must(read(`Message.\n---\n--- v2: less\nrename from frob to frobnicate\nold mode is gone\n\n${DIFF}`)).files.length, 1);
});

test('a footer behind a blank line is no part of the diff', (t) => {
  for (const footer of ['\n_____________\nlist mailing list\n', '\n-----BEGIN PGP SIGNATURE-----\n\nabc\n', '-- \n2.40.0\n\n\n', '--\n2.40.0\n']) {
    t.is(must(read(`${DIFF}${footer}`)).files.length, 1, footer);
  }
});

const FAULTS: readonly (readonly [string, string, number, RegExp])[] = [
  ['a count before that is too large', DIFF.replace('-3,7', '-3,8'), 15, /^the hunk ends after 7 of 8 lines before and 8 of 8 after$/],
  ['a count after that is too small', DIFF.replace('+3,8', '+3,7'), 14, /^the hunk has more than the 7 lines after/],
  ['both counts too small', DIFF.replace('-20,4 +21,5', '-20,3 +21,4'), 20, /^right behind a complete file section stands ' '$/],
  ['a line lost', DIFF.replace(' {\n', ''), 14, /^the hunk ends after 6 of 7/],
  ['more blank lines lost than context has', DIFF.replace(/-20,4 \+21,5/, '-20,6 +21,7'), 21, /^the hunk ends after 4 of 6/],
  ['a wrapped line', DIFF.replace('return y + 1;', 'return\ny + 1;'), 12, /^neither a context line.*'y \+ 1;' \(was it wrapped/],
  ['leading blanks lost', DIFF.replace(' int frob(int x)', 'int frob(int x)'), 6, /^neither a context line/],
  ['lines behind the last hunk', `${DIFF}+more\n`, 21, /^right behind a complete file section stands '\+more'$/],
  ['lines behind the last hunk and a blank', `${DIFF}\n more\n`, 22, /has all the lines that it says, and more follow/],
  ['a damaged git line', `${DIFF}dif --git a/n.c b/n.c\n--- a/n.c\n+++ b/n.c\n${HUNK}`, 21, /^right behind a complete file section stands 'dif --git/],
  ['a damaged @@ line', DIFF.replace('@@ -20,4', '@ -20,4'), 15, /^right behind a complete file section/],
  ['an @@ line without numbers', DIFF.replace('@@ -20,4 +21,5 @@', '@@ -20,4 @@'), 15, /^no hunk's first line: '@@ -20,4 @@/],
  ['a hunk without a file', `Hello.\n---\n${HUNK}`, 3, /^part of a diff without the file/],
  ['a rename without its first line', `Hello.\n---\nsimilarity index 100%\nrename from n.c\nrename to m.c\n${DIFF}`, 3, /^part of a diff without the file/],
  ['a mode without its first line', `${DIFF}\nold mode 100644\nnew mode 100755\n`, 22, /^part of a diff without the file/],
  ['a hunk without a file, alone', HUNK, 1, /^part of a diff without the file/],
  ['a hunk without --- and +++', `diff --git a/n.c b/n.c\n${HUNK}`, 2, /^a hunk without the lines --- and \+\+\+/],
  ['one of --- and +++', `diff --git a/n.c b/n.c\n--- a/n.c\n${HUNK}`, 2, /only one of the lines/],
  ['--- and +++ and no hunk', 'diff --git a/n.c b/n.c\n--- a/n.c\n+++ b/n.c\n', 1, /^no hunk follows the head of 'n.c'$/],
  ['nothing that changes', 'diff --git a/n.c b/n.c\nindex 1111111..2222222 100644\n', 1, /^nothing changes in 'n.c'$/],
  ['a hunk of context alone', '--- a/n.c\n+++ b/n.c\n@@ -1 +1 @@\n a\n', 3, /^a hunk that changes nothing$/],
  ['names that differ', `diff --git a/n.c b/n.c\n--- a/n.c\n+++ b/m.c\n${HUNK}`, 1, /do not name the files of 'diff --git'/],
  ['two names and no rename', 'diff --git a/n.c b/m.c\nold mode 100644\nnew mode 100755\n', 1, /names two files and no matching rename/],
  ['a rename without its end', 'diff --git a/n.c b/n.c\nrename from n.c\n', 1, /'rename from' without 'rename to'/],
  ['coming and going', 'diff --git a/n.c b/n.c\nnew file mode 100644\ndeleted file mode 100644\n', 1, /cannot have both/],
  ['a field twice', 'diff --git a/n.c b/n.c\nold mode 100644\nold mode 100644\nnew mode 100755\n', 3, /stands twice/],
  ['a new file with lines before', `diff --git a/n.c b/n.c\nnew file mode 100644\n--- /dev/null\n+++ b/n.c\n${HUNK}`, 5, /^a new file with lines before/],
  ['hunks out of order', '--- a/n.c\n+++ b/n.c\n@@ -9 +9 @@\n-a\n+b\n@@ -3 +3 @@\n-a\n+b\n', 6, /begins at line 3, before the end/],
  ['line 0', '--- a/n.c\n+++ b/n.c\n@@ -0,1 +1 @@\n-a\n+b\n', 3, /begins at line 0/],
  ['a file twice', `--- a/n.c\n+++ b/n.c\n${HUNK}--- a/n.c\n+++ b/n.c\n${HUNK}`, 6, /^'n.c' is there twice, first at line 1/],
  ['a line behind the one without newline', '--- a/n.c\n+++ b/n.c\n@@ -1,2 +1 @@\n-a\n\\ No newline at end of file\n-b\n+c\n', 4, /^a line follows the one without newline/],
  ['a mark for no line', '--- a/n.c\n+++ b/n.c\n@@ -1 +1 @@\n\\ No newline at end of file\n-a\n+b\n', 4, /belongs to no line/],
  ['a mark twice', '--- a/n.c\n+++ b/n.c\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n\\ No newline at end of file\n+b\n', 6, /belongs to no line/],
  ['a line missing behind the one without newline', '--- a/n.c\n+++ b/n.c\n@@ -1,3 +1,3 @@\n-a\n+b\n c\n\\ No newline at end of file\n', 8, /^the hunk ends after 2 of 3/],
  ['a new file that begins further down', 'diff --git a/n.c b/n.c\nnew file mode 100644\n--- /dev/null\n+++ b/n.c\n@@ -1,0 +1 @@\n+a\n', 5, /^a new file with lines before/],
  ['one name with a letter', `diff --git a/n.c n.c\n--- a/n.c\n+++ n.c\n${HUNK}`, 1, /^only one of the two names has a letter/],
  ['a new file that changes its mode', 'diff --git a/n.c b/n.c\nold mode 100644\nnew mode 100755\nnew file mode 100644\n', 1, /changes no mode$/],
  ['a line of a binary patch cut short', 'diff --git a/n b/n\nindex 1111111..2222222 100644\nGIT binary patch\nliteral 3\nKcmZQzU|\n\n', 5, /^no line of a binary patch/],
  ['a path into .GIT', `--- a/.GIT/config\n+++ b/.GIT/config\n${HUNK}`, 1, /goes into \.git$/],
  ['a merge', 'diff --cc n.c\n@@@ -1,1 -1,1 +1,1 @@@\n', 1, /merge's combined diff/],
  ['a damaged binary patch', 'diff --git a/n b/n\nindex 1111111..2222222 100644\nGIT binary patch\nliteral 3\nKcmZQz U|?VX\n\n', 5, /^no line of a binary patch/],
  ['no diff', 'Hello.\n', 1, /^no diff$/],
  ['an absolute path', `--- a//etc/passwd\n+++ b//etc/passwd\n${HUNK}`, 1, /^the path '\/etc\/passwd' is absolute$/],
  ['a path that climbs', `diff --git a/../n.c b/../n.c\n--- a/../n.c\n+++ b/../n.c\n${HUNK}`, 1, /^the path '\.\.\/n\.c' leaves the tree$/],
  ['a path that climbs by a rename', 'diff --git a/n.c b/x/../../n.c\nrename from n.c\nrename to x/../../n.c\n', 1, /leaves the tree$/],
  ['a path into .git', `--- a/.git/config\n+++ b/.git/config\n${HUNK}`, 1, /goes into \.git$/],
  ['a path with a control character', `diff --git "a/\\033[2J" "b/\\033[2J"\n--- "a/\\033[2J"\n+++ "b/\\033[2J"\n${HUNK}`, 1, /^the path ' \[2J' holds a character/],
];

for (const [name, text, line, reason] of FAULTS) {
  test(`refused: ${name}`, (t) => {
    const result = read(text);
    if (result.ok) return t.fail('it was read');
    t.regex(result.error.reason, reason);
    t.is(result.error.line, line);
    t.is(result.error.file, 'demo.patch');
    return undefined;
  });
}
