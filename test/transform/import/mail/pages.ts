// SPDX-License-Identifier: GPL-2.0-only
// One invented patch in every form that a mail comes in.

import { BODY, DIFF, mbox, message } from '../fixture.ts';

const TRIMMED = BODY.replace(/ \n-- \n.*\n$/, '');

export const PATCHWORK = `diff mbox series

[v2,03/11] lib/demo: frob the other case

Message ID 2021-4-a@demo.invalid
State Not Applicable
Headers show
Series Frob it | expand

Commit Message

Person, A (Anna) Dec. 6, 2021, 6:52 p.m. UTC
${BODY.slice(0, BODY.indexOf('\ndiff --git') + 1)}
Comments

B Person Dec. 8, 2021, 11 a.m. UTC | #1
On Tuesday A Person wrote:
> frob() forgot the other case.
> Patch
> ${DIFF.replaceAll('\n', '\n> ')}
Why?

Patch
A Person Dec. 8, 2021, noon UTC | #2
B Person Dec. 8, 2021, 11 a.m. UTC | #1
Because.
Patch

${DIFF.replace(/@@ int/, '@@  int').replace(/ \n$/, '')}`;

export const PIPERMAIL = `[PATCH 19/44] lib/demo: frob the other case

A Person a.person at demo.invalid
Mon Mar 22 10:58:35 UTC 2021


${BODY}


More information about the demo-list mailing list
`;

export const PIPERMAIL_REPLY = `[PATCH 19/44] lib/demo: frob the other case

B Person b at demo.invalid
Tue Mar  3 08:07:38 UTC 2021


On Mon, A Person wrote:
> frob() forgot the other case.

No.

More information about the demo-list mailing list`;

export const PAGE = `2022-01-12 23:02:03

by B Person

[permalink] [raw]
Subject: Re: [PATCH v3 00/10] frob it all

I looked.
To: nobody

On Tuesday, A Person wrote:
> frob
`;

export const ONE_LINE = 'Received: by demo.invalid (x); Wed, 1 Sep 2021 16:10:30 -0700 (PDT) DKIM-Signature: v=1; h=From:Date:Subject; X-Demo-Info: abc=; '
  + 'Subject: Re: [PATCH v1 03/14] lib/demo: frob To: A Person Cc: C Person , list@demo.invalid References: <one@demo.invalid> <two@demo.invalid> From: B Person '
  + 'Message-ID: Date: Wed, 1 Sep 2021 19:07:34 -0400 In-Reply-To: <two@demo.invalid> Precedence: bulk X-Mailing-List: list@demo.invalid On 2021-09-01, A Person wrote: > frob Note: no.\n';

export const SHOWN = `commit 0123456789abcdef0123456789abcdef01234567
Author: A Person <a@demo.invalid>
Date:   Fri Nov 20 14:39:36 2026 +0000

    lib/demo: frob the other case
${'    '}
    It was forgotten.

${DIFF.replace(' int frob(int x)', '     frob')}`;

const encoded = (encoding: string, body: string): string =>
  message({ more: ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', `Content-Transfer-Encoding: ${encoding}`] }, body);

export const ATTACHED = message({ more: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="----=_1"'] },
  `------=_1\nContent-Type: text/plain\n\nHello.\n---\n\n------=_1\nContent-Type: text/x-patch; name="1.patch"\nContent-Transfer-Encoding: 8bit\n\n${DIFF}\n------=_1--\n`);

/** The forms whose lines stand in the file as they are read. */
export const AS_IS: Readonly<Record<string, string>> = {
  'a message': message({}),
  'an mbox': mbox([
    message({ subject: '[PATCH 0/2] both', id: 'c@demo.invalid' }, 'Hello.\n'),
    message({ subject: '[PATCH 2/2] two', id: 'd@demo.invalid', parent: 'c@demo.invalid' }),
    message({ subject: '[PATCH 1/2] one', id: 'e@demo.invalid', parent: 'c@demo.invalid' }),
    message({ subject: 'Re: [PATCH 1/2] one', id: 'f@demo.invalid', parent: 'e@demo.invalid' }, BODY.replace(/^/gm, '> ')),
  ]),
  'an attachment': ATTACHED,
  patchwork: PATCHWORK,
  pipermail: PIPERMAIL,
  'git show': SHOWN,
  'a diff': DIFF,
  'a trimmed message': message({}, TRIMMED),
  'heads of all kinds': `diff --git a/n.c b/n.c\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n+++ b/n.c\n@@ -0,0 +1 @@\n+a\n`
    + 'diff --git a/x.c b/y.c\nsimilarity index 90%\nrename from x.c\nrename to y.c\nindex 1111111..2222222 100644\n--- a/x.c\n+++ b/y.c\n@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n'
    + 'diff --git a/s.sh b/s.sh\nold mode 100644\nnew mode 100755\n'
    + 'diff --git a/n.bin b/n.bin\nindex 1111111..2222222 100644\nGIT binary patch\nliteral 3\nKcmZQzU|?VX\n\nliteral 2\nJcmZQzU|?VX\n\n'
    + 'diff --git a/o.c b/o.c\ndeleted file mode 100644\nindex 1111111..0000000\n--- a/o.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n',
};

export const ALL: Readonly<Record<string, string>> = {
  ...AS_IS,
  'quoted-printable': encoded('quoted-printable', BODY.replaceAll('=', '=3D').replace('return y', 'ret=\nurn y').replace(/ $/gm, '=20')),
  base64: encoded('base64', Buffer.from(BODY).toString('base64').replace(/.{60}/g, '$&\n')),
  flowed: message({ more: ['Content-Type: text/plain; charset=utf-8; format=flowed'] }, BODY.replace(/^ /gm, '  ').replace(/^ +$/gm, '')),
  'a reply of pipermail': PIPERMAIL_REPLY,
  'a page': PAGE,
  'one line': ONE_LINE,
};
