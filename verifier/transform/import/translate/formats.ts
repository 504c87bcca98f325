// SPDX-License-Identifier: GPL-2.0-only
// printk's formats as template literals: what is printed is a trap's text in the model.

export function stringLiteral(c: string): string {
  return `'${c.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A format and its arguments, already translated, as one literal. The line's end goes. */
export function formatted(format: string, args: readonly string[]): string {
  const text = format.replace(/(?:\\n)+$/, '');
  if (args.length === 0) return stringLiteral(text.replaceAll('%%', '%'));
  let next = 0;
  const body = text.replaceAll('`', '\\`').replaceAll('${', '\\${').replace(/%%|%[-+ #0]*\d*(?:\.\d+)?(?:hh|h|ll|l|z|t)?([diouxXcsp])\w*/g, (all: string, letter: string | undefined) => {
    if (letter === undefined) return '%';
    const arg = args[next] ?? '';
    next += 1;
    return letter === 'x' || letter === 'X' ? `\${${/^[\w$.]+(?:\([^()]*\))?$/.test(arg) ? arg : `(${arg})`}.toString(16)}` : `\${${arg}}`;
  });
  return `\`${body.replaceAll('\\"', '"')}\``;
}
