import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { fingerprintOf } from '../../../main/bundles/fingerprint.ts';
import { readBundle, unsignedBundle } from '../../../main/bundles/read.ts';
import { bundleDocument, harmless, json, now, refusal } from './trust-fixtures.ts';

const app = { appVersion: '1.6.0' };
type Fields = Readonly<Record<string, unknown>>;
const read = (change: Fields): ReturnType<typeof readBundle> => readBundle(json(bundleDocument(change)), app);
const refused = (change: Fields): { readonly code: string; readonly message: string } => refusal(() => read(change));

describe('readBundle', () => {
  it('reads a bundle, fills in what its frame leaves open, and keeps the very text', () => {
    const bytes = json(bundleDocument());
    const bundle = readBundle(bytes, app);
    expect(bundle.payload).toMatchObject({ id: 'acme-core', layer: 'team', mode: 'enforce', secrets: [], tests: [] });
    expect(bundle.text).toBe(bytes.toString('utf8'));
    expect(bundle.sha256).toBe(Buffer.from(fingerprintOf(bytes), 'base64url').toString('hex'));
    expect(readBundle(bundle.text, app)).toMatchObject({ payload: bundle.payload, sha256: bundle.sha256 });
  });

  it('says in which line a value stands', () => {
    const bundle = read({});
    const lines = bundle.text.split('\n');
    expect(lines[bundle.lineOf('/enforced/models/deny') - 1]).toContain('"deny": [');
    expect(lines[bundle.lineOf('/enforced/models/deny/0') - 1]).toContain('*/*-preview*');
    expect(lines[bundle.lineOf('/enforced/models/allow') - 1]).toContain('"models": {');
  });

  it('refuses JSON that is not strict, in bytes and in text', () => {
    expect(refusal(() => readBundle('{"id":"a","id":"b"}', app)).code).toBe('bundle.malformed');
    expect(refusal(() => readBundle('{"name":"\ud800"}', app)).code).toBe('bundle.malformed');
    expect(refusal(() => readBundle('[]', app)).code).toBe('bundle.malformed');
    expect(refusal(() => readBundle(`${'['.repeat(70)}${']'.repeat(70)}`, app)).message).toContain('more than 64 deep');
  });
});

describe('what is said to people', () => {
  const nasty = 'a\u001b[31mb\u202ec\u0007\nd';

  it('neither moves the cursor of a terminal nor turns text around', () => {
    const bundle = read({
      ...{ name: nasty, description: nasty, contact: { text: nasty }, changelog: nasty },
      secrets: [{ id: 'main', label: nasty }],
      enforced: {
        models: { deny: { value: ['*/*-preview*'], reason: nasty, ref: nasty } },
        firewall: [{ id: 'x', pattern: 'x', action: 'block', message: nasty }],
      },
    });
    const { name, description, contact, changelog, secrets, enforced } = bundle.payload;
    expect([name, contact?.text, secrets[0]?.label, enforced?.firewall?.[0]?.message]).toEqual(
      Array.from({ length: 4 }, () => 'abc d'),
    );
    expect([description, changelog]).toEqual(['abc\nd', 'abc\nd']);
    expect(bundle.notes.get('/enforced/models/deny')).toEqual({ reason: 'abc d', ref: 'abc d' });
    expect(bundle.text).toContain('u001b');
  });
});

describe('values with a reason', () => {
  const deny = { value: ['*/*-preview*'], reason: 'No previews', ref: 'ACME-12' };
  const budget = { id: 'day', scope: 'user', limit_usd: { value: '25', reason: 'Agreed' }, period: 'day' };

  it('are replaced by the value, and the reason is kept apart', () => {
    const bundle = read({
      enforced: { models: { deny, max_output_tokens: { value: 32_000 } }, budgets: [{ value: budget, ref: 'B-1' }] },
      defaults: { logging: { value: { content: 'off' }, reason: 'Quiet' } },
    });
    expect(bundle.payload.enforced?.models).toEqual({ deny: ['*/*-preview*'], max_output_tokens: 32_000 });
    expect(bundle.payload.enforced?.budgets).toEqual([{ ...budget, limit_usd: '25' }]);
    expect(bundle.payload.defaults).toEqual({ logging: { content: 'off' } });
    expect(new Map(bundle.notes)).toEqual(
      new Map([
        ['/enforced/models/deny', { reason: 'No previews', ref: 'ACME-12' }],
        ['/enforced/budgets/0', { reason: undefined, ref: 'B-1' }],
        ['/enforced/budgets/0/limit_usd', { reason: 'Agreed', ref: undefined }],
        ['/defaults/logging', { reason: 'Quiet', ref: undefined }],
      ]),
    );
    const lines = bundle.text.split('\n');
    expect(lines[bundle.lineOf('/enforced/models/deny') - 1]).toContain('"deny": {');
    expect(lines[bundle.lineOf('/enforced/models/deny/0') - 1]).toContain('*/*-preview*');
    expect(lines[bundle.lineOf('/enforced/budgets/0/limit_usd') - 1]).toContain('"limit_usd": {');
  });

  it('do not stand in conditions', () => {
    const route = {
      id: 'r',
      alias: 'fast',
      targets: ['openai/gpt-5'],
      when: { client: { value: ['cursor'], reason: 'x' } },
    };
    expect(refused({ enforced: { routes: [route] } }).code).toBe('bundle.schema');
  });

  it.each<[string, unknown, string]>([
    ['null', null, '/enforced/models/deny: deny: expected a list, found nothing'],
    ['null with a reason', { value: null, reason: 'x' }, '/enforced/models/deny: deny: expected a list, found nothing'],
    ['a reason that is no text', { value: [], reason: 5 }, '/enforced/models/deny/reason: is not text'],
    ['a reason that nobody reads', { value: [], reason: 'x'.repeat(281) }, '/enforced/models/deny/reason: is too long'],
    ['a long reference', { value: [], ref: 'x'.repeat(121) }, '/enforced/models/deny/ref: is too long'],
    ['a reason around a reason', { value: { value: [] } }, 'a value with a reason stands within another one'],
    ['a reason without a value', { reason: 'x' }, '/enforced/models/deny: deny: expected a list'],
    ['a further name', { value: [], reasn: 'x' }, '/enforced/models/deny: deny: expected a list'],
  ])('are refused with %s', (_, value, message) => {
    const error = refused({ enforced: { models: { deny: value } } });
    expect(error.code).toBe('bundle.schema');
    expect(error.message).toContain(message);
  });
});

describe('sections', () => {
  it('that are unknown refuse the bundle where they are enforced', () => {
    const error = refused({ enforced: { telepathy: {} } });
    expect(error.code).toBe('bundle.unknown_section');
    expect(error.message).toContain('the bundle:9: it enforces "telepathy"');
    expect(error.message).toContain('optional_sections');
    expect(refused({ enforced: { model: {} } }).message).toContain('Did you mean models?');
  });

  it('that are unknown are left out where the bundle allows it, or only suggests them', () => {
    const bundle = read({
      optional_sections: ['telepathy'],
      enforced: { telepathy: { value: null }, models: {} },
      defaults: { moods: 5, app: {} },
    });
    expect(bundle.ignored).toEqual(['/enforced/telepathy', '/defaults/moods']);
    expect(bundle.payload.enforced).toEqual({ models: {} });
    expect(bundle.payload.defaults).toEqual({ app: {} });
  });
});

describe('what is wrong in a bundle', () => {
  it.each<[string, Fields, string]>([
    [
      'another schema',
      { schema: 'sluice.bundle/2' },
      '/schema: "sluice.bundle/2" is not a bundle that this version of Sluice reads',
    ],
    ['no schema', { schema: undefined }, '/schema: schema is missing'],
    [
      'a name that is nearly right',
      { expire_at: 'x' },
      '/expire_at: unknown name "expire_at". Did you mean expires_at?',
    ],
    ['an id of a wrong form', { id: 'Acme Core' }, '/id: '],
    ['version 0', { version: 0 }, '/version: '],
    ['no epoch', { epoch: undefined }, '/epoch: epoch is missing'],
    ['a date that is none', { issued_at: '2026-02-30T00:00:00Z' }, '/issued_at: '],
    [
      'a number for an amount',
      { enforced: { budgets: [{ id: 'a', scope: 'user', limit_usd: 25, period: 'day' }] } },
      'Put it in quotes: "25"',
    ],
    ['enforced that is a list', { enforced: [] }, '/enforced: enforced: expected a set'],
    ['nothing for enforced', { enforced: null }, '/enforced: enforced: expected a set'],
    [
      'no end of what is enforced',
      { expires_at: undefined },
      '/expires_at: expires_at is missing, and something is enforced',
    ],
    ['an end before the start', { expires_at: '2026-11-20T08:00:00Z' }, '/expires_at: it lies before issued_at'],
    ['an end after 401 days', { expires_at: '2027-12-26T09:00:00Z' }, '/expires_at: it lies more than 400 days after'],
    ['a start after the end', { not_before: '2027-03-01T00:00:00Z' }, '/not_before: it lies after expires_at'],
  ])('is told with place and mend: %s', (_, change, message) => {
    const error = refused(change);
    expect(error.code).toBe('bundle.schema');
    expect(error.message).toContain(message);
    expect(error.message).toMatch(/^the bundle:\d+: \//);
  });

  it('is told with its pointer and line for machines', () => {
    const error = refusal(() => read({ enforced: { models: { deny: { value: ['a/b', 5], reason: 'x' } } } }));
    expect(error.param).toBe('/enforced/models/deny/1');
    const lines = json(bundleDocument({ enforced: { models: { deny: { value: ['a/b', 5], reason: 'x' } } } }))
      .toString()
      .split('\n');
    expect(error.details).toMatchObject({
      problems: [{ pointer: '/enforced/models/deny/1', line: lines.findIndex((line) => line.trim() === '5') + 1 }],
    });
  });

  it('is cut where there is no end to it', () => {
    const names = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`unknown-${index}`, 1]));
    expect(refused(names).message.length).toBeLessThan(20_000);
    expect(refused({ ['x'.repeat(100_000)]: 1 }).message.length).toBeLessThan(2_000);
  });

  it('may be missing without anything enforced: an end', () => {
    expect(read({ enforced: undefined, expires_at: undefined }).payload.expires_at).toBeUndefined();
    expect(read({ enforced: {}, expires_at: undefined }).payload.expires_at).toBeUndefined();
    expect(refused({ optional_sections: ['x'], enforced: { x: 1 }, expires_at: undefined }).code).toBe('bundle.schema');
  });

  it('is first of all that this app is too old for it', () => {
    const error = refused({ min_app: '1.10.0', enforced: { telepathy: {} }, moods: 1 });
    expect(error.code).toBe('bundle.app_too_old');
    expect(error.message).toContain('needs Sluice 1.10.0, and this is 1.6.0');
    expect(read({ min_app: '1.6.0' }).payload.min_app).toBe('1.6.0');
    expect(read({ min_app: '0.99.99' }).payload.min_app).toBe('0.99.99');
    expect(refused({ min_app: 'soon' }).code).toBe('bundle.schema');
  });

  it('never makes reading fail in another way than by a refusal', () => {
    const field = fc.constantFrom(
      ...Object.keys(bundleDocument()),
      'defaults',
      'min_app',
      'optional_sections',
      'tests',
    );
    const section = fc.dictionary(
      fc.constantFrom('models', 'masking', 'routes', 'budgets', 'value', 'when', 'x'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(field, fc.oneof(fc.jsonValue(), section, fc.record({ value: section })), (name, value) => {
        harmless(() => read({ [name]: value }));
      }),
      { numRuns: 60 },
    );
  });
});

describe('unsignedBundle', () => {
  it('is read as any other, and believed by nobody', () => {
    const bundle = unsignedBundle(json(bundleDocument()), app);
    expect(bundle).toMatchObject({ trust: 'unsigned', trustDocument: undefined, fingerprint: undefined, signers: [] });
    expect(bundle.payload.enforced).toEqual({ models: { deny: ['*/*-preview*'] } });
    expect(Date.parse(bundle.payload.issued_at)).toBeLessThan(now);
  });

  it('has the same limit of size', () => {
    expect(refusal(() => unsignedBundle(Buffer.alloc(1_048_577, 0x20), app)).code).toBe('bundle.too_large');
  });
});
