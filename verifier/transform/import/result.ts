// SPDX-License-Identifier: GPL-2.0-only
// What reading a mail or a diff gives: a value, or one reason with its place. What is quoted from
// the input is cut and stripped of control characters: a mail must not write to a terminal.

/** A line of the file that was read, from 1. */
export type FileLine = number & { readonly __kind?: 'line of the file' };

export interface SourceLine { readonly text: string; readonly line: FileLine }

export interface ReadError { readonly file: string; readonly line: FileLine; readonly reason: string }

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ReadError };

export function ok<T>(value: T): Result<T> { return { ok: true, value }; }

export function fail(file: string, line: FileLine, reason: string): { readonly ok: false; readonly error: ReadError } {
  return { ok: false, error: { file, line, reason } };
}

/** One line, for people. */
export function errorText({ file, line, reason }: ReadError): string {
  return `${plain(file)}:${line}: ${plain(reason)}`;
}

/** A piece of the input as an error shows it. */
export function shown(text: string, most = 60): string {
  const clean = plain(text.slice(0, most + 1));
  return `'${clean.length > most ? `${clean.slice(0, most)}…` : clean}'`;
}

/** Without what moves a cursor or turns the direction of writing. */
export function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, ' ');
}
