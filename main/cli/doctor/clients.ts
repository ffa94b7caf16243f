/** What clients do when they start, and where they take address and key from: replayed by `sluice doctor --client`. */
import type { Question } from './port.ts';

export interface Step extends Question {
  /** What the client does here. */
  readonly name: string;
  /** Statuses that are right with a key. */
  readonly withKey: readonly number[];
  /** Statuses that are right without: a clean refusal, where a key is needed. */
  readonly withoutKey: readonly number[];
}

export interface ClientFacts {
  readonly id: string;
  /** Environment variables that hold the address, the stronger first. */
  readonly baseVariables: readonly string[];
  /** The same for the key. */
  readonly keyVariables: readonly string[];
  /** What the address must look like, after the gateway's own. */
  readonly basePath: '' | '/v1';
  readonly header: (key: string) => Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
/** https://docs.anthropic.com/en/api/versioning */
const anthropicVersion = { 'anthropic-version': '2023-06-01' };
const needsKey = { withKey: [200], withoutKey: [401] };
const noKeyNeeded = { withKey: [200], withoutKey: [200] };
const message = [{ role: 'user', content: 'hello' }];

const anthropicSteps: readonly Step[] = [
  { name: 'lists models', method: 'GET', path: '/v1/models?limit=1000', headers: anthropicVersion, ...needsKey },
  {
    name: 'sends a message',
    method: 'POST',
    path: '/v1/messages?beta=true',
    headers: anthropicVersion,
    body: JSON.stringify({ model: 'demo/echo', max_tokens: 16, messages: message }),
    ...needsKey,
  },
];

const openaiSteps: readonly Step[] = [
  { name: 'lists models', method: 'GET', path: '/v1/models', ...needsKey },
  {
    name: 'sends a chat',
    method: 'POST',
    path: '/v1/chat/completions',
    body: JSON.stringify({ model: 'demo/echo', messages: message }),
    ...needsKey,
  },
];

export const clients: readonly ClientFacts[] = [
  {
    id: 'claude-code',
    baseVariables: ['ANTHROPIC_BASE_URL'],
    keyVariables: ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY'],
    basePath: '',
    header: bearer,
    steps: [{ name: 'looks whether anyone is there', method: 'HEAD', path: '/', ...noKeyNeeded }, ...anthropicSteps],
  },
  {
    id: 'codex',
    baseVariables: ['OPENAI_BASE_URL'],
    keyVariables: ['OPENAI_API_KEY'],
    basePath: '/v1',
    header: bearer,
    steps: [
      {
        // Answered at once, it goes on over HTTP; left open, it waits for its own timeout.
        name: 'tries a WebSocket',
        method: 'GET',
        path: '/v1/responses',
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'c2x1aWNlLWRvY3Rvci1rZXk=',
        },
        withKey: [400, 404, 405, 426, 501],
        withoutKey: [400, 401, 404, 405, 426, 501],
      },
      { name: 'lists models', method: 'GET', path: '/v1/models', ...needsKey },
      {
        name: 'asks for a response',
        method: 'POST',
        path: '/v1/responses',
        body: JSON.stringify({ model: 'demo/echo', input: 'hello', store: false }),
        ...needsKey,
      },
    ],
  },
  {
    id: 'gemini-cli',
    baseVariables: ['GOOGLE_GEMINI_BASE_URL'],
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    basePath: '',
    header: (key) => ({ 'x-goog-api-key': key }),
    steps: [{ name: 'lists models', method: 'GET', path: '/v1beta/models', ...needsKey }],
  },
  {
    id: 'openai-sdk',
    baseVariables: ['OPENAI_BASE_URL'],
    keyVariables: ['OPENAI_API_KEY'],
    basePath: '/v1',
    header: bearer,
    steps: openaiSteps,
  },
  {
    id: 'anthropic-sdk',
    baseVariables: ['ANTHROPIC_BASE_URL'],
    keyVariables: ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY'],
    basePath: '',
    header: (key) => ({ 'x-api-key': key }),
    steps: anthropicSteps,
  },
];
