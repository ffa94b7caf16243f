// Ways around what a bundle enforces, and ways in which one that only suggests would weaken what somebody has: none of them leads anywhere.

import { describe, expect, it } from 'vitest';
import { createGatewayTools } from '../../../main/decide.ts';
import type { TrialOutcome } from '../../../main/bundles/types.ts';
import { bundleOf, run, setOf, type Saying } from './merge-support.ts';

const tools = createGatewayTools();
const key = ['sk', 'abcdefgh12345678'].join('-');
const keys = `keys: [{ name: main, value: "${key}" }]`;
const vendors = ['openai', 'anthropic', 'gemini', 'openrouter', 'bedrock'];
const usual = `providers:
${vendors.map((one) => `  - { id: ${one}, kind: ${one}, ${one === 'bedrock' ? 'region: eu-west-1, ' : ''}${keys} }`).join('\n')}
  - { id: ollama, kind: ollama }
`;

/** The same are asked more than once. */
const made = new Map<string, ReturnType<typeof run>>();

interface Asked {
  readonly text?: string;
  readonly model: string;
  readonly say?: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

async function decide(
  { text = usual, model, say = 'hi', more = {} }: Asked,
  ...sayings: readonly Saying[]
): Promise<TrialOutcome> {
  const name = JSON.stringify([text, sayings]);
  const ready = made.get(name) ?? run(setOf(`version: 1\n${text}`, sayings.map(bundleOf)));
  made.set(name, ready);
  const { problems, snapshot } = await ready;
  if (snapshot === undefined) throw new Error(problems.join('\n'));
  const none = { headers: {}, client: undefined, metadata: {}, inputTokens: undefined, spent: new Map() };
  const body = { model, messages: [{ role: 'user', content: say }], ...more };
  return await tools.decide(snapshot, { path: '/v1/chat/completions', body, at: Date.UTC(2026, 11, 1), ...none });
}

const provider = (id: string, kind: string, more = ''): string =>
  `providers:\n  - { id: ${id}, kind: ${kind}, ${more}${keys} }\n`;
const at = (address: string): string => `base_url: "${address}", `;
const refused = (list: string): Partial<TrialOutcome> => ({ decision: 'deny', rule: `acme-core@12:${list}` });

describe('a denied model', () => {
  const denying: Saying = {
    enforced: {
      models: {
        deny: [
          'openai/gpt-4o',
          'gemini/gemini-2.5-pro',
          'openrouter/x/y',
          'ollama/llama3',
          'bedrock/anthropic.claude-x',
        ],
      },
    },
  };

  it.each([
    'openai/gpt-4o',
    'openai/GPT-4o',
    'openai/gpt-4o ',
    'openai/gpt-4o\u200b',
    'openai/\uff47pt-4o',
    'gemini/models/gemini-2.5-pro',
    'gemini/publishers/google/models/gemini-2.5-pro',
    'openrouter/x/y:nitro',
    'openrouter/x/y:floor',
    'openrouter/x/y:online',
    'openrouter/x/y@preset/mine',
    'openrouter/x/y:online@preset/mine',
    'openrouter/@preset/mine',
    'ollama/llama3:latest',
    'ollama/library/llama3',
    'bedrock/eu.anthropic.claude-x',
    'bedrock/arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-x',
  ])('is denied however it is written: %j', async (model) => {
    expect(await decide({ model }, denying)).toMatchObject(refused('/models/deny'));
  });

  it.each(['openai/gpt-4o-mini', 'gemini/gemini-2.5-flash', 'openrouter/x/y:free', 'ollama/llama3:70b'])(
    'is not another one: %s',
    async (model) => {
      expect((await decide({ model }, denying)).decision).toBe('allow');
    },
  );
});

describe('a preset of OpenRouter', () => {
  const body = { model: 'openrouter/x/y', preset: 'mine' };

  it.each([
    ['is denied where models are', { deny: ['openrouter/other/*'] }, 'deny'],
    ['is denied where others are allowed', { allow: ['openrouter/x/*'] }, 'deny'],
    ['is allowed by name', { allow: ['openrouter/x/*', 'openrouter/@preset/mine'] }, 'allow'],
    ['is allowed where nothing is said of models', { max_output_tokens: 100 }, 'allow'],
  ] as const)('%s', async (_, models, decision) => {
    expect(
      (await decide({ model: body.model, more: { preset: body.preset } }, { enforced: { models } })).decision,
    ).toBe(decision);
    expect((await decide({ model: 'openrouter/@preset/mine' }, { enforced: { models } })).decision).toBe(decision);
  });

  it('means nothing to anybody else', async () => {
    const enforced = { models: { deny: ['openrouter/other/*'] } };
    expect((await decide({ model: 'openai/gpt-5', more: { preset: 'mine' } }, { enforced })).decision).toBe('allow');
  });
});

describe('a vendor that is denied', () => {
  it.each([
    ['under another id', provider('mine', 'openai'), { providers: { deny: ['openai'] } }, '/providers/deny'],
    [
      'under another id, by its models',
      provider('mine', 'openai'),
      { models: { deny: ['openai/gpt-*'] } },
      '/models/deny',
    ],
    [
      'as any compatible server',
      provider('mine', 'openai-compatible', at('https://api.openai.com/v1')),
      { models: { deny: ['open*/gpt-*'] } },
      '/models/deny',
    ],
    [
      'with a dot behind its host',
      provider('mine', 'openai-compatible', at('https://api.openai.com./v1')),
      { providers: { deny: ['openai'] } },
      '/providers/deny',
    ],
  ])('is denied %s', async (_, text, enforced, list) => {
    expect(await decide({ text, model: 'mine/gpt-5' }, { enforced })).toMatchObject(refused(list));
  });

  it.each([
    ['xai', 'https://us-east-1.api.x.ai/v1'],
    ['mistral', 'https://api.eu.mistral.ai/v1'],
    ['openrouter', 'https://eu.openrouter.ai/api/v1'],
    ['cohere', 'https://api.cohere.com/compatibility/v1'],
    ['bedrock', 'https://bedrock-mantle.us-east-1.api.aws/v1'],
    ['bedrock', 'https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com'],
    ['azure-openai', 'https://mine.services.ai.azure.com/openai/v1'],
    ['vertex', 'https://aiplatform.eu.rep.googleapis.com'],
  ])('is denied wherever it answers: %s at %s', async (vendor, address) => {
    const text = provider('mine', 'openai-compatible', at(address));
    const enforced = { providers: { deny: [vendor] } };
    expect(await decide({ text, model: 'mine/gpt-5' }, { enforced })).toMatchObject(refused('/providers/deny'));
    expect(
      (await decide({ text, model: 'mine/gpt-5' }, { enforced: { providers: { deny: ['groq'] } } })).decision,
    ).toBe('allow');
  });

  it('is allowed where it answers in a region', async () => {
    const text = provider('xai', 'xai', at('https://eu-west-1.api.x.ai/v1'));
    const enforced = { providers: { allow: ['xai'] } };
    expect((await decide({ text, model: 'xai/grok-4' }, { enforced })).decision).toBe('allow');
  });

  it('may be what a bundle defines, which knows what it denies', async () => {
    const define = { mine: { kind: 'openai', models: ['gpt-5'], auth: { slot: 'main' } } };
    const enforced = { providers: { deny: ['openai'], define } };
    const { policy, config } = setOf(`version: 1\n${usual}`, [bundleOf({ enforced })]).applied;
    expect(config.providers.map(({ id }) => id)).toContain('mine');
    expect(policy?.access.flatMap(({ deniedProviders }) => deniedProviders)).toEqual(['openai']);
  });
});

describe('a vendor that is allowed', () => {
  const lists: readonly (readonly [string, Saying])[] = [
    ['/providers/allow', { enforced: { providers: { allow: ['anthropic'] } } }],
    ['/models/allow', { enforced: { models: { allow: ['anthropic/claude-*'] } } }],
  ];

  it.each(lists)('is nobody else who is called so: %s', async (list, saying) => {
    for (const text of [
      provider('anthropic', 'openai'),
      provider('anthropic', 'openai-compatible', at('https://thief.example/v1')),
      provider('anthropic', 'anthropic', at('https://api.anthropic.com.thief.example')),
    ]) {
      const outcome = await decide({ text, model: 'anthropic/claude-x' }, saying);
      expect(outcome).toMatchObject(refused(list));
      expect(outcome.message).toContain('is called like a vendor');
    }
  });

  it.each(lists)('is itself, and what stands on this machine: %s', async (_, saying) => {
    for (const text of [usual, provider('anthropic', 'anthropic', at('http://127.0.0.1:9/v1'))])
      expect((await decide({ text, model: 'anthropic/claude-x' }, saying)).decision).toBe('allow');
  });

  it('is in a file whatever its owner calls so', async () => {
    const text = `${provider('anthropic', 'openai')}models: { allow_providers: [anthropic] }\n`;
    expect((await decide({ text, model: 'anthropic/x' }, { defaults: {} })).decision).toBe('allow');
  });
});

describe('masking that is enforced', () => {
  const masking = { patterns: [{ id: 'employee', pattern: 'E-[0-9]{6}' }], exclude: { providers: ['ollama'] } };
  const sentTo = async (text: string): Promise<string> =>
    (await decide({ text, model: 'ollama/llama3', say: 'E-123456' }, { enforced: { masking } })).sent;

  it('leaves out whom it exempts, and nobody else who is called so', async () => {
    expect(await sentTo(usual)).toContain('E-123456');
    expect(await sentTo(provider('ollama', 'openai-compatible', at('https://thief.example/v1')))).not.toContain(
      'E-123',
    );
    const own = `${provider('ollama', 'openai-compatible', at('https://mine.example/v1'))}masking: { enabled: true, patterns: [{ id: e, pattern: 'E-[0-9]{6}' }], exclude: { providers: [ollama] } }\n`;
    const { sent } = await decide({ text: own, model: 'ollama/llama3', say: 'E-123456' }, { defaults: {} });
    expect(sent).toContain('E-123456');
  });
});

describe('masking that somebody switched on', () => {
  const text = `${usual}masking: { enabled: true, terms: [Falcon] }\n`;
  const say = 'bob@example.com knows Falcon';

  it.each([
    ['exempt anybody', { exclude: { providers: ['*'], clients: ['*'] } }],
    [
      'look for less',
      {
        detectors: [
          { id: 'email', mode: 'off' },
          { id: 'terms', mode: 'off' },
        ],
      },
    ],
    [
      'only warn',
      {
        detectors: [
          { id: 'email', mode: 'warn' },
          { id: 'terms', mode: 'warn' },
        ],
      },
    ],
    ['be switched off', { enabled: false }],
  ])('is suggested by nobody to %s', async (_, masking) => {
    const { sent } = await decide({ text, model: 'openai/gpt-5', say }, { defaults: { masking }, defaultsOnly: true });
    expect(sent).not.toMatch(/bob@|Falcon/);
  });

  it('lets nothing through that could not be looked at, whatever is suggested', () => {
    const masking = { on_failure: 'warn', answers: 'off', media: 'pass' };
    const { config } = setOf(`version: 1\n${text}`, [bundleOf({ defaults: { masking } })]).applied;
    expect(config.masking).toMatchObject({ on_failure: 'block', answers: 'warn' });
  });

  it('may be suggested more', async () => {
    const masking = { detectors: [{ id: 'email', mode: 'block' }], terms: ['Heron'] };
    const { config } = setOf(`version: 1\n${text}`, [bundleOf({ defaults: { masking } })]).applied;
    expect(config.masking.detectors).toContainEqual(expect.objectContaining({ id: 'email', mode: 'block' }));
    expect(config.masking.terms).toEqual(['Falcon', 'Heron']);
  });
});
