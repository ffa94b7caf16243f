import { describe, expect, it } from 'vitest';
import type { MessageBoxOptions } from 'electron';
import { createOpenExternal, externalTarget, openOwnWindow } from '../../../main/electron/open-external.ts';
import { english, keptLog } from './support.ts';

type Answer = () => Promise<{ readonly response: number }>;

function opener(answer: Answer = () => Promise.resolve({ response: 0 })) {
  const opened: string[] = [];
  const asked: MessageBoxOptions[] = [];
  const log = keptLog();
  const open = createOpenExternal({
    shell: {
      openExternal(url) {
        opened.push(url);
        return Promise.resolve();
      },
    },
    dialog: {
      async showMessageBox(...given: unknown[]) {
        asked.push(given.at(-1) as MessageBoxOptions);
        return { checkboxChecked: false, ...(await answer()) };
      },
    },
    text: () => english,
    log,
  });
  return { open, opened, asked, log };
}

const hostile = [
  ...['javascript:alert(1)', 'JAVASCRIPT:alert(1)', ' javascript:alert(1)', 'java\nscript:alert(1)', 'vbscript:x'],
  ...[
    'file:///etc/passwd',
    'file://server/share/x.exe',
    '\\\\server\\share\\x.exe',
    '//server/share',
    '/bin/sh',
    'C:\\x.exe',
  ],
  ...[
    'smb://server/share',
    'ms-msdt:/id PCWDiagnostic',
    'ms-settings:',
    'search-ms:query=x',
    'ms-officecmd:{}',
    'shell:startup',
  ],
  ...[
    'http://example.com/',
    'HTTP://example.com',
    'ftp://example.com/',
    'ssh://x',
    'telnet://x',
    'ldap://x',
    'data:text/html,x',
  ],
  ...[
    'sluice://open/settings',
    'app://sluice/',
    'blob:https://example.com/1',
    'about:blank',
    'chrome://gpu',
    'view-source:https://x',
  ],
  ...[
    'https://user@example.com/',
    'https://a:b@example.com/',
    'https://example.com@evil.example/',
    'https://:x@example.com',
  ],
  ...[
    'https://',
    'https:',
    'https:///',
    'https://exa mple.com/',
    'https://[::1',
    'https://a%00b.example/',
    'https://%2fevil/',
  ],
  ...[
    'https://example.com/\nx',
    'https://example.com/\r\nHost: x',
    'https://example.com/\u0000',
    'https://example.com/\t',
  ],
  ...[
    'https://example.com/\u007f',
    'https://example.com/\u0085',
    'https://example.com/\u001b[2J',
    '\u0000https://example.com',
  ],
  ...[`https://example.com/${'a'.repeat(3_000)}`, '', ' ', 'example.com', 'https', '--version', '$(id)', '%ENV%'],
  ...[
    'mailto:',
    'mailto:?to=a@b.example',
    'mailto:a',
    'mailto:a@b@c.example',
    'mailto:a@b.example,c@d.example',
    'mailto://a@b',
  ],
  ...[
    'mailto:%22a%22@b.example',
    'mailto:a%0d%0aBcc:c@d.example',
    'mailto:a b@c.example',
    'mailto:a@b.example%3Fattach=x',
  ],
];

describe('an address that a page wants opened', () => {
  it.each(hostile)('%j reaches neither people nor a program', async (url) => {
    const { open, opened, asked } = opener();
    expect(await open(url)).toBe(false);
    expect({ opened, asked }).toEqual({ opened: [], asked: [] });
  });

  it('of the web is opened when people agreed, who saw its host and all of it', async () => {
    const { open, opened, asked } = opener();
    expect(await open('https://docs.example.com:8443/a?b=c#d')).toBe(true);
    expect(opened).toEqual(['https://docs.example.com:8443/a?b=c#d']);
    expect(asked).toMatchObject([
      {
        message: expect.stringContaining('docs.example.com:8443') as string,
        detail: 'https://docs.example.com:8443/a?b=c#d',
        buttons: [english.t('desktop.external.open'), english.t('dialog.cancel')],
        ...{ cancelId: 1, noLink: true },
      },
    ]);
  });

  it.each([
    ['https://аpple.com/', 'xn--pple-43d.com'],
    ['https://ɡoogle.com/', 'xn--oogle-qmc.com'],
    ['https://xn--pple-43d.com/', 'xn--pple-43d.com'],
    ['https://good.example\\@evil.example/', 'good.example'],
    ['https://EXAMPLE.com/', 'example.com'],
    ['https://0x7f.1/', '127.0.0.1'],
    ['https://good.example。evil.example/', 'good.example.evil.example'],
  ])('%s is shown as the host it really is: %s', async (url, host) => {
    const { open, opened, asked } = opener();
    await open(url);
    expect(asked[0]?.message).toContain(host);
    expect(new URL(opened[0] ?? '').host).toBe(host);
    expect(opened[0]).toMatch(/^[\x21-\x7e]+$/);
  });

  it.each([
    ['mailto:help@example.com', 'mailto:help@example.com'],
    [
      'mailto:a.b+c@mail.example.com?attach=/etc/passwd&body=x&subject=y&bcc=z@z.example',
      'mailto:a.b+c@mail.example.com',
    ],
    ['MAILTO:help@example.com#x', 'mailto:help@example.com'],
  ])('%s is a mail to somebody and no more', async (url, mail) => {
    const { open, opened, asked } = opener();
    expect(await open(url)).toBe(true);
    expect(opened).toEqual([mail]);
    expect(asked[0]?.message).toContain(mail.slice('mailto:'.length));
  });

  it.each([1, 2, -1])('is not opened when people did not agree (%i)', async (response) => {
    const { open, opened } = opener(() => Promise.resolve({ response }));
    expect(await open('https://example.com/')).toBe(false);
    expect(opened).toEqual([]);
  });

  it('is asked about once at a time, and again after that', async () => {
    const first = Promise.withResolvers<{ readonly response: number }>();
    const { open, opened, asked } = opener(() => first.promise);
    const waiting = open('https://one.example/');
    for (let count = 0; count < 100; count += 1)
      expect(await open(`https://other-${String(count)}.example/`)).toBe(false);
    expect(asked).toHaveLength(1);
    first.resolve({ response: 0 });
    expect(await waiting).toBe(true);
    expect(opened).toEqual(['https://one.example/']);
    expect(await open('https://two.example/')).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it('that cannot be asked about is not opened, and the next one is asked about', async () => {
    let isBroken = true;
    const { open, opened, log } = opener(() =>
      isBroken ? Promise.reject(new Error('no display')) : Promise.resolve({ response: 0 }),
    );
    expect(await open('https://one.example/')).toBe(false);
    expect(log.noted).toHaveLength(1);
    isBroken = false;
    expect(await open('https://two.example/')).toBe(true);
    expect(opened).toEqual(['https://two.example/']);
  });

  it('is taken up to 2 048 letters', () => {
    const start = 'https://example.com/';
    expect(externalTarget(start.padEnd(2_048, 'a'))?.shown).toBe('example.com');
    expect(externalTarget(start.padEnd(2_049, 'a'))).toBeUndefined();
  });
});

describe('the window of another instance', () => {
  const opening = async (link: string): Promise<{ readonly isOpen: boolean; readonly opened: string[] }> => {
    const opened: string[] = [];
    const isOpen = await openOwnWindow({ openExternal: (url) => Promise.resolve(void opened.push(url)) }, link);
    return { isOpen, opened };
  };

  it('is opened where it is on this machine', async () => {
    const link = 'http://127.0.0.1:4791/#token=once';
    expect(await opening(link)).toEqual({ isOpen: true, opened: [link] });
  });

  it.each([
    ...[
      'https://127.0.0.1:4791/',
      'http://localhost:4791/',
      'http://127.0.0.1.evil.example/',
      'http://127.0.0.1@evil.example/',
    ],
    ...[
      'http://0.0.0.0:4791/',
      'http://[::1]:4791/',
      'http://10.0.0.7/',
      'file:///127.0.0.1',
      'javascript://127.0.0.1/',
      '',
      'x',
    ],
  ])('is not %j', async (link) => {
    expect(await opening(link)).toEqual({ isOpen: false, opened: [] });
  });
});
