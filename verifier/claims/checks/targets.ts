// SPDX-License-Identifier: GPL-2.0-only
// The sides that the checks look at, and scenarios of the suites by their ids.

import { gupScenario, PLAIN } from '../../scenario/gup.ts';
import type { Point } from '../../scenario/pairs.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { scenarioNamed } from '../../scenario/suite.ts';
import { CannotLook, type Where } from '../laboratory.ts';

export const BASE: Where = { target: 'base' };
/** Device pages count from zero. */
export const V1_COUNTS: Where = { target: 'device-coherent/v1/2' };
/** All that v1 changes in mm. */
export const V1_MM: Where = { target: 'device-coherent/v1/9' };
/** The type of memory, and how its pages are selected; nothing for long-term pins yet. */
export const V2_TYPE: Where = { target: 'device-coherent/v2/2' };
export const V2: Where = { target: 'device-coherent/v2/3' };
/** With the test driver that knows the type. */
export const V2_DRIVER: Where = { target: 'device-coherent/v2/8' };
export const V3_DRIVER: Where = { target: 'device-coherent/v3/8' };
export const V3: Where = { target: 'device-coherent/v3/3' };
/** Forms of later kernels (patches/later). */
export const T60: Where = { target: 'later/t60/1' };
export const G60: Where = { target: 'later/g60/1', switches: { GRAB_FORM: 'own' } };
export const F61: Where = { target: 'later/f61/1' };
export const F615: Where = { target: 'later/f615/1' };

export const GRAB_FORMS: readonly string[] = ['886d', 'own'];
export function grab(where: Where, form: string): Where { return { ...where, switches: { ...where.switches, GRAB_FORM: form } }; }

/** A long-term write pin, but for what is said: a page kind a letter (scenario/gup.ts). */
export function pinned(mix: string, more: Partial<Point> = {}): Scenario {
  const point: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...PLAIN, ...more, mix })) if (value !== undefined) point[name] = value;
  return gupScenario(point);
}
export function remote(mix: string, more: Partial<Point> = {}): Scenario { return pinned(mix, { ...more, path: 'remote', caller: 'worker' }); }

export function named(id: string): Scenario {
  const found = scenarioNamed(id);
  if (found === null) throw new CannotLook(`no scenario ${id}`);
  return found;
}
