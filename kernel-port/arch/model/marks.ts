// SPDX-License-Identifier: GPL-2.0-only
// The marks of the port (DESIGN.md, The port, 7). PORTED.md is generated from them.

import { machine_halt } from './machine.ts';

/** The statements here are fewer or simpler than in C, for the reason given. */
export function reduced(_why: string): void {}
/** C does something here that has no counterpart in the model, for the reason given. */
export function notModelled(_why: string): void {}
/** The configuration excludes this branch; reaching it is a limit of the model that ends the run. */
export function unreachable(why: string): never {
  throw new machine_halt('model-limit', why);
}
/** A name that an imported patch uses and the port does not have; coming to it is a limit of the model that ends the run. */
export function notInPort(name: string): unknown {
  throw new machine_halt('model-limit', `${name} is not in the port`);
}
