// What a signature does not allow by itself waits for somebody here; all the rest of a bundle is in force at once.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ManagedPolicy } from '../../../main/bundles/face.ts';
import { createGatewayTools } from '../../../main/decide.ts';
import type { TrialOutcome } from '../../../shared/domain/trial.ts';
import { cardIn, configFor, denied, Machine, Publisher, start, StaticHost, type OpenMachine } from './follow-world.ts';

let site: StaticHost;
let publisher: Publisher;
const machines: Machine[] = [];

beforeEach(async () => {
  site = await new StaticHost().open();
  publisher = new Publisher();
  site.files.set('/acme-core.trust.sluice', publisher.signedTrust());
});

afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.end();
  await site.close();
});

function machine(more = ''): Machine {
  const made = new Machine(configFor({ url: `${site.origin}/acme-core.sluice`, trust: publisher.fingerprint }) + more);
  machines.push(made);
  return made;
}

function publish(version: number, change: Readonly<Record<string, unknown>>): void {
  site.files.set('/acme-core.sluice', publisher.signedBundle({ version, ...change }));
}

const azure = (base_url: string): Readonly<Record<string, unknown>> => ({
  enforced: {
    providers: { define: { eu: { kind: 'azure-openai', base_url, auth: { slot: 'eu' }, models: ['gpt'] } } },
  },
  secrets: [{ id: 'eu', label: 'Azure' }],
});

const addressOf = ({ store }: OpenMachine, id: string): string | undefined => store.snapshot.providers.get(id)?.baseUrl;
const managedWith = (change: Partial<ManagedPolicy>): ManagedPolicy => ({
  ...{ bundles: [], labels: {}, trustedHosts: [], approvedOrigins: [], allowUserBundles: true },
  ...{ requireFreshAtStart: false, source: 'a policy' },
  ...change,
});

async function decide(app: OpenMachine, kind: string, approved: boolean): Promise<void> {
  const consent = cardIn(app).consents.find((one) => one.kind === kind);
  if (consent === undefined) throw new Error(`nothing of ${kind} waits`);
  const { pointer, value_hash } = consent;
  await app.bundles.approve({ key: 'acme-core', pointer, value_hash, approved });
}

async function asked({ store }: OpenMachine, model: string): Promise<TrialOutcome> {
  const body = { model, messages: [{ role: 'user', content: 'hi' }] };
  return await createGatewayTools().decide(store.snapshot, {
    ...{ path: '/v1/chat/completions', headers: {}, body, client: undefined, metadata: {} },
    ...{ inputTokens: undefined, at: start, spent: new Map() },
  });
}

describe('the address of a provider with a stored credential', () => {
  it('stays until somebody agrees, through further versions and restarts', async () => {
    publish(1, azure('https://acme-eu.openai.azure.com'));
    const here = machine();
    const app = await here.open();
    await app.bundles.check({});
    expect(cardIn(app).state).toBe('active');
    await here.setSecret('acme-core.eu', 'the key');
    for (const version of [2, 3]) {
      const { enforced } = azure('https://evil.example') as { enforced: object };
      publish(version, { ...azure(''), enforced: { ...enforced, models: { deny: ['x/*'] } } });
      await app.bundles.check({});
      expect(cardIn(app)).toMatchObject({ version, state: 'needs_consent' });
      expect(addressOf(app, 'eu')).toBe('https://acme-eu.openai.azure.com');
      // Restrictions never wait.
      expect(denied(app)).toEqual(['x/*']);
    }
    await here.shut();
    const again = await here.open();
    expect(addressOf(again, 'eu')).toBe('https://acme-eu.openai.azure.com');
    expect(cardIn(again).consents).toMatchObject([
      {
        kind: 'provider_address',
        state: 'waiting',
        before: 'https://acme-eu.openai.azure.com',
        after: 'https://evil.example',
      },
    ]);
    await decide(again, 'provider_address', true);
    expect(addressOf(again, 'eu')).toBe('https://evil.example');
    expect(cardIn(again).state).toBe('active');
    await here.shut();
    expect(addressOf(await here.open(), 'eu')).toBe('https://evil.example');
  });

  it('stays where somebody declined, and nothing waits any more', async () => {
    publish(1, azure('https://acme-eu.openai.azure.com'));
    const here = machine();
    await here.setSecret('acme-core.eu', 'the key');
    const app = await here.open();
    await app.bundles.check({});
    await decide(app, 'new_provider', true);
    publish(2, azure('https://evil.example'));
    await app.bundles.check({});
    await decide(app, 'provider_address', false);
    expect(cardIn(app)).toMatchObject({ state: 'active', consents: [{ state: 'declined' }] });
    expect(addressOf(app, 'eu')).toBe('https://acme-eu.openai.azure.com');
  });

  it('moves at once where whoever manages the machine approved the origin', async () => {
    publish(1, azure('https://acme-eu.openai.azure.com'));
    const here = machine();
    here.managed = managedWith({
      approvedOrigins: ['https://acme-eu.openai.azure.com', 'https://acme-us.openai.azure.com'],
    });
    await here.setSecret('acme-core.eu', 'the key');
    const app = await here.open();
    await app.bundles.check({});
    publish(2, azure('https://acme-us.openai.azure.com'));
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'active', consents: [] });
    expect(addressOf(app, 'eu')).toBe('https://acme-us.openai.azure.com');
  });
});

describe('other changes that wait', () => {
  it('a provider that anybody may stand behind is not there before somebody agrees', async () => {
    const define = { mine: { kind: 'openai-compatible', base_url: 'https://mine.example/v1', models: ['m'] } };
    publish(1, { enforced: { providers: { define } } });
    const here = machine();
    const app = await here.open();
    await app.bundles.check({});
    expect(addressOf(app, 'mine')).toBeUndefined();
    await decide(app, 'new_provider', true);
    expect(addressOf(app, 'mine')).toBe('https://mine.example/v1');
  });

  it('who asks for such a provider, or by a name that leads to it, is told where to agree, and answered once somebody does', async () => {
    const define = { mine: { kind: 'openai-compatible', base_url: 'https://mine.example/v1', models: ['m'] } };
    const aliases = { ours: 'mine/m' };
    publish(1, { enforced: { providers: { define } }, defaults: { models: { aliases } } });
    const app = await machine().open();
    await app.bundles.check({});
    for (const model of ['mine/m', 'mine/other', 'ours']) {
      const { code, message } = await asked(app, model);
      expect([code, message]).toEqual([
        'route.model_not_found',
        expect.stringMatching(/"mine", which team bundle acme-core@1, line \d+ defines .* Policies, Team/),
      ]);
    }
    expect((await asked(app, 'nothing/m')).message).not.toContain('agrees');
    await decide(app, 'new_provider', true);
    expect(app.store.snapshot.policy?.awaited).toEqual([]);
    // Its key is still missing or not asked for; it is known by now.
    expect((await asked(app, 'ours')).code).not.toBe('route.model_not_found');
  });

  it('more is not recorded before somebody agrees', async () => {
    publish(1, { defaults: { logging: { content: 'full' } } });
    const app = await machine().open();
    await app.bundles.check({});
    expect(app.store.config.logging.content).toBe('metadata');
    await decide(app, 'recording_more', true);
    expect(app.store.config.logging.content).toBe('full');
  });

  it('what is allowed again is shown, and holds nothing back', async () => {
    publish(1, { enforced: { models: { deny: ['a/*', 'b/*'] } } });
    const here = machine();
    const app = await here.open();
    await app.bundles.check({});
    publish(2, { enforced: { models: { deny: ['a/*'] } } });
    await app.bundles.check({});
    expect(denied(app)).toEqual(['a/*']);
    expect(cardIn(app)).toMatchObject({ state: 'active', consents: [{ kind: 'loosened', state: 'shown' }] });
    await here.shut();
    expect(cardIn(await here.open()).consents).toMatchObject([{ kind: 'loosened', state: 'shown' }]);
  });

  it('a default that changed under a value of the file is told', async () => {
    publish(1, { defaults: { logging: { retention_days: 7 } } });
    const here = machine('logging:\n  retention_days: 90\n');
    const app = await here.open();
    await app.bundles.check({});
    publish(2, { defaults: { logging: { retention_days: 14 } } });
    await app.bundles.check({});
    expect(app.store.config.logging.retention_days).toBe(90);
    const told = here.notices.filter(({ kind }) => kind === 'default_changed');
    expect(told.map(({ text }) => text)).toEqual([expect.stringMatching(/retention_days is 14 now/)]);
  });
});

describe('reports', () => {
  it('are sent to nobody before somebody agreed, and hold what was shown', async () => {
    const reports: string[] = [];
    site.files.set('/report', (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        reports.push(body);
        response.writeHead(204).end();
      });
    });
    const url = `${site.origin}/report`;
    publish(1, { status: { url, interval: 'PT1H' } });
    const here = machine();
    // The first one comes within ten minutes: with nothing at random at once.
    const host = { ...(await here.hostOf()), randomBytes: (count: number) => new Uint8Array(count) };
    const app = await here.open({ host });
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'needs_consent', report: { url, agreed: false, interval_s: 3_600 } });
    expect(reports).toEqual([]);
    expect(cardIn(app).report?.last_sent_at).toBeNull();
    await app.bundles.report({ key: 'acme-core', agreed: true });
    expect(cardIn(app)).toMatchObject({ state: 'active', report: { agreed: true } });
    await expect.poll(() => reports.length).toBe(1);
    await expect.poll(() => cardIn(app).report?.last_sent_at).not.toBeNull();
    expect(app.bundles.reportPreview({ key: 'acme-core' })).toEqual({ url, body: reports[0] });
    expect(Object.keys(JSON.parse(reports[0] ?? '') as object).sort()).toEqual([
      'app',
      'bundles',
      'effective_hash',
      'install',
      'labels',
      'os',
      'v',
    ]);
    await app.bundles.report({ key: 'acme-core', agreed: false });
    expect(cardIn(app)).toMatchObject({ report: { agreed: false } });
  });
});
