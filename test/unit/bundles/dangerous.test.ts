import { describe, expect, it } from 'vitest';
import { dangersOf, decisionKey, gate, originOf, type DangerContext } from '../../../main/bundles/dangerous.ts';
import { inForce, valueHash } from '../../../main/bundles/held.ts';
import { bundlePayload, type BundlePayload } from '../../../shared/bundle/payload.ts';

type Fields = Readonly<Record<string, unknown>>;

function payload(change: Fields = {}): BundlePayload {
  return bundlePayload.parse({
    ...{ schema: 'sluice.bundle/1', id: 'acme-core', version: 1, epoch: 1, issued_at: '2026-11-20T09:00:00Z' },
    ...change,
  });
}

const defining = (provider: Fields, part = 'enforced'): BundlePayload =>
  payload({ [part]: { providers: { define: { eu: provider } } } });
const azure = (base_url: string, more: Fields = {}): Fields => ({
  ...{ kind: 'azure-openai', base_url, auth: { slot: 'eu' } },
  ...more,
});
const [home, other] = ['https://acme-eu.openai.azure.com', 'https://acme-us.openai.azure.com'];
const nobody = { approved: new Set<string>(), declined: new Set<string>() };

function context(
  before: BundlePayload | undefined,
  after: BundlePayload,
  more: Partial<DangerContext> = {},
): DangerContext {
  return {
    ...{ before, after, slots: new Map(), trustedHosts: [], approvedOrigins: [], reportOrigins: [] },
    recording: 'metadata',
    ...more,
  };
}

const stored = (...origins: string[]): Pick<DangerContext, 'slots'> => ({ slots: new Map([['eu', new Set(origins)]]) });
const kinds = (given: DangerContext): readonly string[] => dangersOf(given).map(({ consent }) => consent.kind);

/** As it is in force before anybody decided. */
function waiting(given: DangerContext): BundlePayload {
  return inForce(given.after, gate(dangersOf(given), nobody).held);
}

function addressIn(bundle: BundlePayload): string | undefined {
  return bundle.enforced?.providers?.define?.['eu']?.base_url;
}

describe('an address', () => {
  it('waits where a credential is stored for another origin, and only then', () => {
    const [before, after] = [defining(azure(home)), defining(azure(other))];
    expect(kinds(context(before, after))).toEqual([]);
    expect(kinds(context(before, after, stored(home)))).toEqual(['provider_address']);
    expect(addressIn(waiting(context(before, after, stored(home))))).toBe(home);
    expect(kinds(context(before, after, stored(home, other)))).toEqual([]);
  });

  it('may change its path within its origin', () => {
    expect(kinds(context(defining(azure(home)), defining(azure(`${home}/v2`)), stored(home)))).toEqual([]);
  });

  it.each([
    ['scheme', 'http://acme-eu.openai.azure.com'],
    ['port', 'https://acme-eu.openai.azure.com:8443'],
    ['name of the host', 'https://acme-eu.openai.azure.com.evil.example'],
    ['name before it', 'https://acme-eu.openai.azure.com@evil.example'],
  ])('is another one with another %s', (_, address) => {
    expect(kinds(context(defining(azure(home)), defining(azure(address)), stored(home)))).toEqual(['provider_address']);
  });

  it('waits where a new provider would be sent a key that was entered for another', () => {
    const before = defining(azure(home));
    const thief = { kind: 'anthropic', base_url: other, auth: { slot: 'eu' } };
    const after = payload({ enforced: { providers: { define: { eu: azure(home), thief } } } });
    const given = context(before, after, stored(home));
    expect(kinds(given)).toEqual(['new_provider']);
    expect(Object.keys(waiting(given).enforced?.providers?.define ?? {})).toEqual(['eu']);
  });

  it('waits where a stored credential was entered nobody knows for what', () => {
    const given = context(undefined, defining(azure(home)), stored());
    expect(kinds(given)).toEqual(['new_provider']);
    expect(waiting(given).enforced?.providers?.define).toEqual({});
  });

  it('keeps the provider as it was where its kind changes with it', () => {
    const before = defining(azure(home));
    const after = defining({ kind: 'anthropic', auth: { slot: 'eu' } });
    const given = context(before, after, stored(home));
    expect(waiting(given).enforced?.providers?.define?.['eu']).toMatchObject({ kind: 'azure-openai', base_url: home });
  });

  it('counts a region as part of it where the address is made of it', () => {
    const bedrock = (region: string): BundlePayload => defining({ kind: 'bedrock', region, auth: { slot: 'eu' } });
    const at = originOf({ kind: 'bedrock', region: 'eu-west-1' });
    const given = context(bedrock('eu-west-1'), bedrock('us-east-1'), stored(at));
    expect(kinds(given)).toEqual(['provider_address']);
    expect(waiting(given).enforced?.providers?.define?.['eu']?.region).toBe('eu-west-1');
  });

  it('is looked at among what is suggested as well', () => {
    const given = context(defining(azure(home), 'defaults'), defining(azure(other), 'defaults'), stored(home));
    expect(waiting(given).defaults?.providers?.define?.['eu']?.base_url).toBe(home);
  });

  it('does not wait where it was approved by whoever manages the machine, by its origin', () => {
    const given = context(defining(azure(home)), defining(azure(other)), stored(home));
    expect(kinds({ ...given, approvedOrigins: [`${other}/any/path`] })).toEqual([]);
    expect(kinds({ ...given, trustedHosts: ['acme-us.openai.azure.com'] })).toEqual(['provider_address']);
  });
});

describe('a provider that anybody may stand behind', () => {
  const compatible = (base_url: string): BundlePayload => defining({ kind: 'openai-compatible', base_url });

  it('is not there before somebody agrees, and does not move', () => {
    expect(waiting(context(undefined, compatible(home))).enforced?.providers?.define).toEqual({});
    const moved = context(compatible(home), compatible(other));
    expect(kinds(moved)).toEqual(['provider_address']);
    expect(addressIn(waiting(moved))).toBe(home);
  });

  it('is there at once on a host that is trusted', () => {
    expect(kinds(context(undefined, compatible(home), { trustedHosts: ['acme-eu.openai.azure.com'] }))).toEqual([]);
    expect(kinds(context(undefined, compatible(home), { trustedHosts: ['azure.com'] }))).toEqual(['new_provider']);
  });

  it('is one without a key under the name of a local server too', () => {
    expect(kinds(context(undefined, defining({ kind: 'ollama', base_url: other })))).toEqual(['new_provider']);
    expect(kinds(context(undefined, defining({ kind: 'ollama' })))).toEqual([]);
    expect(kinds(context(undefined, defining({ kind: 'ollama', base_url: 'http://127.0.0.1:11434' })))).toEqual([]);
  });
});

describe('a provider that is not where its vendor is', () => {
  it.each([
    ['a vendor’s kind at another host', { kind: 'openai', base_url: 'https://api.openai.com.evil.example/v1' }],
    ['a vendor’s kind without encryption', { kind: 'openai', base_url: 'http://api.openai.com/v1' }],
    ['a vendor’s kind at another port', { kind: 'mistral', base_url: 'https://api.mistral.ai:8443/v1' }],
    ['a vendor’s kind on this machine', { kind: 'anthropic', base_url: 'http://127.0.0.1:9000' }],
    ['a resource of nobody’s', { kind: 'azure-openai', base_url: 'https://openai.azure.com.evil.example' }],
    ['a server of this machine elsewhere', { kind: 'lmstudio', base_url: 'http://192.168.1.20:1234/v1', local: true }],
  ])('is not there before somebody agrees: %s', (_, provider) => {
    for (const auth of [{}, { auth: { slot: 'eu' } }]) {
      const given = context(undefined, defining({ ...provider, ...auth }));
      expect(kinds(given)).toEqual(['new_provider']);
      expect(waiting(given).enforced?.providers?.define).toEqual({});
    }
  });

  it.each([
    ['openai', 'https://eu.api.openai.com/v1'],
    ['mistral', 'https://api.mistral.ai/v2'],
    ['azure-openai', home],
    ['bedrock', 'https://bedrock-runtime.eu-central-1.amazonaws.com'],
  ])('is there at once where its vendor is: %s', (kind, base_url) => {
    expect(kinds(context(undefined, defining({ kind, base_url, auth: { slot: 'eu' } })))).toEqual([]);
  });
});

describe('other changes', () => {
  it('further certificates are not trusted before somebody agrees', () => {
    const given = context(defining(azure(home)), defining(azure(home, { tls_ca: 'PEM' })));
    expect(kinds(given)).toEqual(['trusted_certificates']);
    expect(waiting(given).enforced?.providers?.define?.['eu']?.tls_ca).toBeUndefined();
  });

  it('hints for a client wait one by one, and what was taken back does not', () => {
    const hints = (...clients: Fields[]): BundlePayload => payload({ defaults: { clients } });
    const before = hints({ client: 'cursor', model: 'a' }, { client: 'zed', model: 'a' });
    const after = hints({ client: 'cursor', model: 'b' }, { client: 'claude-code', model: 'b' });
    const given = context(before, after);
    expect(waiting(given).defaults?.clients).toEqual([{ client: 'cursor', model: 'a' }]);
    const [first] = dangersOf(given);
    const key = decisionKey(first?.consent.pointer ?? '', first?.consent.value_hash ?? '');
    const { held, consents } = gate(dangersOf(given), { approved: new Set([key]), declined: new Set() });
    expect(consents.map(({ state }) => state)).toEqual(['approved', 'waiting']);
    expect(inForce(after, held).defaults?.clients).toEqual([{ client: 'cursor', model: 'b' }]);
  });

  it.each([
    ['defaults', undefined, 'metadata', []],
    ['defaults', undefined, 'full', ['recording_more']],
    ['defaults', 'redacted', 'full', ['recording_more']],
    ['defaults', 'full', 'off', []],
    ['enforced', undefined, 'full', []],
    ['enforced', 'metadata', 'full', ['recording_more']],
  ])('recording by %s from %s to %s', (part, was, is, expected) => {
    const saying = (content: string | undefined): BundlePayload => payload({ [part]: { logging: { content } } });
    expect(kinds(context(was === undefined ? payload() : saying(was), saying(is)))).toEqual(expected);
  });

  it('a report goes nowhere, and nowhere else, before somebody agrees', () => {
    const telling = (url: string | null): BundlePayload => payload({ status: { url } });
    expect(waiting(context(undefined, telling(home))).status?.url).toBeNull();
    expect(waiting(context(telling(home), telling(other))).status?.url).toBe(home);
    expect(kinds(context(telling(home), telling(null)))).toEqual([]);
    expect(kinds(context(undefined, telling(home), { reportOrigins: [`${home}/acme.sluice`] }))).toEqual([]);
  });
});

describe('a decision', () => {
  const given = context(defining(azure(home)), defining(azure(other)), stored(home));
  const { pointer = '', value_hash = '' } = dangersOf(given)[0]?.consent ?? {};
  const key = decisionKey(pointer, value_hash);

  it('to agree puts it in force', () => {
    const { held, consents } = gate(dangersOf(given), { approved: new Set([key]), declined: new Set() });
    expect(held.size).toBe(0);
    expect(consents).toMatchObject([{ state: 'approved' }]);
  });

  it('to decline keeps it as it was, and ends the waiting', () => {
    const { held, consents } = gate(dangersOf(given), { approved: new Set(), declined: new Set([key]) });
    expect(addressIn(inForce(given.after, held))).toBe(home);
    expect(consents).toMatchObject([{ state: 'declined' }]);
  });

  it('is about this address, kind and slot alone', () => {
    const elsewhere = { ...given, after: defining(azure('https://third.example')) };
    const { consents } = gate(dangersOf(elsewhere), { approved: new Set([key]), declined: new Set() });
    expect(consents).toMatchObject([{ state: 'waiting' }]);
  });

  it('is needed again for as long as the old value is in force', () => {
    const now = waiting(given);
    expect(kinds({ ...given, before: now })).toEqual(['provider_address']);
    expect(addressIn(waiting({ ...given, before: now }))).toBe(home);
  });
});

describe('what is held', () => {
  it('leaves the payload itself as it is, and nothing below what is not there', () => {
    const bundle = defining(azure(home, { tls_ca: 'PEM' }));
    const held = new Map<string, unknown>([
      ['/enforced/providers/define/eu/tls_ca', 'OLD'],
      ['/enforced/providers/define/eu', undefined],
      ['/enforced/nothing/here', 1],
    ]);
    expect(inForce(bundle, held).enforced?.providers?.define).toEqual({});
    expect(bundle.enforced?.providers?.define?.['eu']?.tls_ca).toBe('PEM');
  });

  it('has a hash that the order of names does not change', () => {
    expect(valueHash({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(valueHash({ b: [{ d: 3, c: 2 }], a: 1 }));
    expect(valueHash({ a: 1 })).not.toBe(valueHash({ a: '1' }));
  });
});
