// SPDX-License-Identifier: GPL-2.0-only
// The law that fits a cost exactly: a constant, a line, or a square; `null` when none does. Counts
// of a deterministic run have no noise, so a fit is all points or none.

type Points = readonly (readonly [number, number])[];

export function lawOf(points: Points): string | null {
  const [first, second, third] = points;
  if (first === undefined || second === undefined || third === undefined) return null;
  const fits = (f: (n: number) => number): boolean => points.every(([n, v]) => Math.abs(f(n) - v) < 1e-9);
  if (fits(() => first[1])) return String(first[1]);
  const slope = (second[1] - first[1]) / (second[0] - first[0]);
  const at0 = first[1] - slope * first[0];
  if (fits((n) => slope * n + at0)) return polynomial([at0, slope]);
  // Second differences over three points at equal or unequal distance (Newton's form).
  const d1 = (second[1] - first[1]) / (second[0] - first[0]);
  const d2 = (third[1] - second[1]) / (third[0] - second[0]);
  const a = (d2 - d1) / (third[0] - first[0]);
  const b = d1 - a * (first[0] + second[0]);
  const c = first[1] - b * first[0] - a * first[0] * first[0];
  return fits((n) => a * n * n + b * n + c) ? polynomial([c, b, a]) : null;
}

/** Coefficients by power, lowest first. */
function polynomial(k: readonly number[]): string {
  const terms: string[] = [];
  for (let power = k.length - 1; power >= 0; power--) {
    const value = k[power] ?? 0;
    if (value === 0) continue;
    const size = Math.abs(value);
    const unit = power === 0 ? '' : power === 1 ? 'n' : `n^${power}`;
    const body = unit === '' ? String(size) : size === 1 ? unit : `${size}${unit}`;
    terms.push(terms.length === 0 ? (value < 0 ? `-${body}` : body) : `${value < 0 ? '-' : '+'} ${body}`);
  }
  return terms.join(' ') || '0';
}
