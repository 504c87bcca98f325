// SPDX-License-Identifier: GPL-2.0-only
// All patches the project knows: series, versions, order.

import type { PatchModule, PortPatch } from '../verifier/transform/patch.ts';
import v1p1 from './device-coherent/v1/0001-dax-refcount-helper.ts';
import v1p2 from './device-coherent/v1/0002-zone-device-refcount.ts';
import v1p3 from './device-coherent/v1/0003-iomem-vma-selection.ts';
import v1p4 from './device-coherent/v1/0004-zone-device-public-type.ts';
import v1p5 from './device-coherent/v1/0005-amdkfd-ref-count-init.ts';
import v1p6 from './device-coherent/v1/0006-amdkfd-spm-support.ts';
import v1p7 from './device-coherent/v1/0007-amdkfd-migration-to-ram.ts';
import v1p8 from './device-coherent/v1/0008-migrate-vma-public-type.ts';
import v1p9 from './device-coherent/v1/0009-page-free-public.ts';
import v1p10 from './device-coherent/v1/0010-hmm-device-type-ioctl.ts';
import v1p11 from './device-coherent/v1/0011-hmm-device-type-parameter.ts';
import v1p12 from './device-coherent/v1/0012-hmm-public-devices.ts';
import v1p13 from './device-coherent/v1/0013-hmm-tests-public-type.ts';
import v1p14 from './device-coherent/v1/0014-test-hmm-script.ts';
import v2p1 from './device-coherent/v2/0001-zone-device-coherent-type.ts';
import v2p2 from './device-coherent/v2/0002-coherent-vma-selection.ts';
import v2p3 from './device-coherent/v2/0003-gup-migrate-longterm.ts';
import v2p4 from './device-coherent/v2/0004-amdkfd-spm-support.ts';
import v2p5 from './device-coherent/v2/0005-amdkfd-migration-to-ram.ts';
import v2p6 from './device-coherent/v2/0006-hmm-device-type-ioctl.ts';
import v2p7 from './device-coherent/v2/0007-hmm-device-type-parameter.ts';
import v2p8 from './device-coherent/v2/0008-hmm-coherent-devices.ts';
import v2p9 from './device-coherent/v2/0009-hmm-tests-coherent-type.ts';
import v2p10 from './device-coherent/v2/0010-test-hmm-script.ts';
import v2p11 from './device-coherent/v2/0011-hmm-tests-gup.ts';
import v3p1 from './device-coherent/v3/0001-zone-device-coherent-type.ts';
import v3p2 from './device-coherent/v3/0002-coherent-vma-selection.ts';
import v3p3 from './device-coherent/v3/0003-gup-fail-longterm.ts';
import v3p4 from './device-coherent/v3/0004-amdkfd-spm-support.ts';
import v3p5 from './device-coherent/v3/0005-amdkfd-migration-to-ram.ts';
import v3p6 from './device-coherent/v3/0006-hmm-device-type-ioctl.ts';
import v3p7 from './device-coherent/v3/0007-hmm-device-type-parameter.ts';
import v3p8 from './device-coherent/v3/0008-hmm-coherent-devices.ts';
import v3p9 from './device-coherent/v3/0009-hmm-tests-coherent-type.ts';
import v3p10 from './device-coherent/v3/0010-test-hmm-script.ts';
import f61 from './later/f61/0001-fault-holds-the-page.ts';
import f615 from './later/f615/0001-fault-locks-the-page.ts';
import g60 from './later/g60/0001-gup-migrate-coherent.ts';
import t60 from './later/t60/0001-try-to-migrate-coherent.ts';

export interface SeriesVersion {
  /** `device-coherent/v2` */
  readonly id: string;
  readonly series: string;
  readonly version: string;
  /** Of the cover letter. */
  readonly title: string;
  readonly coverId: string;
  /** How many patches were posted; `patches` has those stated here, in order. */
  readonly of: number;
  /** The target it stands on. */
  readonly base: string;
  /** Version switches, with the values the series is reviewed on. */
  readonly switches: Readonly<Record<string, readonly string[]>>;
  readonly patches: readonly PatchModule[];
}

export const SERIES: readonly SeriesVersion[] = [
  version('Add MEMORY_DEVICE_PUBLIC for CPU-accessible coherent device memory', [v1p1, v1p2, v1p3, v1p4, v1p5, v1p6, v1p7, v1p8, v1p9, v1p10, v1p11, v1p12, v1p13, v1p14]),
  version('Add MEMORY_DEVICE_COHERENT for coherent device memory mapping', [v2p1, v2p2, v2p3, v2p4, v2p5, v2p6, v2p7, v2p8, v2p9, v2p10, v2p11]),
  version('Add MEMORY_DEVICE_COHERENT for coherent device memory mapping', [v3p1, v3p2, v3p3, v3p4, v3p5, v3p6, v3p7, v3p8, v3p9, v3p10]),
  version('Try to migrate coherent pages, as in v6.0', [t60]),
  version('Move coherent pages before a long-term pin, as in v6.0', [g60]),
  version('Hold a private page while it is faulted, as in v6.1', [f61]),
  version('Lock a private page while it is faulted, as in v6.15', [f615]),
];

/** What a version has in common stands in each of its patches; the first speaks for all. */
function version(title: string, patches: readonly [PatchModule, ...PatchModule[]]): SeriesVersion {
  const { series, version: name, coverId, of, base = 'base', switches = {} } = patches[0].meta;
  return { id: `${series}/${name}`, series, version: name, title, coverId, of, base, switches, patches };
}

export const PATCHES: readonly PatchModule[] = SERIES.flatMap((one) => one.patches);

export function findSeries(id: string): SeriesVersion | undefined {
  return SERIES.find((one) => one.id === id);
}

/** By `device-coherent/v2/3`. */
export function findPatch(id: string): PatchModule | undefined {
  return PATCHES.find((one) => one.id === id);
}

export function findByMessageId(messageId: string): PatchModule | undefined {
  const bare = messageId.replace(/^<|>$/g, '');
  return PATCHES.find((one) => one.meta.messageId === bare);
}

/** The patches of its series before it that change the port, in order. */
export function predecessors(patch: PatchModule): readonly PortPatch[] {
  const all = findSeries(`${patch.meta.series}/${patch.meta.version}`)?.patches ?? [];
  return portPatches(all).filter((one) => one.meta.number < patch.meta.number);
}

export function portPatches(patches: readonly PatchModule[]): readonly PortPatch[] {
  return patches.flatMap((one) => (one.kind === 'port' ? [one] : []));
}
