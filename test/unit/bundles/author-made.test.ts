import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { lintCompiled, readCompiled } from '../../../main/bundles/author/check.ts';
import { compileBundle } from '../../../main/bundles/author/compile.ts';
import { draftFromConfig } from '../../../main/bundles/author/from-config.ts';
import { qrModules, qrSvg } from '../../../main/bundles/author/qr.ts';
import { scaffoldFiles, writeScaffold } from '../../../main/bundles/author/scaffold.ts';
import { bundleJsonSchema } from '../../../main/bundles/author/schema.ts';
import { runTests } from '../../../main/bundles/run-tests.ts';
import { createGatewayTools } from '../../../main/decide.ts';
import { bundlePayload } from '../../../shared/bundle/payload.ts';
import { bundleSections } from '../../../shared/bundle/sections.ts';
import { makeFolder, now, write } from './author-support.ts';

const tools = createGatewayTools();

describe('the scaffold', () => {
  it('is valid as it is, has nothing wrong, and its tests pass', async () => {
    const folder = makeFolder();
    await writeScaffold(folder, scaffoldFiles({ id: 'acme-core', draft: undefined }));
    const { bundle, problems, warnings } = lintCompiled(await compileBundle(folder, { now }), {
      tools,
      now,
      others: [],
    });
    expect({ problems, warnings }).toEqual({ problems: [], warnings: [] });
    const { cases, failures } = await runTests({
      bundles: [bundle],
      suites: bundle.payload.tests,
      decide: tools.decide,
      now,
    });
    expect({ cases, failures }).toEqual({ cases: 2, failures: [] });
  });

  it('overwrites nothing, and writes nothing where it would', async () => {
    const folder = makeFolder({ 'tests/core.yaml': 'mine\n' });
    await expect(writeScaffold(folder, scaffoldFiles({ id: 'acme-core', draft: undefined }))).rejects.toThrow(
      /tests\/core\.yaml is there already/,
    );
    expect(readFileSync(join(folder, 'tests/core.yaml'), 'utf8')).toBe('mine\n');
    expect(existsSync(join(folder, 'bundle.yaml'))).toBe(false);
  });

  it('names the schema it brings along, and keeps private keys out of the repository', () => {
    const files = scaffoldFiles({ id: 'acme-core', draft: undefined });
    expect(files.get('bundle.yaml')).toMatch(/^# yaml-language-server: \$schema=\.\/bundle\.schema\.json\n/);
    expect(JSON.parse(files.get('bundle.schema.json') ?? '')).toEqual(
      JSON.parse(JSON.stringify(bundleJsonSchema({ authoring: true }))),
    );
    expect(files.get('.gitignore')).toContain('*.key');
  });
});

describe('a bundle from a config', () => {
  const secret = `sk-${'ant'}-api03-${createHash('sha512').update('x').digest('base64url')}${'A'.repeat(7)}AA`;
  const config = {
    providers: [
      {
        id: 'anthropic',
        kind: 'anthropic',
        base_url: 'https://api.anthropic.com',
        keys: [{ name: 'main', value: 'env:ANTHROPIC_API_KEY' }],
        headers: { 'x-team': 'core' },
      },
      { id: 'ollama', kind: 'ollama', keys: [] },
    ],
    routes: [
      {
        alias: 'smart',
        targets: ['anthropic/claude-sonnet-4-5'],
        strategy: 'fallback',
        fallbacks: { on: ['error'] },
        on_break: 'fail',
      },
    ],
    models: { allow: ['anthropic/*'], deny: [], deny_providers: ['openai'] },
    budgets: [
      {
        id: 'all',
        scope: 'global',
        limit_usd: '100',
        period: 'month',
        alert_at: [0.8],
        action: 'reject',
        owner: 'dana',
      },
    ],
    masking: { enabled: true, detectors: ['secrets'], terms: ['Project Falcon', secret], restore: true },
    firewall: [{ id: 'topics', pattern: '(?i)falcon', topics: [], action: 'block' }],
    virtual_keys: [{ id: 'ide', value: 'env:SLUICE_KEY_IDE' }],
    logging: { content: 'metadata', retention_days: 30 },
  };
  const origins = Object.fromEntries(
    [
      '/providers/0/id',
      '/providers/1/id',
      '/routes/0/alias',
      '/models/allow',
      '/models/deny_providers',
      '/budgets/0/id',
      '/masking/enabled',
      '/masking/terms/0',
      '/firewall/0/id',
      '/logging/content',
    ].map((pointer) => [pointer, {}]),
  );
  const draft = draftFromConfig(config, origins, tools);

  it('takes rules that somebody wrote, and none that are defaults', () => {
    expect(draft.enforced).toMatchObject({
      models: { allow: ['anthropic/*'] },
      providers: { deny: ['openai'] },
      budgets: [{ id: 'all', limit_usd: '100' }],
      firewall: [{ id: 'topics', action: 'block' }],
      logging: { content: 'metadata' },
    });
    expect(draft.enforced['logging']).not.toHaveProperty('retention_days');
    expect(draft.enforced['masking']).toEqual({ enabled: true, terms: ['Project Falcon'] });
    expect(draft.defaults).toMatchObject({
      providers: {
        define: { anthropic: { kind: 'anthropic', auth: { slot: 'anthropic' } }, ollama: { kind: 'ollama' } },
      },
      routes: [{ alias: 'smart' }],
    });
    expect(draft.secrets).toEqual([{ id: 'anthropic', label: 'Key of anthropic', provider: 'anthropic' }]);
  });

  it('takes no key, no header, and nothing that looks like a secret, and says what it left out', () => {
    const text = JSON.stringify([draft.enforced, draft.defaults, draft.secrets]);
    for (const hidden of [secret, 'ANTHROPIC_API_KEY', 'SLUICE_KEY_IDE', 'x-team', 'dana'])
      expect(text).not.toContain(hidden);
    expect(draft.left).toEqual(['/budgets/0/owner', '/enforced/masking/terms/1']);
  });

  it('is a bundle', async () => {
    const folder = makeFolder();
    for (const [name, file] of scaffoldFiles({ id: 'acme-core', draft })) write(folder, name, file);
    const { problems } = lintCompiled(await compileBundle(folder, { now }), { tools, now, others: [] });
    expect(problems).toEqual([]);
  });
});

describe('the JSON Schema', () => {
  const schema = bundleJsonSchema();

  /** Every schema inside of one. */
  function* schemasIn(value: unknown): Generator<Record<string, unknown>> {
    if (typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value)) yield value as Record<string, unknown>;
    for (const inner of Object.values(value)) yield* schemasIn(inner);
  }

  it('has the name and the draft that are agreed, and what must be there', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:sluice:schema:bundle-1',
      required: ['schema', 'id', 'version', 'epoch', 'issued_at'],
      if: { required: ['enforced'] },
      then: { required: ['expires_at'] },
      unevaluatedProperties: false,
    });
  });

  it('allows no name that it does not know, anywhere', () => {
    const objects = [...schemasIn(schema)].filter((one) => one['type'] === 'object');
    expect(objects.length).toBeGreaterThan(40);
    const open = objects.filter(
      (one) => one['unevaluatedProperties'] !== false && one['additionalProperties'] === undefined,
    );
    expect(open).toEqual([]);
    expect(JSON.stringify(schema)).not.toContain('"additionalProperties":false');
  });

  it('has every name of the schemas that check bundles, and leads nowhere that is not there', () => {
    const policy = (schema['$defs'] as Record<string, { properties: object }>)['policy'];
    expect(Object.keys(policy?.properties ?? {})).toEqual(Object.keys(bundleSections.shape));
    expect(Object.keys(schema['properties'] as object).sort()).toEqual(Object.keys(bundlePayload.shape).sort());
    const definitions = new Set(Object.keys(schema['$defs'] as object));
    const named = [...schemasIn(schema)].flatMap((one) =>
      typeof one['$ref'] === 'string' ? [one['$ref'].replace('#/$defs/', '')] : [],
    );
    expect(named.filter((name) => !definitions.has(name))).toEqual([]);
  });

  it('lets values have reasons, and conditions none', () => {
    const definitions = schema['$defs'] as Record<string, Record<string, unknown>>;
    expect(definitions['leaf-1']).toMatchObject({
      anyOf: [{}, { required: ['value'], properties: { reason: { maxLength: 280 }, ref: { maxLength: 120 } } }],
    });
    expect(JSON.stringify(definitions['condition'])).not.toContain('leaf-');
  });

  it('of what people write asks for no version, and knows files', async () => {
    const authoring = bundleJsonSchema({ authoring: true });
    expect(authoring['required']).toEqual(['schema', 'id']);
    for (const name of ['terms_file', 'body_file', 'expires_after', 'extends'])
      expect(JSON.stringify(authoring)).toContain(`"${name}"`);
    const { expires_after } = authoring['properties'] as Record<string, { readonly pattern: string }>;
    const span = new RegExp(expires_after?.pattern ?? '');
    expect(['P90D', 'PT36H', 'P1DT12H', 'P', '90d', 'P1Y'].map((text) => span.test(text))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    const folder = makeFolder({
      'bundle.yaml': scaffoldFiles({ id: 'acme-core', draft: undefined }).get('bundle.yaml') ?? '',
    });
    const names = Object.keys(parse(readFileSync(join(folder, 'bundle.yaml'), 'utf8')) as object);
    expect(names.filter((name) => !(name in (authoring['properties'] as object)))).toEqual([]);
    expect(readCompiled(await compileBundle(folder, { now })).payload.id).toBe('acme-core');
  });
});

describe('QR codes', () => {
  const digest = (text: string): string | undefined => {
    const modules = qrModules(Buffer.from(text));
    const rows = modules?.map((row) => row.map(Number).join('')).join('\n');
    return rows === undefined ? undefined : createHash('sha256').update(rows).digest('hex').slice(0, 16);
  };

  // Each was read back by a decoder when it was written down here.
  it.each([
    [14, 21, '380789309035cd20'],
    [40, 29, 'f870a5c7f34ac4ca'],
    [120, 45, 'c9dc22cdad4ad4a0'],
    [260, 65, '14904af7658678ab'],
    [660, 97, '6553326ec89d6f08'],
  ])('of %i bytes are as a reader read them', (length, size, expected) => {
    const text = 'https://policy.acme.example/llm/acme-core.sluice#sluice1=0123456789abcdef'
      .repeat(10)
      .slice(0, length);
    expect(qrModules(Buffer.from(text))).toHaveLength(size);
    expect(digest(text)).toBe(expected);
  });

  it('are left out where the text is too long for one', () => {
    expect(qrSvg('x'.repeat(700))).toBe('');
    expect(qrSvg('x')).toMatch(/^<svg /);
  });
});
