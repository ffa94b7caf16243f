// The cases of the matrix: what is said, by which clients it can be said, and what the target is made to answer.
import { readFileSync } from 'node:fs';
import type { PlannedTurn } from '../fakes/fake.ts';
import { clientNames, write, type Body, type ClientName, type Conversation, type Tool } from './conversation.ts';

export interface Case {
  readonly name: string;
  readonly clients: readonly ClientName[];
  readonly body: (client: ClientName) => Body;
  /** Planned answer of the target; otherwise it decides by the text. */
  readonly turn?: PlannedTurn;
  /** The answer is played back with this as the result of each call in it. */
  readonly then?: string;
}

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const pdf = Buffer.from('%PDF-1.4\n%%EOF\n').toString('base64');

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

const name64 = `mcp__${'n'.repeat(59)}`;
const name100 = `mcp__server__${'long_'.repeat(17)}xy`;

function spoken(name: string, conversation: Conversation, more: Partial<Omit<Case, 'name' | 'body'>> = {}): Case {
  return { name, clients: clientNames, body: (client) => write[client](conversation), ...more };
}

const called = { assistant: '', calls: [{ id: 'call_1', name: 'get_weather', args: { city: 'Paris' } }] };

/** A captured request of Codex, its strings cut short as in the fixture. */
function codex(line: number): Body {
  const text =
    readFileSync(new URL('../fixtures/clients/codex.jsonl', import.meta.url), 'utf8').split('\n')[line - 1] ?? '';
  const { body } = JSON.parse(text) as { body: Body };
  const { model: _model, stream: _stream, ...rest } = body;
  return rest;
}

const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: /.+/' };

const customTools: Readonly<Partial<Record<ClientName, Body>>> = {
  chat: {
    messages: [{ role: 'user', content: 'call run_py print(1) # ü "q"' }],
    tools: [
      {
        type: 'custom',
        custom: {
          name: 'run_py',
          description: 'Runs Python',
          format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: /.+/' } },
        },
      },
    ],
  },
  responses: {
    store: false,
    input: 'call #1 print(1) # ü "q"\ncall #2 {"id":"a"}\ncall #3 {"id":"b"}',
    tools: [
      { type: 'custom', name: 'run_py', description: 'Runs Python', format: grammar },
      {
        type: 'namespace',
        name: 'agents',
        description: 'Other agents',
        tools: [
          {
            type: 'function',
            name: 'close',
            description: 'Closes one',
            parameters: { type: 'object', properties: { id: { type: 'string' } } },
          },
        ],
      },
      {
        type: 'namespace',
        name: 'files',
        description: 'Open files',
        tools: [
          {
            type: 'function',
            name: 'close',
            description: 'Closes one',
            parameters: { type: 'object', properties: { id: { type: 'string' } } },
          },
        ],
      },
    ],
  },
};

export const cases: readonly Case[] = [
  spoken('text', { system: 'Be brief.', turns: say('hello'), temperature: 1 }),
  spoken('unicode', { turns: say('héllo 世界 👩‍💻 "q" \\ \u2028 end') }),
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
  spoken('image', { turns: [{ user: [{ text: 'what is it?' }, { image: pixel }] }] }),
  spoken('document', { turns: [{ user: [{ pdf, name: 'the bill (1).pdf' }, { text: 'what is it?' }] }] }),
  spoken(
    'parallel-calls',
    { turns: say('call get_weather {"city":"Zürich"}\ncall get_weather {"city":"東京"}'), tools: [weather] },
    { then: 'sunny' },
  ),
  spoken('empty-arguments', { turns: say('call ping'), tools: [{ name: 'ping' }] }, { then: 'pong' }),
  spoken('rich-schema', {
    turns: say('call forecast {"city":"Oslo","days":2}'),
    tools: [{ name: 'forecast', description: 'd', schema: rich }],
  }),
  spoken('forced-tool', { turns: say('hello'), tools: [weather, { name: 'ping' }], force: 'get_weather' }),
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
    { then: 'ok' },
  ),
  // Gemini itself refuses a second tool of one name.
  spoken(
    'same-name-twice',
    { turns: say('call #1 {"city":"X"}'), tools: [weather, { ...weather, description: 'The same again' }] },
    { clients: ['chat', 'responses', 'anthropic'] },
  ),
  { name: 'custom-tools', clients: ['chat', 'responses'], body: (client) => customTools[client] ?? {}, then: 'done' },
  { name: 'codex-namespaces', clients: ['responses'], body: () => codex(6) },
  { name: 'codex-code-mode', clients: ['responses'], body: () => codex(9) },
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
    { clients: ['responses', 'anthropic', 'gemini'] },
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
    { clients: ['anthropic', 'gemini'] },
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
  spoken('json-schema', { turns: say('Paris'), schema: answerSchema }),
  spoken(
    'reasoning',
    { turns: say('think, then call get_weather {"city":"X"}'), tools: [weather], reasoning: true, maxTokens: 4000 },
    { then: 'sunny' },
  ),
  spoken('stop-sequence', { turns: say('one STOP two'), stop: ['STOP'] }, { clients: ['chat', 'anthropic', 'gemini'] }),
  spoken('length', { turns: say('long 100'), maxTokens: 5 }),
  spoken('refusal', { turns: say('do harm') }, { turn: { text: 'I will not.', stop: 'refusal' } }),
  spoken('cached-usage', { turns: say('cached please'), cacheMark: true }),
];
