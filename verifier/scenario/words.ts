// SPDX-License-Identifier: GPL-2.0-only
// A step of a scenario in words, for whoever follows a run.

import type { Action } from './scenario.ts';

const pages = (page: number, n: number): string => (n === 1 ? `page ${page}` : `pages ${page} to ${page + n - 1}`);

export function actionInWords(a: Action): string {
  if ('call' in a) {
    switch (a.call) {
      case 'mmap': return `mmap ${pages(a.page, a.pages)}, ${a.write ? 'read and write' : 'read only'}`;
      case 'munmap': return `munmap ${pages(a.page, a.pages)}`;
      case 'dontneed': return `madvise(MADV_DONTNEED) on ${pages(a.page, a.pages)}`;
      case 'fork': return `fork, the child is ${a.child}`;
      case 'mprotect': return `mprotect(${{ none: 'PROT_NONE', read: 'PROT_READ', write: 'PROT_READ | PROT_WRITE' }[a.access]}) on ${pages(a.page, a.pages)}`;
      case 'mremap': return `mremap(MREMAP_FIXED${a.keep ? ' | MREMAP_DONTUNMAP' : ''}) of ${pages(a.page, a.pages)} to ${pages(a.to, a.pages)}`;
      case 'clone': return `start ${a.child}, another thread of the process`;
      case 'exit': return 'exit';
    }
  }
  if ('load' in a) return `load from page ${a.load}`;
  if ('store' in a) return `store ${a.value} to page ${a.store}`;
  if ('driver' in a) {
    switch (a.driver) {
      case 'create': return `the model driver comes up with ${a.pages} pages of ${a.memory} memory`;
      case 'take': return `the model driver takes ${pages(a.page, a.pages)} into ${a.memory} memory`;
      case 'evict': return `the model driver moves ${pages(a.page, a.pages)} of ${a.of} back from its ${a.memory} memory`;
      case 'remove': return `the model driver of the ${a.memory} memory is unloaded`;
    }
  }
  if ('pin' in a) {
    const flags = [a.longterm ? 'FOLL_LONGTERM' : '', a.write ? 'FOLL_WRITE' : ''].filter((f) => f !== '').join(' | ') || 'no flags';
    return `${a.hold === 'PIN' ? 'pin' : 'get'} ${pages(a.page, a.pages)} of ${a.of} by the ${a.path} path, ${flags}`;
  }
  if ('unpin' in a) return 'give back what the pin said it pinned';
  if ('hold' in a) return `take a reference on page ${a.page} of ${a.of}`;
  if ('release' in a) return 'drop that reference';
  if ('isolate' in a) return `isolate page ${a.page} of ${a.of}`;
  if ('putback' in a) return 'put the isolated page back';
  if ('drain' in a) return a.drain === 'own' ? 'drain the pagevecs of this CPU' : 'drain the pagevecs of all CPUs';
  if ('movable' in a) return a.movable === 'full' ? 'ZONE_MOVABLE has no free frame from here on' : 'ZONE_MOVABLE has free frames again';
  if ('failAlloc' in a) return a.nth === 0 ? 'allocations succeed again' : `${a.failAlloc} allocation ${a.nth} from here on fails${a.forEver ? ', and all after it' : ''}`;
  if ('dmirror' in a) {
    switch (a.dmirror) {
      case 'insmod': return 'the test driver is loaded';
      case 'rmmod': return 'the test driver is unloaded';
      case 'open': return `open device ${a.minor} of the test driver`;
      case 'close': return `close its file ${a.file}`;
      case 'ioctl': return `ask it by ${a.file}: ${a.command} of ${pages(a.page, a.pages)}`;
    }
  }
  return `call ${a.kernel}()`;
}
