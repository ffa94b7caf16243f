// The cases of the matrix: what is said, by which clients it can be said, and what the target is made to answer.
import type { TargetName, Variant } from '../clients/targets.ts';
import type { PlannedTurn } from '../fakes/fake.ts';
import { clients } from './clients/clients.ts';
import { clientNames, type Body, type ClientName, type Conversation, type Tool } from './conversation.ts';
import { claudeCode, codex, customTools, foreignReasoning, hostedTools } from './written-out.ts';

export interface Case {
  readonly name: string;
  readonly clients: readonly ClientName[];
  readonly body: (client: ClientName) => Body;
  /** Planned answer of the target; otherwise it decides by the text. */
  readonly turn?: PlannedTurn;
  /** Targets that are something else than usual. */
  readonly at?: Partial<Record<TargetName, Variant>>;
  /** The answer and its stream are the point and are written out; otherwise only what a person reads in the plain answer. */
  readonly isAnswer?: boolean;
  /** The answer is played back with this as the result of each call in it. */
  readonly then?: string;
}

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const pdf = Buffer.from('%PDF-1.4\n%%EOF\n').toString('base64');

/** A WAVE file without a sample. */
const silence = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';

const say = (text: string): Conversation['turns'] => [{ user: [{ text }] }];

const citySchema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const weather: Tool = { name: 'get_weather', description: 'Weather of a city', schema: citySchema };

/** What real tools carry: references, unions, bounds, formats. */
const rich = {
  type: 'object',
  properties: {
    city: { type: 'string', minLength: 1, description: 'Name of the city' },
    days: { type: 'integer', exclusiveMinimum: 0, maximum: 14, default: 1 },
    unit: { anyOf: [{ type: 'string', enum: ['c', 'f'] }, { type: 'null' }] },
    places: { type: 'array', items: { $ref: '#/$defs/place' } },
  },
  required: ['city'],
  additionalProperties: false,
  $schema: 'http://json-schema.org/draft-07/schema#',
  $defs: {
    place: {
      type: 'object',
      properties: { id: { type: 'string', format: 'uuid' } },
      required: ['id'],
      additionalProperties: false,
    },
  },
};

const answerSchema = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    n: { type: 'integer' },
    tags: { type: 'array', items: { $ref: '#/$defs/tag' } },
  },
  required: ['city', 'n', 'tags'],
  additionalProperties: false,
  $defs: { tag: { type: 'string', enum: ['a', 'b'] } },
};

/** Neither closed nor wholly required, and bounded: more than strict modes take. */
const looseAnswer = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 1 }, n: { type: 'integer', minimum: 1 } },
  required: ['city'],
};

const name64 = `mcp__${'n'.repeat(59)}`;
const name100 = `mcp__server__${'long_'.repeat(17)}xy`;
const ping: Tool = { name: 'ping' };

const called = { assistant: '', calls: [{ id: 'call_1', name: 'get_weather', args: { city: 'Paris' } }] };

/** Models that decide how they sample and think. */
const thinkers = {
  chat: { kind: 'openai', model: 'gpt-5.2' },
  anthropic: { model: 'claude-opus-4-8' },
  gemini: { model: 'gemini-2.5-flash' },
  bedrock: { model: 'anthropic.claude-opus-4-8' },
} as const;

/** A model of OpenAI's that does not think, and so takes what thinking ones refuse. */
const plainOpenai = { responses: { model: 'gpt-4.1' } } as const;

type More = Partial<Omit<Case, 'name' | 'body' | 'clients'>> & {
  /** Without the clients that cannot say this. */
  readonly not?: readonly ClientName[];
};

function spoken(name: string, conversation: Conversation, { not = [], ...more }: More = {}): Case {
  const able = clientNames.filter((client) => !not.includes(client));
  return { name, clients: able, body: (client) => clients[client].write(conversation), ...more };
}

/** One client only, or each in words of its own. */
function writtenOut(name: string, bodies: Readonly<Partial<Record<ClientName, Body>>>, more: Partial<Case> = {}): Case {
  const able = clientNames.filter((client) => client in bodies);
  return { name, clients: able, body: (client) => bodies[client] ?? {}, ...more };
}

const prompts: readonly Case[] = [
  spoken('text', { system: 'Be brief.', turns: say('hello') }, { isAnswer: true }),
  spoken('unicode', { turns: say('héllo 世界 👩‍💻 "q" \\ \u2028 end') }, { isAnswer: true }),
  spoken('multi-turn', {
    system: 'Be brief.',
    turns: [
      ...say('one'),
      { assistant: 'two' },
      ...say('three'),
      { assistant: 'four' },
      { user: [{ text: 'five' }, { text: 'six' }] },
    ],
  }),
  spoken(
    'instruction-between-turns',
    {
      system: 'Be brief.',
      turns: [...say('one'), { assistant: 'two' }, ...say('three'), { instruct: 'Now in verse.' }],
    },
    { not: ['gemini'] },
  ),
  spoken('image', { turns: [{ user: [{ text: 'what is it?' }, { image: pixel }] }] }),
  spoken('image-by-url', {
    turns: [{ user: [{ imageUrl: 'https://example.com/a.png' }, { text: 'what is it?' }] }],
  }),
  spoken('document', { turns: [{ user: [{ pdf, name: 'the bill (1).pdf' }, { text: 'what is it?' }] }] }),
  spoken(
    'document-by-url',
    { turns: [{ user: [{ pdfUrl: 'https://example.com/a.pdf' }, { text: 'what is it?' }] }] },
    { not: ['chat'] },
  ),
  spoken(
    'audio',
    { turns: [{ user: [{ text: 'what is it?' }, { wav: silence }] }] },
    { not: ['responses', 'anthropic'] },
  ),
];

const tools: readonly Case[] = [
  spoken(
    'parallel-calls',
    { turns: say('call get_weather {"city":"Zürich"}\ncall get_weather {"city":"東京"}'), tools: [weather] },
    { isAnswer: true, then: 'sunny' },
  ),
  spoken(
    'one-call-at-a-time',
    { turns: say('call get_weather {"city":"Zürich"}'), tools: [weather], single: true },
    { not: ['gemini'] },
  ),
  spoken(
    'text-and-call',
    { turns: say('hello'), tools: [weather] },
    { isAnswer: true, turn: { text: 'I shall look.', calls: [{ name: 'get_weather', args: { city: 'X' } }] } },
  ),
  spoken('empty-arguments', { turns: say('call ping'), tools: [ping] }, { isAnswer: true, then: 'pong' }),
  spoken('rich-schema', {
    turns: say('call forecast {"city":"Oslo","days":2}'),
    tools: [{ name: 'forecast', description: 'd', schema: rich }],
  }),
  spoken('choice-of-one-tool', { turns: say('hello'), tools: [weather, ping], choice: { tool: 'get_weather' } }),
  spoken('choice-of-any-tool', { turns: say('call ping'), tools: [weather, ping], choice: 'any' }),
  spoken('choice-of-no-tool', { turns: say('call ping'), tools: [weather, ping], choice: 'none' }),
  spoken(
    'choice-of-some-tools',
    { turns: say('hello'), tools: [ping, weather, { name: 'pong' }], choice: { allowed: ['get_weather', 'pong'] } },
    { not: ['anthropic'] },
  ),
  spoken('name-of-64', { turns: say('call #1 {"city":"X"}'), tools: [{ ...weather, name: name64 }] }, { then: 'ok' }),
  spoken(
    'name-of-100',
    {
      turns: say('call #1 {"city":"X"}'),
      tools: [
        { ...weather, name: name100 },
        { ...weather, name: `${name100}z` },
      ],
    },
    { isAnswer: true, then: 'ok' },
  ),
  // Gemini itself refuses a second tool of one name.
  spoken(
    'same-name-twice',
    { turns: say('call #1 {"city":"X"}'), tools: [weather, { ...weather, description: 'The same again' }] },
    { not: ['gemini'] },
  ),
  writtenOut('custom-tools', customTools, { isAnswer: true, then: 'done' }),
  writtenOut('hosted-tools', hostedTools),
];

const results: readonly Case[] = [
  spoken(
    'result-with-image',
    {
      turns: [
        ...say('weather?'),
        called,
        { results: [{ id: 'call_1', name: 'get_weather', parts: [{ text: 'see' }, { image: pixel }] }] },
      ],
      tools: [weather],
    },
    { not: ['chat'] },
  ),
  spoken(
    'result-is-error',
    {
      turns: [
        ...say('weather?'),
        called,
        { results: [{ id: 'call_1', name: 'get_weather', parts: [{ text: 'no such city' }], isError: true }] },
      ],
      tools: [weather],
    },
    { not: ['chat', 'responses'] },
  ),
  spoken('history-without-tools', {
    turns: [
      ...say('weather?'),
      called,
      { results: [{ id: 'call_1', name: 'get_weather', parts: [{ text: 'rain' }] }] },
      { assistant: 'It rains.' },
      ...say('thanks'),
    ],
  }),
];

const settings: readonly Case[] = [
  spoken('json-schema', { turns: say('Paris'), schema: answerSchema }),
  spoken('json-schema-loose', { turns: say('Paris'), looseSchema: looseAnswer }),
  spoken(
    'json-schema-not-known',
    { turns: say('Paris'), schema: answerSchema },
    { at: { bedrock: { model: 'amazon.nova-lite-v1:0' }, chat: { kind: 'deepseek', model: 'deepseek-chat' } } },
  ),
  spoken('json-mode', { turns: say('Paris'), json: true }, { not: ['anthropic'] }),
  spoken(
    'reasoning',
    { turns: say('think, then call get_weather {"city":"X"}'), tools: [weather], reasoning: true, maxTokens: 4000 },
    { isAnswer: true, then: 'sunny' },
  ),
  spoken(
    'reasoning-of-newer-models',
    { turns: say('think, then call get_weather {"city":"X"}'), tools: [weather], reasoning: true, maxTokens: 4000 },
    { isAnswer: true, then: 'sunny', at: thinkers },
  ),
  writtenOut('foreign-reasoning', foreignReasoning),
  spoken(
    'sampling',
    { turns: say('hello'), sampling: { temperature: 0.5, topP: 0.9, topK: 40, penalty: 0.5, seed: 7 } },
    { at: plainOpenai },
  ),
  spoken(
    'sampling-refused',
    { turns: say('hello'), maxTokens: 900, sampling: { temperature: 0.5, topP: 0.9, topK: 40, penalty: 0.5, seed: 7 } },
    { at: thinkers },
  ),
  spoken('logprobs', { turns: say('hello'), logprobs: 2 }, { isAnswer: true, not: ['anthropic'], at: plainOpenai }),
  spoken('several-answers', { turns: say('hello'), answers: 2 }, { not: ['responses', 'anthropic'] }),
  spoken('labels', { turns: say('hello'), user: 'user-7' }),
];

const endings: readonly Case[] = [
  spoken('stop-sequence', { turns: say('one STOP two'), stop: ['STOP'] }, { isAnswer: true, not: ['responses'] }),
  spoken('length', { turns: say('long 100'), maxTokens: 5 }, { isAnswer: true }),
  spoken('refusal', { turns: say('do harm') }, { isAnswer: true, turn: { text: 'I will not.', stop: 'refusal' } }),
  spoken('cached-usage', { turns: say('cached please'), cacheMark: true }, { isAnswer: true }),
];

const captured: readonly Case[] = [
  writtenOut('codex-namespaces', { responses: codex(6) }),
  writtenOut('codex-code-mode', { responses: codex(9) }),
  writtenOut('claude-code', { anthropic: claudeCode(8) }),
];

export const cases: readonly Case[] = [...prompts, ...tools, ...results, ...settings, ...endings, ...captured];
