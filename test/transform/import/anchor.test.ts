// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { anchorBody, type Anchors } from '../../../verifier/transform/import/anchor.ts';
import { openReader } from '../../../verifier/transform/import/c/read.ts';
import { translateFragments } from '../../../verifier/transform/import/translate/fragment.ts';
import { declarationsOf } from '../../../verifier/tree/declarations.ts';
import { treeOf } from '../../../verifier/tree/load.ts';

const PORT = `export class box { nr: int = 0; next: box | null = null; }
function tip(b: box, loud: boolean): int {
  const n: int = b.nr;

  out: {
    if (!b)
      break out;
    if (loud) {
      shout(b);
      return -EINVAL;
    }
    // The port's own remark.
    shake(b);
    if (n > 3)
      return -EINVAL;
  }
  b.nr = Number(loud);
  return 0;
}
`;
const tree = treeOf({ 'mm/box.ts': PORT });
const reader = await openReader();

function anchors(c: string): Anchors {
  const [made] = translateFragments([{ lines: c.split('\n'), head: 'static int tip(struct box *b, bool loud)' }], reader, { port: declarationsOf(tree), module: 'mm/box.ts' });
  const body = made?.bodies[0];
  return body === undefined ? { kind: 'none' } : anchorBody(body, 'mm/box.ts', PORT);
}
const pairs = (of: Anchors): readonly string[] => (of.kind === 'found' ? of.anchors.map((one) => `${one.c} ${one.port} ${one.text}`) : [of.kind]);

test('a piece finds its statements, past remarks and through open braces', (t) => {
  const found = anchors('\t\tshout(b);\n\t\treturn -EINVAL;\n\t}\n\tshake(b);\n\tif (n > 3)');
  t.deepEqual(pairs(found), ['1 9 shout(b);', '2 10 return -EINVAL;', '4 13 shake(b);', '5 14 if (n > 3)']);
});

test('a goto and the label it goes to', (t) => {
  t.deepEqual(pairs(anchors('\tif (!b)\n\t\tgoto out;\n\tif (loud) {')), ['1 6 if (!b)', '2 7 break out;', '3 8 if (loud)']);
  t.deepEqual(pairs(anchors('out:\n\tb->nr = loud;\n\treturn 0;')), ['2 17 b.nr = Number(loud);', '3 18 return 0;']);
});

test('what the port has not is told', (t) => {
  const found = anchors('\tshake(b);\n\tstir(b);\n\tif (n > 3)');
  t.deepEqual(found.kind === 'found' ? found.missing : null, [2]);
  t.deepEqual(pairs(anchors('\tstir(b);')), ['none']);
});

test('what stands in several places is no anchor', (t) => {
  t.deepEqual(anchors('\t\treturn -EINVAL;'), { kind: 'several', at: [10, 15] });
});
