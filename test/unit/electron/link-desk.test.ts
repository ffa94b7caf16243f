import { describe, expect, it } from 'vitest';
import { createLinkDesk, type LinkDesk, type LinkDeskOptions } from '../../../main/electron/link-desk.ts';
import { keptLog } from './support.ts';

const provider = 'sluice://provider?kind=openai&base_url=https://api.openai.com.evil.example';

function deskWith(given: Partial<LinkDeskOptions> = {}): {
  desk: LinkDesk;
  told: unknown[];
  log: ReturnType<typeof keptLog>;
} {
  const told: unknown[] = [];
  const log = keptLog();
  const desk = createLinkDesk({
    officialHosts: () => Promise.resolve(['api.openai.com']),
    show(path) {
      told.push(`show ${path}`);
      return Promise.resolve();
    },
    publish: (event) => void told.push(event),
    log,
    ...given,
  });
  return { desk, told, log };
}

describe('where links arrive', () => {
  it('a page is shown at once, and nothing waits', async () => {
    const { desk, told } = deskWith();
    await desk.arrived('sluice://open/usage?by=model');
    expect(told).toEqual(['show /usage?by=model']);
    expect(desk.waiting).toBeUndefined();
  });

  it('a question waits until somebody decided, and is there before the window that asks for it', async () => {
    let waitingAtShow: unknown;
    const { desk, told } = deskWith({
      show() {
        waitingAtShow = desk.waiting;
        return Promise.resolve();
      },
    });
    await desk.arrived(provider);
    const review = {
      ...{ kind: 'provider', provider_kind: 'openai', name: null, base_url: 'https://api.openai.com.evil.example' },
      looks_like: 'api.openai.com',
    };
    expect(told).toEqual([{ event: 'desktop.link', data: { link: review } }]);
    expect(waitingAtShow).toEqual(review);
    expect(desk.waiting).toEqual(review);
    desk.done();
    expect(desk.waiting).toBeUndefined();
  });

  it('leaves the page where it is for a question', async () => {
    const { desk, told } = deskWith();
    await desk.arrived('sluice://join?url=https://policies.example/team.yaml');
    expect(told.at(-1)).toBe('show ');
  });

  it('a later question takes the place of one that nobody decided about', async () => {
    const { desk } = deskWith();
    await desk.arrived(provider);
    await desk.arrived('sluice://join?url=https://policies.example/team.yaml');
    expect(desk.waiting).toMatchObject({ kind: 'join' });
  });

  it('a page does not take away the question that waits', async () => {
    const { desk } = deskWith();
    await desk.arrived(provider);
    await desk.arrived('sluice://open/settings');
    await desk.arrived('sluice://nothing');
    expect(desk.waiting).toMatchObject({ kind: 'provider' });
  });

  it('what is no link changes nothing, and its text is in no log', async () => {
    const { desk, told, log } = deskWith();
    await desk.arrived('sluice://provider?kind=openai&kind=openai&key=a-secret-value');
    expect(told).toEqual([]);
    expect(desk.waiting).toBeUndefined();
    expect(log.noted).toHaveLength(1);
    expect(JSON.stringify(log.noted)).not.toContain('a-secret-value');
  });

  it('never rejects: a window that cannot be shown is noted, and the question waits for the next', async () => {
    const { desk, log } = deskWith({ show: () => Promise.reject(new Error('no display')) });
    await desk.arrived(provider);
    expect(log.noted).toMatchObject([{ fields: { error: 'Error: no display' } }]);
    expect(desk.waiting).toMatchObject({ kind: 'provider' });
  });

  it('asks nothing about a host where nobody can say whose look it has', async () => {
    const { desk, told, log } = deskWith({ officialHosts: () => Promise.reject(new Error('ended')) });
    await desk.arrived(provider);
    expect({ told, waiting: desk.waiting }).toEqual({ told: [], waiting: undefined });
    expect(log.noted).toHaveLength(1);
  });
});
