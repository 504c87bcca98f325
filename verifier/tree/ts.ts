// SPDX-License-Identifier: GPL-2.0-only
// The TypeScript that ts-morph bundles, under one name: its author may stop under the Go compiler
// (ts-morph#1621), so nothing outside this folder names the package.

export { ts } from 'ts-morph';
