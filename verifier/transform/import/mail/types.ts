// SPDX-License-Identifier: GPL-2.0-only
// A mail as it was read, whatever form it came in: its headers decoded, its body as text lines
// that know their place in the file.

import type { Person } from '../../patch.ts';
import type { FileLine, SourceLine } from '../result.ts';

export type { Person };

/** Without its angle brackets. */
export type MessageId = string & { readonly __kind?: 'Message-ID' };

/** How it came: as it was sent, as an archive shows it, or without any header. */
export type Form = 'message' | 'patchwork' | 'pipermail' | 'page' | 'one-line' | 'commit' | 'text';

/** A part of a mail that is no text for us: said, not read. */
export interface UnreadPart { readonly type: string; readonly line: FileLine }

export interface Mail {
  readonly file: string;
  /** Its first line in the file. */
  readonly line: FileLine;
  readonly form: Form;
  readonly messageId: MessageId | null;
  readonly subject: string;
  /** An archive may keep the name alone: then the address is ''. */
  readonly from: Person | null;
  /** As it is written there. */
  readonly date: string | null;
  readonly to: readonly Person[];
  readonly cc: readonly Person[];
  readonly inReplyTo: MessageId | null;
  readonly references: readonly MessageId[];
  readonly body: readonly SourceLine[];
  readonly unread: readonly UnreadPart[];
}

/** What each form fills in as far as it has it. */
export const BLANK = {
  messageId: null, subject: '', from: null, date: null, to: [], cc: [], inReplyTo: null, references: [], unread: [],
} as const;

export function bodyText(mail: Mail): string { return mail.body.map((one) => `${one.text}\n`).join(''); }
