import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { configJsonSchema, configSchema } from '../../../shared/config/config.ts';
import { adapterDialects, kindFacts, providerKinds } from '../../../shared/config/provider.ts';
import { fullSample } from '../config/support.ts';

describe('the JSON Schema of the config file', () => {
  const schema = configJsonSchema();
  const accepts = (value: unknown): boolean => z.fromJSONSchema(schema).safeParse(value).success;

  it('is plain JSON of draft 2020-12 with a title', () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
    });
    expect(schema['title']).toBeTruthy();
  });

  it('asks for nothing but the version', () => {
    expect(schema['required']).toEqual(['version']);
    expect(accepts({ version: 1 })).toBe(true);
    expect(accepts({})).toBe(false);
  });

  it('accepts the sample of the documentation', () => {
    expect(accepts(parse(fullSample))).toBe(true);
  });

  it('refuses what the program refuses', () => {
    for (const wrong of [
      { version: 2 },
      { version: 1, listen: { prot: 1 } },
      { version: 1, listen: { port: 'x' } },
      { version: 1, providers: [{ id: 'a', kind: 'nobody' }] },
      { version: 1, providers: [{ id: 'a b', kind: 'openai' }] },
      { version: 1, routes: [{ alias: 'a', targets: [] }] },
    ]) {
      expect(accepts(wrong)).toBe(false);
      expect(configSchema.safeParse(wrong).success).toBe(false);
    }
  });

  it('knows every setting of a route as the program does', () => {
    const both = (route: object): boolean => {
      const file = { version: 1, routes: [{ alias: 'a', targets: ['demo/echo'], ...route }] };
      const accepted = configSchema.safeParse(file).success;
      expect(accepts(file)).toBe(accepted);
      return accepted;
    };
    for (const good of [
      { targets: ['cheap', '@requested', 'demo/@requested', { alias: 'team/x', weight: 2, when: { has: ['tools'] } }] },
      { objective: 'cheap', max_attempts: 20, on_break: 'restart', session_affinity: { scope: 'none' } },
      { objective: { cost: 1, floor: { quality: 0.5 } }, hedge: { after: 800, only: [] } },
      { cache: { mode: 'exact', only: 'deterministic', max_size_mb: 1 } },
      { fallbacks: { on: ['error', { status: 418 }, { body: 'x' }] } },
    ]) {
      expect(both(good)).toBe(true);
    }
    for (const wrong of [
      { targets: [7] },
      { objective: 'cheep' },
      { objective: { cost: 2 } },
      { max_attempts: 0 },
      { max_attempts: 21 },
      { hedge: {} },
      { hedge: { after: 'p90' } },
      { cache: { mode: 'semantic' } },
      { fallbacks: { on: [{ status: 200 }] } },
      { session_affinity: { scope: 'forever' } },
    ]) {
      expect(both(wrong)).toBe(false);
    }
  });

  it('names every kind of provider and says what settings mean', () => {
    const text = JSON.stringify(schema);
    for (const kind of providerKinds) expect(text).toContain(JSON.stringify(kind));
    expect(text.match(/"description"/g)?.length ?? 0).toBeGreaterThan(20);
  });
});

describe('the config schema', () => {
  it('keeps money as it was written', () => {
    const budget = (limit: unknown): unknown =>
      configSchema.parse({ version: 1, budgets: [{ id: 'b', scope: 'global', limit_usd: limit, period: 'day' }] })
        .budgets[0]?.limit_usd;
    expect(budget('5.00')).toBe('5.00');
    expect(budget('0.1')).toBe('0.1');
    expect(budget(3)).toBe('3');
    expect(() => budget('1e3')).toThrow();
    expect(() => budget(-1)).toThrow();
  });

  it('takes conditions of any depth it may have, and no operator it does not know', () => {
    const when = (condition: unknown): boolean =>
      configSchema.safeParse({ version: 1, routes: [{ alias: 'a', targets: ['demo/echo'], when: condition }] }).success;
    expect(
      when({
        all: [
          { not: { client: ['x*'] } },
          { any: [{ tokens: { lt: 5 } }, { time: { days: ['mon-fri'], hours: '08-18' } }] },
        ],
      }),
    ).toBe(true);
    expect(when({ alll: [] })).toBe(false);
    expect(when({ tokens: { less: 5 } })).toBe(false);
    expect(when({ time: { days: ['someday'] } })).toBe(false);
  });
});

describe('the kinds of provider', () => {
  it('each have facts, and dialects their adapter can carry', () => {
    for (const kind of providerKinds) {
      const facts = kindFacts[kind];
      for (const dialect of facts.dialects) expect(adapterDialects[facts.adapter]).toContain(dialect);
      expect(facts.baseUrl?.endsWith('/') ?? false).toBe(false);
      expect(facts.keyless || facts.keyEnv.length > 0 || kind === 'vertex').toBe(true);
    }
  });

  it('claim no model name that another vendor claims', () => {
    const owners = new Map<string, string>();
    for (const kind of providerKinds) {
      for (const prefix of kindFacts[kind].modelPrefixes) {
        expect(owners.get(prefix)).toBeUndefined();
        owners.set(prefix, kind);
      }
    }
  });
});
