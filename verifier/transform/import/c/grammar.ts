// SPDX-License-Identifier: GPL-2.0-only
// The C grammar, in WebAssembly and from the installed packages: nothing is compiled and nothing is
// fetched. A parser is shared: parsing is synchronous once the grammar is loaded.

import { createRequire } from 'node:module';
import { Language, Parser, type Node } from 'web-tree-sitter';

export type { Node } from 'web-tree-sitter';

/** Parses a text; the tree lives as long as what the callback does with it. */
export type Parse = <T>(text: string, read: (root: Node) => T) => T;

let loaded: Promise<Parse> | undefined;

export function loadGrammar(): Promise<Parse> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Parse> {
  await Parser.init();
  const wasm = createRequire(import.meta.url).resolve('tree-sitter-c/tree-sitter-c.wasm');
  const parser = new Parser();
  parser.setLanguage(await Language.load(wasm));
  return (text, read) => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error('the C parser gave no tree');
    try { return read(tree.rootNode); } finally { tree.delete(); }
  };
}
