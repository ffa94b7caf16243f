/** A recorded request as code that sends it again. In place of a key stands the variable `SLUICE_KEY`. */
import { pathOf, type NamedSurface } from '../../../shared/domain/request-shape.ts';

export const codeKinds = ['curl', 'openai-js', 'openai-python', 'anthropic-js', 'anthropic-python'] as const;
export type CodeKind = (typeof codeKinds)[number];

export interface RecordedRequest {
  readonly surface: string;
  readonly model: string | null;
  /** As it was recorded. */
  readonly body: string;
  /** `http://127.0.0.1:4790`, with or without a path of its own. */
  readonly gatewayUrl: string;
}

/** Names of the surfaces of an exchange whose path is that of a surface that conditions name. */
const named: Readonly<Record<string, NamedSurface>> = {
  ...Object.fromEntries(
    (
      [
        'chat',
        'responses',
        'messages',
        'completions',
        'embeddings',
        'moderations',
        'images',
        'audio',
        'rerank',
      ] as const
    ).map((name) => [name, name]),
  ),
  messages_count_tokens: 'count_tokens',
};
const otherPaths: Readonly<Record<string, string>> = {
  responses_compact: '/v1/responses/compact',
  ollama_chat: '/api/chat',
  ollama_generate: '/api/generate',
};
const geminiMethods: Readonly<Record<string, string>> = {
  gemini_generate: 'generateContent',
  gemini_stream: 'streamGenerateContent?alt=sse',
  gemini_count_tokens: 'countTokens',
  gemini_embed: 'embedContent',
};

/** How each SDK names the call. */
const openAiCalls: Readonly<Record<string, string>> = {
  chat: 'chat.completions.create',
  responses: 'responses.create',
  completions: 'completions.create',
  embeddings: 'embeddings.create',
  moderations: 'moderations.create',
};
const anthropicCalls: Readonly<Record<string, string>> = {
  messages: 'messages.create',
  messages_count_tokens: 'messages.countTokens',
};

/** The path a request of this surface is sent to; `undefined` where it cannot be told. */
export function pathFor(surface: string, model: string | null): string | undefined {
  const method = geminiMethods[surface];
  if (method !== undefined)
    return pathOf('gemini', { model: model ?? undefined })?.replace(/:generateContent$/, () => `:${method}`);
  const name = named[surface];
  return name === undefined ? otherPaths[surface] : pathOf(name, {});
}

/** What a request of this surface can be written as. */
export function kindsFor(surface: string): readonly CodeKind[] {
  return codeKinds.filter((kind) => {
    if (kind === 'curl') return true;
    return (kind.startsWith('openai') ? openAiCalls : anthropicCalls)[surface] !== undefined;
  });
}

/** `undefined` where this request cannot be written so. */
export function codeFor(kind: CodeKind, request: RecordedRequest): string | undefined {
  if (kind === 'curl') return curlFor(request);
  const body = objectOf(request.body);
  const call = (kind.startsWith('openai') ? openAiCalls : anthropicCalls)[request.surface];
  if (body === undefined || call === undefined) return undefined;
  const base = new URL(request.gatewayUrl).origin;
  const url = kind.startsWith('openai') ? `${base}/v1` : base;
  return kind.endsWith('-js')
    ? javaScriptFor(kind === 'openai-js' ? 'openai' : 'anthropic', { url, call, body })
    : pythonFor(kind === 'openai-python' ? 'openai' : 'anthropic', { url, call, body });
}

function curlFor({ surface, model, body, gatewayUrl }: RecordedRequest): string | undefined {
  const path = pathFor(surface, model);
  if (path === undefined) return undefined;
  const isAnthropic = surface.startsWith('messages');
  const lines = [
    `curl ${shellQuoted(new URL(gatewayUrl).origin + path)}`,
    // In double quotes: the shell puts the key in.
    `-H "${isAnthropic ? 'x-api-key: ' : 'authorization: Bearer '}$SLUICE_KEY"`,
    `-H 'content-type: application/json'`,
    ...(isAnthropic ? [`-H 'anthropic-version: 2023-06-01'`] : []),
    // Raw: a body that begins with @ is no name of a file.
    `--data-raw ${shellQuoted(body)}`,
  ];
  return lines.join(' \\\n  ');
}

/** One word for a POSIX shell: nothing in it means anything. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

interface SdkCall {
  readonly url: string;
  readonly call: string;
  readonly body: Readonly<Record<string, unknown>>;
}

function javaScriptFor(sdk: 'openai' | 'anthropic', { url, call, body }: SdkCall): string {
  const name = sdk === 'openai' ? 'OpenAI' : 'Anthropic';
  const stream = body['stream'] === true;
  return [
    `import ${name} from '${sdk === 'openai' ? 'openai' : '@anthropic-ai/sdk'}';`,
    '',
    `const client = new ${name}({ baseURL: ${JSON.stringify(url)}, apiKey: process.env.SLUICE_KEY });`,
    '',
    `const answer = await client.${call}(${JSON.stringify(body, null, 2)});`,
    stream ? 'for await (const event of answer) console.log(event);' : 'console.log(answer);',
    '',
  ].join('\n');
}

function pythonFor(sdk: 'openai' | 'anthropic', { url, call, body }: SdkCall): string {
  const name = sdk === 'openai' ? 'OpenAI' : 'Anthropic';
  const python = call.replace('countTokens', 'count_tokens');
  return [
    'import os',
    '',
    `from ${sdk} import ${name}`,
    '',
    `client = ${name}(base_url=${JSON.stringify(url)}, api_key=os.environ["SLUICE_KEY"])`,
    '',
    `answer = client.${python}(`,
    `    **${pythonLiteral(body, 4)}`,
    ')',
    ...(body['stream'] === true ? ['for event in answer:', '    print(event)'] : ['print(answer)']),
    '',
  ].join('\n');
}

/** A value of JSON as Python writes it. Its strings are those of JSON: every escape of JSON is one of Python. */
export function pythonLiteral(value: unknown, indent = 0): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = ' '.repeat(indent + 4);
  const lines = Array.isArray(value)
    ? value.map((one: unknown) => `${inner}${pythonLiteral(one, indent + 4)},`)
    : Object.entries(value).map(([key, one]) => `${inner}${JSON.stringify(key)}: ${pythonLiteral(one, indent + 4)},`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return lines.length === 0 ? open + close : `${open}\n${lines.join('\n')}\n${' '.repeat(indent)}${close}`;
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
