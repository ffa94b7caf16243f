/** A small world in which the laws of the merge are tried: bundles, configs and requests of few names, so that they meet often. */
import { fc } from '../../property.ts';
import type { Saying } from './merge-support.ts';

export const providers = ['p', 'q', 'r'] as const;
export const models = ['m1', 'm2'] as const;
export const tools = ['read', 'write', 'run'] as const;

const some = <T>(from: readonly T[], most = 2): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...from), { maxLength: most });
/** Absent once in so many times. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>, freq = 3): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq });

const modelGlob = fc.constantFrom('*', 'p/*', 'q/*', '*/m1', 'm1', 'm*', 'p/m2', 'r/*', '*2');
const providerGlob = fc.constantFrom('*', 'p', 'q', 'r', 'p*');
const toolGlob = fc.constantFrom('*', 'read', 'write', 'r*', '*e');
const listOf = (glob: fc.Arbitrary<string>): fc.Arbitrary<string[]> => fc.uniqueArray(glob, { maxLength: 3 });

const region = fc.constantFrom('eu', 'us', 'ch');
const define = fc.record(
  {
    kind: fc.constant('openai-compatible'),
    base_url: fc.constantFrom('https://one.example/v1', 'https://two.example/v1'),
    region: maybe(region),
    auth: maybe(fc.constant({ slot: 'main' })),
    models: maybe(some(models)),
  },
  { requiredKeys: ['kind', 'base_url'] },
);

const condition = fc.constantFrom({ client: ['ide'] }, { has: ['tools'] });
const alias = fc.constantFrom('fast', 'cheap', 'smart', 'sm*', '*', 'best');
const target = fc.constantFrom(
  'demo/echo',
  'p/m1',
  'q/m2',
  'nowhere/m',
  'smart',
  'cheap',
  'fast',
  '@requested',
  'q/m*',
);
const route = fc.record({
  id: maybe(fc.constantFrom('one', 'two', 'fast')),
  alias,
  when: maybe(condition, 2),
  strategy: fc.constantFrom('fallback', 'weighted', 'auto'),
  targets: fc.uniqueArray(target, { minLength: 1, maxLength: 3 }),
});

/** Of a user, whose file alone is good. */
const ownRoute = fc.record({
  id: maybe(fc.constantFrom('one', 'two', 'fast')),
  alias,
  when: maybe(condition, 2),
  strategy: fc.constantFrom('fallback', 'weighted', 'auto'),
  targets: fc.uniqueArray(fc.constantFrom('demo/echo', 'p/m1', 'q/m2', 'cheap', '@requested'), {
    minLength: 1,
    maxLength: 3,
  }),
});

const budget = fc.record({
  id: fc.constantFrom('day', 'month'),
  scope: fc.constantFrom('user', 'global', 'provider', 'model'),
  when: maybe(condition, 2),
  limit_usd: fc.constantFrom('1', '5', '25', '5.0'),
  period: fc.constantFrom('day', 'week'),
  action: maybe(fc.constantFrom('alert', 'ask', 'reject', 'downgrade:cheap', 'downgrade:smart')),
  alert_at: maybe(fc.constantFrom([0.5], [0.8, 1])),
});
const rate = fc.record({
  id: fc.constantFrom('all', 'team'),
  scope: fc.constantFrom('global', 'key', 'provider'),
  when: maybe(condition, 2),
  max_parallel_requests: maybe(fc.constantFrom(1, 4)),
  rpm: fc.constantFrom(10, 60),
  tpm: maybe(fc.constantFrom(1_000, 5_000)),
  burst: maybe(fc.constantFrom(2, 5)),
});

const kind = fc.constantFrom('secrets', 'email', 'iban', 'bank_account', 'national_id', 'tax_id', 'terms', 'patterns');
const mode = fc.constantFrom('mask', 'block', 'warn', 'off');
const detectors = fc.uniqueArray(
  fc.oneof(
    kind,
    fc.record({
      id: kind,
      mode: maybe(mode),
      restore: maybe(fc.boolean()),
      replace: maybe(fc.constantFrom('tag', 'hash')),
      in: maybe(fc.constantFrom(['request'], ['request', 'logs'])),
    }),
  ),
  { maxLength: 3, selector: (one) => (typeof one === 'string' ? one : one.id) },
);
const masking = fc.record({
  enabled: maybe(fc.boolean(), 2),
  detectors: maybe(detectors, 2),
  terms: maybe(some(['Falcon', 'Heron', 'Osprey'])),
  patterns: maybe(
    fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('employee', 'order'),
        pattern: fc.constantFrom('E-[0-9]+', 'O-[0-9]+'),
        flags: maybe(fc.constant('i')),
        mode: maybe(mode),
        replace: maybe(fc.constantFrom('tag', 'hash')),
        in: maybe(fc.constantFrom(['request'], ['logs'])),
      }),
      { maxLength: 2, selector: ({ id }) => id },
    ),
  ),
  exclude: maybe(
    fc.record({ providers: maybe(listOf(providerGlob)), clients: maybe(listOf(fc.constantFrom('ide', 'cli'))) }),
  ),
  min_level: maybe(fc.constantFrom('warn', 'mask', 'block')),
  restore: maybe(fc.boolean()),
  answers: maybe(fc.constantFrom('off', 'warn', 'block')),
  definitions: maybe(fc.boolean()),
  media: maybe(fc.constantFrom('pass', 'block')),
  on_failure: maybe(fc.constantFrom('block', 'warn')),
});

const rule = fc.record({
  id: fc.constantFrom('falcon', 'attack'),
  pattern: fc.constantFrom('falcon', 'heron'),
  action: fc.constantFrom('block', 'require_justification', 'strip', 'warn', 'log'),
});
const servers = [
  { name: 'docs', identity: 'https://docs.example/*' },
  { name: '*', identity: 'https://docs.example/mcp' },
];
const template = fc.record({
  id: fc.constantFrom('review', 'mail'),
  title: fc.constant('Title'),
  body: fc.constantFrom('one', 'two'),
});
const hint = fc.record({ client: fc.constantFrom('ide', 'cli'), model: maybe(fc.constantFrom('fast', 'best')) });
const price = fc.record({
  model: fc.constantFrom('p/*', 'm1', '*'),
  input: fc.constantFrom('1', '2'),
  output: fc.constantFrom('3', '4'),
  effective_from: maybe(fc.constantFrom('2026-01-01', '2026-06-01')),
});

/** What a bundle may enforce or suggest. */
export const sections = fc.record({
  providers: maybe(
    fc.record({
      allow: maybe(listOf(providerGlob)),
      deny: maybe(listOf(providerGlob)),
      define: maybe(fc.dictionary(fc.constantFrom('q', 'x'), define, { maxKeys: 2 })),
    }),
    4,
  ),
  models: maybe(
    fc.record({
      allow: maybe(listOf(modelGlob)),
      deny: maybe(listOf(modelGlob)),
      aliases: maybe(
        fc.dictionary(fc.constantFrom('fast', 'tiny'), fc.constantFrom('demo/echo', 'p/m1', 'cheap'), { maxKeys: 2 }),
      ),
      max_context_tokens: maybe(fc.constantFrom(100, 1_000)),
      max_output_tokens: maybe(fc.constantFrom(10, 100)),
      require: maybe(
        fc.record({
          'data_policy.training': maybe(fc.constant(false)),
          'data_policy.retention': maybe(fc.constantFrom(0, 30)),
          region: maybe(fc.uniqueArray(region, { minLength: 1, maxLength: 2 })),
        }),
      ),
    }),
    4,
  ),
  routes: maybe(fc.array(route, { maxLength: 3 }), 2),
  routes_default: maybe(fc.constantFrom('deny', 'continue')),
  budgets: maybe(fc.uniqueArray(budget, { maxLength: 2, selector: ({ id }) => id })),
  rate_limits: maybe(fc.uniqueArray(rate, { maxLength: 2, selector: ({ id }) => id })),
  masking: maybe(masking, 4),
  firewall: maybe(fc.uniqueArray(rule, { maxLength: 2, selector: ({ id }) => id })),
  tools: maybe(
    fc.record({
      allow: maybe(listOf(toolGlob)),
      deny: maybe(listOf(toolGlob)),
      mcp: maybe(fc.record({ allow: some([...servers], 2) })),
    }),
  ),
  templates: maybe(fc.uniqueArray(template, { maxLength: 2, selector: ({ id }) => id })),
  clients: maybe(fc.uniqueArray(hint, { maxLength: 2, selector: ({ client }) => client })),
  pricing: maybe(fc.array(price, { maxLength: 2 })),
  logging: maybe(
    fc.record({
      content: maybe(fc.constantFrom('off', 'metadata', 'redacted', 'full')),
      retention_days: maybe(fc.constantFrom(7, 90)),
      export: maybe(fc.constantFrom('none', 'local')),
    }),
  ),
  app: maybe(
    fc.record({
      auto_update: maybe(fc.constantFrom('off', 'notify', 'on')),
      allow_user_bundles: maybe(fc.boolean()),
      allow_lan_bind: maybe(fc.boolean()),
      allow_keyless: maybe(fc.boolean()),
      proxy_only: maybe(fc.boolean()),
    }),
  ),
});

export const saying: fc.Arbitrary<Saying> = fc.record({
  layer: fc.constantFrom('org', 'team', 'mdm'),
  enforced: sections,
  defaults: fc.oneof({ arbitrary: fc.constant(undefined), weight: 2 }, { arbitrary: sections, weight: 1 }),
  mode: fc.constantFrom('enforce', 'enforce', 'enforce', 'audit'),
  expired: fc.constantFrom(undefined, undefined, undefined, undefined, 'block', 'restrict'),
  more: fc.constant({ expires_at: '2027-02-18T00:00:00Z', offline: { restrict_to: { models: { allow: ['p/*'] } } } }),
});

const ownDetectors = fc.uniqueArray(fc.oneof(kind, fc.record({ id: kind, mode, restore: fc.boolean() })), {
  maxLength: 4,
  selector: (one) => (typeof one === 'string' ? one : one.id),
});
const ownOverride = fc.record({
  providers: some(['p', 'q*']),
  clients: some(['ide']),
  detectors: some(['email', 'iban', 'national_id', 'patterns'], 2),
  mode,
});

/** The text of a config file, as JSON; not each of them is a good one. */
export const ownText: fc.Arbitrary<string> = fc
  .record({
    models: maybe(
      fc.record({
        allow: maybe(listOf(modelGlob)),
        deny: maybe(listOf(modelGlob)),
        max_output_tokens: maybe(fc.constantFrom(5, 500)),
      }),
    ),
    tools: maybe(fc.record({ allow: maybe(listOf(toolGlob)), deny: maybe(listOf(toolGlob)) })),
    routes: maybe(fc.array(ownRoute, { maxLength: 3 }), 4),
    use_model: maybe(fc.constantFrom('p/m1', 'cheap', 'q/m2')),
    budgets: maybe(fc.uniqueArray(budget, { maxLength: 2, selector: ({ id }) => id })),
    rate_limits: maybe(fc.uniqueArray(rate, { maxLength: 2, selector: ({ id }) => id })),
    masking: maybe(
      fc.record({
        enabled: maybe(fc.boolean(), 2),
        detectors: maybe(ownDetectors),
        terms: maybe(some(['Falcon', 'Kite'])),
        patterns: maybe(fc.constant([{ id: 'employee', pattern: 'X-[0-9]+' }])),
        exclude: maybe(fc.record({ providers: listOf(providerGlob), clients: some(['ide']) })),
        allow: maybe(fc.constant(['E-1*'])),
        overrides: maybe(fc.array(ownOverride, { maxLength: 3 }), 4),
        restore: maybe(fc.boolean()),
        answers: maybe(fc.constantFrom('off', 'block')),
        on_failure: maybe(fc.constantFrom('block', 'warn')),
      }),
      4,
    ),
    firewall: maybe(fc.uniqueArray(rule, { maxLength: 2, selector: ({ id }) => id })),
    pricing: maybe(fc.array(price, { maxLength: 2 })),
    logging: maybe(
      fc.record({ content: fc.constantFrom('off', 'metadata', 'full'), retention_days: fc.constantFrom(1, 365) }),
    ),
    listen: maybe(fc.constant({ host: '192.168.1.5', acknowledge_exposure: true })),
    teams: maybe(
      fc.constant([{ id: 'core', budgets: [{ limit_usd: '5', period: 'day', action: 'downgrade:cheap' }] }]),
    ),
  })
  .map((own) =>
    JSON.stringify({
      ...{ version: 1, ...own },
      providers: providers.map((id) => ({
        id,
        kind: 'openai-compatible',
        base_url: `https://${id}.example/v1`,
        models: models.map((model) => ({ id: model, context_window: 8_000 })),
        ...(id === 'p' ? { closed_models: true } : {}),
      })),
    }),
  );

export interface Asked {
  readonly provider: string;
  readonly model: string;
  /** The name the client used. */
  readonly name: string;
  readonly client: string | undefined;
  readonly input: number;
  readonly tool: string | undefined;
  readonly region: string | undefined;
  readonly training: boolean | undefined;
  readonly retention: number | undefined;
}

/** Every request of this world. */
export const requests: readonly Asked[] = providers.flatMap((provider) =>
  models.flatMap((model) =>
    [`${provider}/${model}`, model, 'fast', 'smart'].flatMap((name) =>
      [50, 500].flatMap((input) =>
        [undefined, ...tools].flatMap((tool) =>
          [
            { region: undefined, training: undefined, retention: undefined },
            { region: 'eu', training: false, retention: 0 },
            { region: 'us', training: true, retention: 30 },
            { region: 'ch', training: false, retention: 90 },
          ].map((known): Asked => ({
            provider,
            model,
            name,
            client: tool === 'run' ? 'ide' : undefined,
            input,
            tool,
            ...known,
          })),
        ),
      ),
    ),
  ),
);
