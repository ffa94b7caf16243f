// The real product following a signed bundle: every value in force tells who says so, and the gateway refuses by the same line.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fingerprintOf } from '../../../main/bundles/fingerprint.ts';
import { readEnvelope } from '../../../main/bundles/envelope.ts';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { chainOf, Publisher, signed } from '../bundles/follow-world.ts';
import { makeHome, type Home } from './instance.ts';

type Effective = CallOutput<'bundles.effective'>;

const dayMs = 86_400_000;
const publisher = new Publisher();
const home: Home = makeHome();
afterAll(() => home.leave());

/** Writes what a publisher would publish; gives the link. */
function publish(): string {
  const issued = new Date(Date.now() - dayMs).toISOString();
  const bundle = {
    ...{ schema: 'sluice.bundle/1', id: 'acme-core', version: 12, epoch: 1, layer: 'org', issued_at: issued },
    expires_at: new Date(Date.now() + 30 * dayMs).toISOString(),
    contact: { text: '#llm-platform' },
    enforced: { models: { deny: { value: ['demo/*'], reason: 'No demo with customer data', ref: 'ACME-12' } } },
    defaults: { models: { aliases: { house: 'demo/echo' } } },
  };
  const trust = signed('trust', publisher.trust(), publisher.root);
  writeFileSync(join(home.folder, 'acme-core.trust.sluice'), chainOf(trust));
  writeFileSync(join(home.folder, 'acme-core.sluice'), signed('bundle', bundle, publisher.signer));
  return `${pathToFileURL(join(home.folder, 'acme-core.sluice')).href}#sluice1=${fingerprintOf(readEnvelope(trust).payload)}&org=acme`;
}

async function explained(...argv: string[]): Promise<Effective> {
  const { out } = await home.sluice('policy', 'explain', '--json', ...argv);
  return JSON.parse(out) as Effective;
}

beforeAll(async () => {
  mkdirSync(home.data, { mode: 0o700 });
  const config = `version: 1\nmodels: { deny: [] }\npolicy_bundles: [{ url: ${JSON.stringify(publish())} }]\n`;
  writeFileSync(join(home.data, 'sluice.yaml'), config, { mode: 0o600 });
  await home.serve();
  await vi.waitFor(async () => expect((await explained()).bundles).toEqual(['acme-core@12']), { timeout: 30_000 });
});

describe('policy explain', () => {
  it('tells who says so, where, why, whom to ask, and what the file says instead', async () => {
    const { code, out } = await home.sluice('policy', 'explain', '/models/deny');
    expect(code).toBe(0);
    expect(out).toMatch(/^\/models\/deny\n {2}value +\["demo\/\*"\]\n {2}mode +enforced/);
    expect(out).toMatch(/bundle +acme-core@12\n {2}written in +team bundle acme-core@12, line \d+/);
    expect(out).toMatch(/reason +No demo with customer data \(ACME-12\)\n {2}ask +#llm-platform/);
    const { entries } = await explained('/models/deny');
    expect(entries.map(({ mode, line }) => [mode, typeof line])).toContainEqual(['enforced', 'number']);
  });

  it('lists all that bundles set, what is suggested as well', async () => {
    const { out, err } = await home.sluice('policy', 'explain');
    expect(out).toMatch(/\/models\/deny +enforced +acme-core@12, line \d+/);
    expect(out).toMatch(/\/models\/aliases\/house +default +acme-core@12/);
    expect(err).toMatch(/^Effective hash [0-9a-f]{64}: /);
  });

  it('is the line by which the gateway refuses', async () => {
    const { entries } = await explained('/models/deny');
    const request = JSON.stringify({ model: 'demo/echo', messages: [{ role: 'user', content: 'hi' }] });
    writeFileSync(join(home.folder, 'request.json'), request);
    const { code, out } = await home.sluice('route', 'explain', '--request', 'request.json');
    expect(code).toBe(1);
    expect(out).toContain(`acme-core@12, line ${String(entries[0]?.line)}`);
  });

  it('says that nothing is set there', async () => {
    const { code, err } = await home.sluice('policy', 'explain', '/budgets/nobody');
    expect(code).toBe(1);
    expect(err).toMatch(/Nothing is set at \/budgets\/nobody/);
  });
});
