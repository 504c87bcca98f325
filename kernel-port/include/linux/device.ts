// SPDX-License-Identifier: GPL-2.0-only
// Devices, as far as they own resources that are given back when they go (devres).

import { kmalloc_fails } from '../../arch/model/slab.ts';
import { ENOMEM } from './errno.ts';
import { NUMA_NO_NODE } from './numa.ts';
import { WARN_ON } from './bug.ts';
import type { int } from './types.ts';

interface devres { readonly action: (data: object) => void; readonly data: object }

export class device {
  devres_head: readonly devres[] = [];
}

/** When the action cannot be remembered it is done at once. */
export function devm_add_action_or_reset(dev: device, action: (data: object) => void, data: object): int {
  let ret: int;

  ret = devm_add_action(dev, action, data);
  if (ret)
    action(data);
  return ret;
}

export function devm_add_action(dev: device, action: (data: object) => void, data: object): int {
  if (kmalloc_fails())
    return -ENOMEM;
  dev.devres_head = [...dev.devres_head, { action, data }];
  return 0;
}

export function dev_to_node(_dev: device): int { return NUMA_NO_NODE; }

/** Does the action now, and not when the device goes. */
export function devm_release_action(dev: device, action: (data: object) => void, data: object): void {
  const at = dev.devres_head.findIndex((res) => res.action === action && res.data === data);
  if (WARN_ON(at < 0))
    return;
  dev.devres_head = [...dev.devres_head.slice(0, at), ...dev.devres_head.slice(at + 1)];
  action(data);
}
