// SPDX-License-Identifier: GPL-2.0-only
// Lines as they are written, and what an unnamed jump means where they stand.

import type { CLines } from '../c/ast.ts';

export interface Line { readonly text: string; readonly from: number; readonly to: number }

export class Writer {
  readonly lines: Line[] = [];
  depth = 1;
  /** What an unnamed break or continue could mean here, innermost last; the line of its head. */
  readonly #targets: { readonly kind: 'loop' | 'switch' | 'again'; readonly line: number; name: string }[] = [];
  within(kind: 'loop' | 'switch' | 'again', write: () => void): void {
    this.#targets.push({ kind, line: this.lines.length - 1, name: '' });
    write();
    this.#targets.pop();
  }
  /** C's break or continue: by name where a loop that a label has become stands between. */
  jump(kind: 'break' | 'continue', at: CLines): void {
    const index = this.#targets.findLastIndex((one) => one.kind === 'loop' || (kind === 'break' && one.kind === 'switch'));
    const target = this.#targets[index];
    if (target === undefined || !this.#targets.slice(index + 1).some((one) => one.kind === 'again')) return this.put(`${kind};`, at);
    if (target.name === '') {
      const used = this.#targets.filter((one) => one.name !== '').length;
      target.name = used === 0 ? 'each' : `each${used + 1}`;
      const head = this.lines[target.line];
      if (head !== undefined) this.lines[target.line] = { ...head, text: head.text.replace(/\S/, (c) => `${target.name}: ${c}`) };
    }
    this.put(`${kind} ${target.name};`, at);
  }
  put(text: string, at: CLines): void { this.lines.push({ text: `${'  '.repeat(this.depth)}${text}`, from: at.from, to: at.to }); }
  /** The last line goes on. */
  join(text: string, at: CLines): void {
    const last = this.lines.pop();
    if (last === undefined) this.put(text.trim(), at);
    else this.lines.push({ text: last.text + text, from: last.from, to: Math.max(last.to, at.to) });
  }
}
