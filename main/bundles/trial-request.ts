/** A case of a decision test as the request that a client would send. */
import type { DecisionCase, DecisionSuite } from '../../shared/bundle/suite.ts';
import { usdToPicoExact } from '../../shared/domain/money.ts';
import type { TrialRequest } from './types.ts';

type Asked = DecisionCase['request'];
type Fields = Record<string, unknown>;

/** What a test asks for that names no model, or says nothing. */
const usualModel = 'auto';
const usualMessages: readonly Fields[] = [{ role: 'user', content: 'hi' }];

/** Milliseconds since 1970 at which a case takes place. */
export function momentOf({ clock }: Pick<DecisionCase, 'clock'>, suite: DecisionSuite, now: number): number {
  const told = clock ?? suite.clock;
  return told === undefined ? now : Date.parse(told);
}

/** Budgets of the case stand over those of its suite. Throws `RangeError` for an amount that is none. */
export function trialRequest(one: DecisionCase, suite: DecisionSuite, now: number): TrialRequest {
  const { request } = one;
  const { client, key, team, user, tags = {} } = request;
  const { path, headers, body } = spoken(request);
  return {
    ...{ path, body, client, key },
    headers: {
      ...{ 'content-type': 'application/json', ...headers },
      ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [`x-sluice-tag-${name}`, value])),
    },
    metadata: {
      ...(team === undefined ? {} : { team }),
      ...(user === undefined ? {} : { user }),
    },
    inputTokens: request.est_input_tokens,
    at: momentOf(one, suite, now),
    spent: spentOf({ ...suite.state?.budgets, ...one.state?.budgets }),
  };
}

function spentOf(budgets: Readonly<Record<string, { readonly used_usd: string }>>): ReadonlyMap<string, bigint> {
  return new Map(
    Object.entries(budgets).map(([id, { used_usd }]) => {
      const amount = usdToPicoExact(used_usd);
      if (amount === undefined) throw new RangeError(`state.budgets.${id}.used_usd "${used_usd}" is not an amount`);
      return [id, amount];
    }),
  );
}

/** Fields of a case that are no fields of a body. */
const ours: ReadonlySet<string> = new Set([
  ...['dialect', 'client', 'key', 'team', 'user', 'tags', 'est_input_tokens', 'model', 'messages', 'max_tokens'],
]);

interface Spoken {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Fields;
}

/** In the words of its dialect: `messages` and `max_tokens` are said as that says them, the rest goes in as it is. */
function spoken(request: Asked): Spoken {
  const { dialect = 'openai-chat', model = usualModel, messages = usualMessages, max_tokens: limit } = request;
  const more = Object.fromEntries(Object.entries(request).filter(([name]) => !ours.has(name)));
  switch (dialect) {
    case 'openai-chat':
      return {
        ...{ path: '/v1/chat/completions', headers: {} },
        body: { model, messages, ...given('max_tokens', limit), ...more },
      };
    case 'openai-responses':
      return {
        ...{ path: '/v1/responses', headers: {} },
        body: { model, input: messages, ...given('max_output_tokens', limit), ...more },
      };
    case 'anthropic-messages':
      return {
        ...{ path: '/v1/messages', headers: { 'anthropic-version': '2023-06-01' } },
        body: { model, ...withSystem(messages), ...given('max_tokens', limit), ...more },
      };
    case 'gemini':
      return {
        path: `/v1beta/models/${model}:generateContent`,
        headers: {},
        body: { ...geminiWords(messages), ...given('generationConfig', limit && { maxOutputTokens: limit }), ...more },
      };
  }
}

function given(name: string, value: unknown): Fields {
  return value === undefined ? {} : { [name]: value };
}

/** There a system prompt stands beside the messages. */
function withSystem(messages: readonly Fields[]): Fields {
  const system = messages.filter(isSystem).map(({ content }) => content);
  const others = messages.filter((one) => !isSystem(one));
  return { ...given('system', system.length === 0 ? undefined : system.join('\n')), messages: others };
}

function geminiWords(messages: readonly Fields[]): Fields {
  const system = messages.filter(isSystem);
  const contents = messages
    .filter((one) => !isSystem(one))
    .map(({ role, content, ...rest }) => ({
      role: role === 'assistant' ? 'model' : role,
      ...partsOf(content),
      ...rest,
    }));
  return {
    ...given('systemInstruction', system[0] && partsOf(system.map(({ content }) => content).join('\n'))),
    contents,
  };
}

function partsOf(content: unknown): Fields {
  return content === undefined ? {} : { parts: typeof content === 'string' ? [{ text: content }] : content };
}

function isSystem({ role }: Fields): boolean {
  return role === 'system' || role === 'developer';
}
