import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bridge } from '../../../renderer/bridge/bridge.ts';
import { unreachable } from '../../../renderer/bridge/bridge.ts';
import type { LinkReview } from '../../../shared/contract/desktop.ts';
import type { Reply } from '../../../shared/contract/reply.ts';

const review: LinkReview = { kind: 'join', url: 'https://policies.example/team.yaml', host: 'policies.example' };
const other: LinkReview = { ...review, host: 'other.example' };

const page = { pathname: '/' };
let went: string[];

// Of the page, what the modules ask of it: some as they are loaded.
vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }));
vi.stubGlobal('location', page);
const { askForLink, deliverDesktopEvent, endLink, useDesktopLinks } =
  await import('../../../renderer/state/desktop.ts');
// Only now: where there is a history wouter would patch it as it is loaded.
vi.stubGlobal('history', { pushState: (_state: unknown, _title: string, path: string) => void went.push(path) });

beforeEach(() => {
  went = [];
  page.pathname = '/';
  useDesktopLinks.setState({ link: undefined });
});

function bridgeTo(answer: (name: string) => Reply<unknown>): { readonly bridge: Bridge; readonly asked: string[] } {
  const asked: string[] = [];
  const bridge = {
    call(name: string) {
      asked.push(name);
      return Promise.resolve(answer(name));
    },
    subscribe: () => () => undefined,
  } as unknown as Bridge;
  return { bridge, asked };
}

const link = (): LinkReview | undefined => useDesktopLinks.getState().link;

describe('what the desktop tells its window', () => {
  it('is a page to go to', () => {
    deliverDesktopEvent({ event: 'desktop.navigate', data: { path: '/activity?outcome=failed' } });
    expect([went, link()]).toEqual([['/activity?outcome=failed'], undefined]);
  });

  it('is no page for the small window at the tray icon', () => {
    page.pathname = '/popover';
    deliverDesktopEvent({ event: 'desktop.navigate', data: { path: '/usage' } });
    expect(went).toEqual([]);
  });

  it('is a link that waits: no page is gone to for it', () => {
    deliverDesktopEvent({ event: 'desktop.link', data: { link: review } });
    deliverDesktopEvent({ event: 'desktop.link', data: { link: other } });
    expect([went, link()]).toEqual([[], other]);
  });

  it('is nothing else', () => {
    deliverDesktopEvent({ event: 'events.dropped', data: { count: 1 } });
    deliverDesktopEvent({ event: 'pause.changed', data: { paused: null } });
    expect([went, link()]).toEqual([[], undefined]);
  });
});

describe('a link that opened the window', () => {
  it('is asked for', async () => {
    const { bridge, asked } = bridgeTo(() => ({ ok: true, value: { link: review } }));
    await askForLink(bridge);
    expect([asked, link()]).toEqual([['desktop.link'], review]);
  });

  it.each([
    ['none waits', { ok: true, value: { link: null } } as const],
    ['nobody answers', unreachable('gone')],
    [
      'there is no desktop',
      { ok: false, error: { code: 'control.unsupported', message: '', requestId: 'x' } } as const,
    ],
  ])('does not take away one that came since when %s', async (_what, reply) => {
    const { bridge } = bridgeTo(() => reply);
    const asking = askForLink(bridge);
    deliverDesktopEvent({ event: 'desktop.link', data: { link: review } });
    await asking;
    expect(link()).toEqual(review);
  });
});

describe('a link that was decided about', () => {
  it('is gone at once, and told to be', async () => {
    useDesktopLinks.setState({ link: review });
    const { bridge, asked } = bridgeTo(() => unreachable('gone'));
    const ending = endLink(bridge);
    expect(link()).toBeUndefined();
    await ending;
    expect(asked).toEqual(['desktop.link_done']);
  });
});
