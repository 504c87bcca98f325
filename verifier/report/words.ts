// SPDX-License-Identifier: GPL-2.0-only
// A scenario id in words. The id is exact but terse; a reader of a report wants to know what the
// user does. Pages, the pin and the driver are always named, of the rest only what differs from
// the plain point. An id of a family that is not known here is given back as it is.

import type { Point } from '../scenario/pairs.ts';
import { PLAIN, pointOf } from '../scenario/gup.ts';
import { scenarioNamed } from '../scenario/suite.ts';
import { actionInWords } from '../scenario/words.ts';

const PAGES: Readonly<Record<string, string>> = {
  n: 'normal', m: 'movable', c: 'coherent', p: 'device-private', z: 'zero', u: 'untouched',
  h: 'coherent put into a hole', g: 'device-private put into a hole',
};
const HOLD: Readonly<Record<string, readonly [before: string, after: string]>> = {
  long: ['long-term', 'pin'], pin: ['short-term', 'pin'], get: ['plain', 'reference'],
};
const CALLER: Readonly<Record<string, string>> = {
  own: 'the owner', child: 'a forked child', worker: 'a worker without a mapping there', workermap: 'a worker with a mapping of its own there',
};
const DRIVER: Readonly<Record<string, string>> = {
  page: 'model driver moves one page per call', range: 'model driver moves the whole range', part: 'model driver moves one page of the range it is given',
  nothing: 'model driver moves nothing and returns 0', oom: 'model driver returns VM_FAULT_OOM', sigbus: 'model driver returns VM_FAULT_SIGBUS',
  sigsegv: 'model driver returns VM_FAULT_SIGSEGV', hwpoison: 'model driver returns VM_FAULT_HWPOISON',
  major: 'model driver moves the page and returns VM_FAULT_MAJOR', movedsigbus: 'model driver moves the page and returns VM_FAULT_SIGBUS',
};
const OTHERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  shared: { forked: 'a forked child shares the pages' },
  foreign: { ref: 'somebody else holds a reference on each page' },
  lru: {
    ownpvec: "the pages wait in this CPU's pagevec", otherpvec: "the pages wait in another CPU's pagevec",
    isolated: 'somebody else has isolated the pages',
  },
  fail: {
    page1: 'the first page allocation fails', page2: 'the second page allocation fails', page3: 'the third page allocation fails',
    pageall: 'every page allocation fails', slab1: 'the first slab allocation fails', slab2: 'the second slab allocation fails',
    slab3: 'the third slab allocation fails',
  },
  then: { store: 'then a store to each page', again: 'then the same pin again', dontneed: 'then MADV_DONTNEED' },
  reuse: { never: 'freed frames are not used again' },
};
/** What a switch stands for, where its name does not say it. */
const SWITCHES: Readonly<Record<string, string>> = {
  'GRAB_FORM=own': ' (try_grab_page() counting by itself, as in 5.15.y and 5.17)',
};

export function scenarioInWords(id: string): string {
  const [bare = '', ...variants] = id.split('@');
  const point = pointOf(bare);
  const words = point !== null ? pointInWords(point) : threadsInWords(bare) ?? unloadInWords(bare) ?? hmmInWords(bare);
  if (words === null) return id;
  return [...words, ...variants.map((v) => `with ${v}${SWITCHES[v] ?? ''}`)].join('; ');
}

function unloadInWords(id: string): string[] | null {
  const [, letter = ''] = /^unload\/([cp])$/.exec(id) ?? [];
  return letter === '' ? null : [`page: ${pagesInWords(letter)}`, 'the model driver is unloaded while the page is mapped'];
}

/** Of a scenario with several threads: what each does. */
function threadsInWords(id: string): string[] | null {
  const threads = scenarioNamed(id)?.threads;
  if (threads === undefined) return null;
  const [, mix = ''] = /^beside\/([a-z]+)\//.exec(id) ?? [];
  const pages = mix === '' ? [] : [`${mix.length === 1 ? 'page' : 'pages'}: ${pagesInWords(mix)}`];
  return [...pages, ...threads.map((t, i) => `${i === 0 ? '' : 'beside it '}${t.by}: ${t.steps.map((s) => actionInWords(s.do)).join(', then ')}`)];
}

/** Of one at the test driver: what is done to it, as far as the ids of its steps go into outcomes. */
function hmmInWords(id: string): string[] | null {
  const [family, kind = ''] = id.split('/');
  const steps = family === 'hmm' ? scenarioNamed(id)?.steps : undefined;
  if (steps === undefined) return null;
  const of = (by: string): string => (by === 'P' ? '' : `${by}: `);
  return [`test_hmm with ${PAGES[kind] ?? kind} memory`, steps.filter((s) => s.name !== null).map((s) => `${of(s.by)}${actionInWords(s.do)}`).join(', then ')];
}

function pointInWords(p: Point): string[] {
  const mix = p['mix'] ?? '';
  const words = [`${mix.length === 1 ? 'page' : 'pages'}: ${pagesInWords(mix)}`, pinInWords(p)];
  if (/[cphg]/.test(mix)) words.push(DRIVER[p['driver'] ?? ''] ?? `model driver ${p['driver']}`);
  for (const [dimension, says] of Object.entries(OTHERS)) {
    const value = p[dimension] ?? '';
    if (value !== PLAIN[dimension]) words.push(says[value] ?? `${dimension} ${value}`);
  }
  return words;
}

/** Equal neighbours are counted: `4 coherent`, `normal, 2 coherent`. */
export function pagesInWords(mix: string): string {
  return [...mix.matchAll(/(.)\1*/g)].map(([run, kind = '']) => {
    const name = PAGES[kind] ?? kind;
    return run.length === 1 ? name : `${run.length} ${name}`;
  }).join(', ');
}

function pinInWords(p: Point): string {
  const [term, what] = HOLD[p['hold'] ?? ''] ?? ['', p['hold'] ?? ''];
  const access = p['access'] === 'r' ? 'read' : 'write';
  return `${p['path']} ${term} ${access} ${what} by ${CALLER[p['caller'] ?? ''] ?? p['caller']}`;
}
