/** Who uses the gateway in a made-up ledger, which models answer, and what these cost. */
import type { ExchangeRecord } from '../../main/ledger/ledger.ts';

export interface FakeModel {
  readonly target: string;
  readonly dialect: NonNullable<ExchangeRecord['targetDialect']>;
  /** Pico-USD a token; `undefined`: nobody knows what it costs. */
  readonly price: { readonly input: number; readonly output: number } | undefined;
  /** Typical milliseconds to the first content, and for each token after it. */
  readonly ttftMs: number;
  readonly tokenMs: number;
}

const perMillion = (input: number, output: number): FakeModel['price'] => ({
  input: input * 1_000_000,
  output: output * 1_000_000,
});

const model = (
  target: string,
  dialect: FakeModel['dialect'],
  price: FakeModel['price'],
  [ttftMs, tokenMs]: readonly [number, number],
): FakeModel => ({ target, dialect, price, ttftMs, tokenMs });

export const models = {
  opus: model('anthropic/claude-opus-4-5', 'anthropic-messages', perMillion(5, 25), [1_400, 18]),
  sonnet: model('anthropic/claude-sonnet-4-5', 'anthropic-messages', perMillion(3, 15), [900, 12]),
  haiku: model('anthropic/claude-haiku-4-5', 'anthropic-messages', perMillion(1, 5), [450, 7]),
  gpt: model('openai/gpt-5.1', 'openai-responses', perMillion(1.25, 10), [1_100, 11]),
  mini: model('openai/gpt-5-mini', 'openai-responses', perMillion(0.25, 2), [600, 6]),
  gemini: model('google/gemini-2.5-pro', 'gemini', perMillion(1.25, 10), [1_200, 9]),
  flash: model('google/gemini-2.5-flash', 'gemini', perMillion(0.3, 2.5), [380, 4]),
  local: model('ollama/qwen3-coder:30b', 'openai-chat', perMillion(0, 0), [240, 28]),
  unpriced: model('gateway-eu/mistral-next', 'openai-chat', undefined, [700, 10]),
} as const;

export interface FakeUser {
  readonly client: string | undefined;
  readonly key: string;
  readonly user: string | undefined;
  readonly team: string | undefined;
  readonly surface: ExchangeRecord['surface'];
  readonly dialect: NonNullable<ExchangeRecord['dialect']>;
  /** Aliases and models it asks for, each with who answers: the first one, and who steps in. */
  readonly asks: readonly (readonly [string, readonly FakeModel[]])[];
  /** How many requests a conversation has, about; 1: it names none. */
  readonly turns: number;
  /** Tokens of a request when it begins, and of an answer. */
  readonly tokens: readonly [number, number];
  /** Of a hundred requests. */
  readonly share: number;
}

const { opus, sonnet, haiku, gpt, mini, gemini, flash, local, unpriced } = models;

export const users: readonly FakeUser[] = [
  {
    ...{ client: 'claude-code', key: 'claude-code', user: 'dana', team: 'core', share: 44 },
    ...{ surface: 'messages', dialect: 'anthropic-messages', turns: 40, tokens: [18_000, 420] },
    asks: [
      ['claude-sonnet-4-5', [sonnet, gpt]],
      ['claude-sonnet-4-5', [sonnet, gpt]],
      ['claude-opus-4-5', [opus, sonnet, gpt]],
      ['claude-haiku-4-5', [haiku, flash]],
    ],
  },
  {
    ...{ client: 'codex', key: 'codex', user: 'kim', team: 'core', share: 22 },
    ...{ surface: 'responses', dialect: 'openai-responses', turns: 25, tokens: [9_000, 380] },
    asks: [
      ['gpt-5.1', [gpt, sonnet]],
      ['smart', [gpt, sonnet, gemini]],
    ],
  },
  {
    ...{ client: 'cursor', key: 'ide', user: 'dana', team: 'core', share: 12 },
    ...{ surface: 'chat', dialect: 'openai-chat', turns: 12, tokens: [4_000, 260] },
    asks: [
      ['smart', [sonnet, gpt]],
      ['gemini-2.5-pro', [gemini, gpt]],
    ],
  },
  {
    ...{ client: 'open-webui', key: 'household', user: undefined, team: undefined, share: 9 },
    ...{ surface: 'chat', dialect: 'openai-chat', turns: 6, tokens: [700, 320] },
    asks: [
      ['auto', [local, flash]],
      ['fast', [flash, mini]],
    ],
  },
  {
    ...{ client: 'aider', key: 'ide', user: 'robin', team: 'research', share: 5 },
    ...{ surface: 'chat', dialect: 'openai-chat', turns: 9, tokens: [6_000, 500] },
    asks: [['mistral-next', [unpriced, sonnet]]],
  },
  {
    ...{ client: undefined, key: 'ci', user: undefined, team: 'core', share: 8 },
    ...{ surface: 'chat', dialect: 'openai-chat', turns: 1, tokens: [1_500, 90] },
    asks: [
      ['cheap', [mini, flash]],
      ['gpt-5-mini', [mini]],
    ],
  },
];
