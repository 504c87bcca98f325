// SPDX-License-Identifier: GPL-2.0-only
// What the kernel writes and the grammar does not know, made readable with the length of everything
// kept: attributes become white space, a loop macro becomes a `while` whose condition is its
// arguments, a type handed to a macro becomes one word.

const ATTRIBUTES = new Set(`
__init __exit __initdata __meminit __meminitdata __ref __refdata __cpuinit __net_init __maybe_unused __always_unused __used __unused
__must_check __user __kernel __iomem __percpu __rcu __force __nocast __private __always_inline noinline noinline_for_stack
noinline_for_kasan __noreturn __cold __hot __weak __pure __attribute_const__ __read_mostly __ro_after_init __sched __lockfunc
__visible __deprecated __packed notrace noinstr asmlinkage __latent_entropy __randomize_layout __no_sanitize_address __malloc
____cacheline_aligned ____cacheline_aligned_in_smp ____cacheline_internodealigned_in_smp __cacheline_aligned_in_smp __flatten
__kprobes nokprobe_inline __bitwise __no_kcsan __no_kasan_or_inline __extension__ __init_or_module
`.trim().split(/\s+/));

/** Attributes that take arguments. */
const WITH_ARGUMENTS = new Set(['__attribute__', '__acquires', '__releases', '__must_hold', '__printf', '__scanf', '__alloc_size', '__aligned', '__section', '__cond_acquires', '__counted_by', 'ZONE_PADDING', 'CACHELINE_PADDING']);

/** Loop macros say so in their names; some calls only look like one. */
const LOOP = /^(?!for_each_\w*_done$)(?:\w+_)?(?:for_?each|foreach|for_next)(?:_\w+)?$/;

/** Macros that take a type: `struct page`, `unsigned long`, `struct page *`. */
const TYPE_TAKERS = new Set(['container_of', 'container_of_safe', 'list_entry', 'list_first_entry', 'list_last_entry', 'list_first_entry_or_null', 'list_entry_rcu',
  'hlist_entry', 'hlist_entry_safe', 'rb_entry', 'rb_entry_safe', 'min_t', 'max_t', 'clamp_t', 'offsetof', 'offsetofend', 'typeof', 'sizeof_field', 'DEFINE_PER_CPU',
  'DECLARE_PER_CPU', 'va_arg', 'KMEM_CACHE', 'alloc_percpu', '__alignof__']);

/** The word that stands for a type begins with a full-width letter; blanks and stars are letters of
 *  other scripts, so that the grammar reads one identifier of the same length. */
const BLANK = '\u00b7';
const STAR = '\u01c2';
const WIDE = 0xff41 - 'a'.charCodeAt(0);

export interface Prepared {
  readonly text: string;
  /** The loop macro that was at an offset. */
  readonly loops: ReadonlyMap<number, string>;
}

export function prepare(text: string): Prepared {
  const out = text.split('');
  const loops = new Map<number, string>();
  const clear = (from: number, to: number): void => {
    for (let n = from; n < to; n += 1) if (!/\s/.test(out[n] ?? ' ')) out[n] = ' ';
  };
  // Macros that stand where a declaration could, with nothing to end them: PAGEFLAG(…), initcalls.
  for (const line of text.matchAll(/^[ \t]*(?:(?:_*[A-Z][A-Z\d_]*|\w*initcall|module_(?:init|exit))\([^(){};=\n]*\)[ \t]*)+$(?!\s*[{;=,.)?:|&+*\/<>-])/gm)) clear(line.index, line.index + line[0].length);
  const word = /\/\*[^]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[A-Za-z_]\w*/g;
  for (let hit = word.exec(text); hit !== null; hit = word.exec(text)) {
    const name = hit[0];
    const from = hit.index;
    const to = from + name.length;
    if (!/^[A-Za-z_]/.test(name)) continue;
    if (ATTRIBUTES.has(name)) clear(from, to);
    else if (WITH_ARGUMENTS.has(name)) {
      const end = closing(text, to);
      clear(from, end ?? to);
      if (end !== null) word.lastIndex = end;
    } else if (LOOP.test(name)) {
      const end = closing(text, to);
      const before = text.slice(Math.max(0, from - 200), from).trimEnd();
      const after = end === null ? '' : text.slice(end, end + 1000);
      // A statement begins here, and one follows.
      if (end === null || name.length < 5 || !/(?:^|[;{}):]|\belse|\*\/)$/.test(before) || !/^\s*(?:\/\*[^]*?\*\/\s*)*[\w{*(]/.test(after)) continue;
      for (let n = from; n < to; n += 1) out[n] = 'while'.charAt(n - from) || ' ';
      loops.set(from, name);
    } else if (TYPE_TAKERS.has(name)) typeArguments(text, to, out);
  }
  return { text: out.join(''), loops };
}

/** Past the parenthesis that closes the one that opens next; null when none opens or none closes. */
export function closing(text: string, from: number): number | null {
  const open = /^\s*\(/.exec(text.slice(from, from + 200));
  if (open === null) return null;
  let depth = 0;
  for (let at = from + open[0].length - 1; at < text.length; at += 1) {
    const c = text.charAt(at);
    if (c === '(') depth += 1;
    else if (c === ')' && --depth === 0) return at + 1;
    else if (c === ';' && depth > 0 && !text.slice(from, at).includes('{')) return null;
  }
  return null;
}

const TYPE_WORD = /^\s*((?:const\s+)?(?:(?:struct|union|enum)\s+\w+|(?:unsigned|signed|long|short|int|char|u?int\d+_t|u8|u16|u32|u64|s\d+|bool|void|size_t|ssize_t|\w+_t)(?:\s+(?:unsigned|signed|long|short|int|char))*)(?:\s*\*)*)\s*$/;

function typeArguments(text: string, from: number, out: string[]): void {
  const end = closing(text, from);
  if (end === null) return;
  let depth = 0;
  let start = text.indexOf('(', from) + 1;
  for (let at = start; at < end; at += 1) {
    const c = text.charAt(at);
    if (depth === 0 && (c === ',' || at === end - 1)) {
      const piece = text.slice(start, at);
      if (TYPE_WORD.test(piece)) {
        const lead = piece.length - piece.trimStart().length;
        const body = piece.trim();
        for (let n = 0; n < body.length; n += 1) {
          const letter = body.charAt(n);
          out[start + lead + n] = n === 0 ? String.fromCharCode(letter.charCodeAt(0) + WIDE) : /\s/.test(letter) ? BLANK : letter === '*' ? STAR : letter;
        }
      }
      start = at + 1;
    } else if (c === '(') depth += 1;
    else if (c === ')') depth -= 1;
  }
}

/** The type that a word made by typeArguments() stands for; null for an ordinary name. */
export function typeWord(name: string): string | null {
  const first = name.charCodeAt(0) - WIDE;
  if (first < 'a'.charCodeAt(0) || first > 'z'.charCodeAt(0)) return null;
  const plain = String.fromCharCode(first) + name.slice(1);
  return plain.replaceAll(BLANK, ' ').replaceAll(STAR, '*').replace(/\s+/g, ' ').replace(/\s*\*/g, ' *').trim();
}
