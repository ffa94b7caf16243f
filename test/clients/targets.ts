// The places a request may end at: one strict simulated provider per dialect behind a gateway of its own, and the demo provider.
import { expect } from 'vitest';
import { EXAMPLE_CREDENTIALS, startFake, type Fake, type FakeOptions, type Plan } from '../fakes/fake.ts';
import { startTestGateway, type TestGateway } from '../component/gateway/support.ts';

export const targetNames = ['chat', 'responses', 'anthropic', 'gemini', 'bedrock', 'demo'] as const;
export type TargetName = (typeof targetNames)[number];

export interface Target {
  readonly name: TargetName;
  /** What the target answers to a plain text. */
  said(text: string): string;
  /** What it answers to tool results. */
  result(...texts: string[]): string;
  /** A refusal in the target's own words. */
  refusal(status: 400 | 429): Plan;
}

export interface Rig {
  readonly target: Target;
  /** Absent for the demo provider, which has no socket. */
  readonly fake: Fake | undefined;
  readonly gateway: TestGateway;
  readonly url: string;
  /** Model as a client names it, and as its provider does. */
  readonly model: string;
  readonly upstreamModel: string;
  /** No request was refused by the strict provider; a demo has nothing to refuse. */
  expectAccepted(requests?: number): void;
  close(): Promise<void>;
}

/** What a target may be instead of its usual self. */
export interface Variant {
  readonly model?: string;
  /** Kind of provider in the gateway's config. */
  readonly kind?: string;
}

interface TargetSpec extends Target {
  readonly model: string;
  readonly kind: string;
  /** The provider's entry behind id and kind. */
  provider(url: string): string;
}

const fakes = {
  chat: { dialect: 'openai', key: 'sk-upstream' },
  responses: { dialect: 'openai', key: 'sk-upstream' },
  anthropic: { dialect: 'anthropic', key: 'sk-ant-upstream' },
  gemini: { dialect: 'gemini', key: 'AIza-upstream' },
  bedrock: { dialect: 'bedrock', ...EXAMPLE_CREDENTIALS },
} satisfies Readonly<Record<Exclude<TargetName, 'demo'>, FakeOptions>>;

const message = (status: number): string => (status === 429 ? 'Slow down, please.' : 'That will not do.');

const openaiRefusal = (status: 400 | 429): Plan => ({
  status,
  json: {
    error: {
      message: message(status),
      type: status === 429 ? 'requests' : 'invalid_request_error',
      param: null,
      code: status === 429 ? 'rate_limit_exceeded' : null,
    },
  },
});

const echo = {
  said: (text: string) => `echo: ${text}`,
  result: (...texts: string[]) => `result: ${texts.join(' | ')}`,
};

const specs: Readonly<Record<TargetName, TargetSpec>> = {
  chat: {
    name: 'chat',
    ...echo,
    model: 'gpt-4.1',
    kind: 'openai-compatible',
    provider: (url) => `base_url: "${url}/v1", dialects: [openai-chat], keys: [{ value: sk-upstream }]`,
    refusal: openaiRefusal,
  },
  responses: {
    name: 'responses',
    ...echo,
    model: 'gpt-5.2',
    kind: 'openai',
    provider: (url) => `base_url: "${url}/v1", dialects: [openai-responses], keys: [{ value: sk-upstream }]`,
    refusal: openaiRefusal,
  },
  anthropic: {
    name: 'anthropic',
    ...echo,
    model: 'claude-sonnet-4-5',
    kind: 'anthropic',
    provider: (url) => `base_url: "${url}", keys: [{ value: sk-ant-upstream }]`,
    refusal: (status) => ({
      status,
      json: {
        type: 'error',
        error: { type: status === 429 ? 'rate_limit_error' : 'invalid_request_error', message: message(status) },
      },
    }),
  },
  gemini: {
    name: 'gemini',
    ...echo,
    model: 'gemini-3.8-flash',
    kind: 'gemini',
    provider: (url) => `base_url: "${url}", keys: [{ value: AIza-upstream }]`,
    refusal: (status) => ({
      status,
      json: {
        error: {
          code: status,
          message: message(status),
          status: status === 429 ? 'RESOURCE_EXHAUSTED' : 'INVALID_ARGUMENT',
        },
      },
    }),
  },
  bedrock: {
    name: 'bedrock',
    ...echo,
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    kind: 'bedrock',
    provider: (url) =>
      `base_url: "${url}", region: ${EXAMPLE_CREDENTIALS.region}, keys: [{ access_key_id: ${EXAMPLE_CREDENTIALS.accessKeyId}, secret_access_key: ${EXAMPLE_CREDENTIALS.secretAccessKey} }]`,
    refusal: (status) => ({
      status,
      json: { message: message(status) },
      headers: { 'x-amzn-errortype': status === 429 ? 'ThrottlingException' : 'ValidationException' },
    }),
  },
  demo: {
    name: 'demo',
    said: (text) => text,
    result: (...texts) => `The tool said: ${texts.at(-1) ?? ''}`,
    model: 'echo',
    kind: 'demo',
    provider: () => '',
    refusal: () => ({}),
  },
};

export const targets: readonly Target[] = targetNames.map((name) => specs[name]);

/** Targets that stand behind a socket and can refuse. */
export const fakedTargets: readonly Target[] = targets.filter((target) => target.name !== 'demo');

export interface RigOptions extends Variant {
  /** Fixes what the simulated provider mints. */
  readonly secret?: string;
}

/** Starts the simulated provider of a target. */
export function startTarget(name: Exclude<TargetName, 'demo'>, secret?: string): Promise<Fake> {
  return startFake({ ...fakes[name], ...(secret === undefined ? {} : { secret }) });
}

/** Starts the target and a gateway whose only provider it is. */
export async function startRig(name: TargetName, options: RigOptions = {}): Promise<Rig> {
  const spec = specs[name];
  const fake = name === 'demo' ? undefined : await startTarget(name, options.secret);
  const gateway = await startTestGateway(
    fake === undefined
      ? ''
      : `providers:\n  - { id: up, kind: ${options.kind ?? spec.kind}, ${spec.provider(fake.url)}, retry: { attempts: 1 } }\n`,
  );
  const model = options.model ?? spec.model;
  return {
    target: spec,
    fake,
    gateway,
    url: gateway.url,
    model: fake === undefined ? 'demo/echo' : `up/${model}`,
    upstreamModel: model,
    expectAccepted(requests) {
      if (fake === undefined) return;
      expect(fake.requests.map((request) => request.refusal)).toEqual(fake.requests.map(() => undefined));
      expect(fake.requests.map((request) => request.status)).toEqual(fake.requests.map(() => 200));
      if (requests !== undefined) expect(fake.requests).toHaveLength(requests);
      else expect(fake.requests.length).toBeGreaterThan(0);
    },
    async close() {
      await gateway.stop();
      await fake?.close();
    },
  };
}

/** Makes the target call the tool once per city; understood by the simulated providers and by the demo alike. */
export const callText = (...cities: string[]): string =>
  cities.map((city) => `call get_weather ${JSON.stringify({ city })}`).join('\n');

export const weatherSchema = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const, description: 'Name of the city' } },
  required: ['city'],
  additionalProperties: false,
};

/** Beyond one byte, beyond one UTF-16 unit, and joined by a zero-width joiner. */
export const odd = 'héllo 世界 👩‍💻, and how are you today?';
