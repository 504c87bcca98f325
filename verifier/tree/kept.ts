// SPDX-License-Identifier: GPL-2.0-only
// Results kept between runs below build/, by the hash of all they depend on. The build makes them for
// the trees that the project knows; whatever is asked for beside is made anew and not kept. A file that is
// damaged, or of another build, counts as missing.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

export class Kept<T> {
  readonly #dir: URL;
  readonly #is: (value: unknown) => value is T;
  /** Of what makes the results, as it was built. */
  readonly #maker: string;
  /** Names that this run asked for or wrote. */
  readonly #used = new Set<string>();

  /** folder: below build/, with a slash. maker: the files that make the results. */
  constructor(folder: string, maker: readonly URL[], is: (value: unknown) => value is T) {
    this.#dir = new URL(`../../${folder}`, import.meta.url);
    this.#is = is;
    this.#maker = maker.reduce((hash, url) => hash.update(readFileSync(url)), createHash('sha256')).digest('hex');
  }

  nameOf(parts: readonly string[]): string {
    return createHash('sha256').update([this.#maker, ...parts].join('\n')).digest('hex').slice(0, 32);
  }

  get(name: string): T | null {
    this.#used.add(name);
    try {
      const value: unknown = JSON.parse(readFileSync(new URL(`${name}.json`, this.#dir), 'utf8'));
      return this.#is(value) ? value : null;
    } catch {
      return null;
    }
  }

  keep(name: string, value: T): void {
    this.#used.add(name);
    mkdirSync(this.#dir, { recursive: true });
    writeFileSync(new URL(`${name}.json`, this.#dir), JSON.stringify(value));
  }

  /** Clears what this run had no use for. */
  forgetOthers(): void {
    let names: readonly string[];
    try { names = readdirSync(this.#dir); } catch { return; }
    for (const file of names) if (file.endsWith('.json') && !this.#used.has(file.replace(/\.json$/, ''))) rmSync(new URL(file, this.#dir), { force: true });
  }
}
