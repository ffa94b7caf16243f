/** What clients do when they start, and where they take address and key from: replayed by `sluice doctor --client`. */
import type { Question } from './port.ts';
import { readCodexConfig, readDotEnvironment, readJsonEnvironment, type SettingsFile } from './settings.ts';

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
  /** Its own settings, which win over the environment. */
  readonly settings?: SettingsFile | undefined;
  /** Environment variables that hold the address, the stronger first. */
  readonly baseVariables: readonly string[];
  /** The same for the key. */
  readonly keyVariables: readonly string[];
  /** Where both were looked for, for people. */
  readonly looksIn: string;
  /** What to do so that it comes to this address. */
  readonly setAddress: (address: string) => string;
  /** What to do so that it has a key. */
  readonly setKey: string;
  /** What the address must look like, after the gateway's own. */
  readonly basePath: '' | '/v1';
  readonly header: (key: string) => Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

const keyOfOurs = '<a key of `sluice keys create`>';
const anthropicNames = {
  address: ['ANTHROPIC_BASE_URL'],
  key: ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY'],
};
const geminiNames = { address: ['GOOGLE_GEMINI_BASE_URL'], key: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'] };
const openaiNames = { address: ['OPENAI_BASE_URL'], key: ['OPENAI_API_KEY'] };

/** What follows from the variables a client reads. */
function fromEnvironment(
  { address, key }: { readonly address: readonly string[]; readonly key: readonly string[] },
  file?: string,
): Pick<ClientFacts, 'baseVariables' | 'keyVariables' | 'looksIn' | 'setAddress' | 'setKey'> {
  return {
    baseVariables: address,
    keyVariables: key,
    looksIn: `${[...address, ...key].join(', ')} in ${file === undefined ? '' : `${file} and in `}this terminal`,
    setAddress: (url) => `export ${address[0] ?? ''}=${url}`,
    setKey: `export ${key[0] ?? ''}=${keyOfOurs}`,
  };
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
    settings: {
      folder: '.claude',
      folderVariable: 'CLAUDE_CONFIG_DIR',
      name: 'settings.json',
      read: readJsonEnvironment(anthropicNames),
    },
    ...fromEnvironment(anthropicNames, '~/.claude/settings.json'),
    basePath: '',
    header: bearer,
    steps: [{ name: 'looks whether anyone is there', method: 'HEAD', path: '/', ...noKeyNeeded }, ...anthropicSteps],
  },
  {
    id: 'codex',
    settings: { folder: '.codex', folderVariable: 'CODEX_HOME', name: 'config.toml', read: readCodexConfig },
    baseVariables: [],
    keyVariables: [],
    looksIn: 'the chosen [model_providers.…] and openai_base_url in ~/.codex/config.toml',
    setAddress: (url) =>
      `base_url = "${url}" in the [model_providers.…] that model_provider names: see docs/clients.md`,
    setKey: 'env_key = "SLUICE_KEY" in the same place, and the key in that variable',
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
    settings: { folder: '.gemini', name: '.env', read: readDotEnvironment(geminiNames) },
    ...fromEnvironment(geminiNames, '~/.gemini/.env'),
    basePath: '',
    header: (key) => ({ 'x-goog-api-key': key }),
    steps: [
      { name: 'lists models', method: 'GET', path: '/v1beta/models', ...needsKey },
      {
        name: 'asks for content',
        method: 'POST',
        path: '/v1beta/models/demo/echo:streamGenerateContent?alt=sse',
        body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hello' }] }] }),
        ...needsKey,
      },
    ],
  },
  {
    id: 'openai-sdk',
    ...fromEnvironment(openaiNames),
    basePath: '/v1',
    header: bearer,
    steps: openaiSteps,
  },
  {
    id: 'anthropic-sdk',
    ...fromEnvironment(anthropicNames),
    basePath: '',
    header: (key) => ({ 'x-api-key': key }),
    steps: anthropicSteps,
  },
];
