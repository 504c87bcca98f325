// SPDX-License-Identifier: GPL-2.0-only
// What the body of a resumable function gives the scheduler: it has returned, it has entered another
// function, or its thread stops.

export const RETURNED = 0;
export const CALLED = 1;
export const STOPPED = 2;
