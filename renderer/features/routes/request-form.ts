/** The small form of "Try a request", and the request it stands for. */
import type { CallInput } from '../../../shared/contract/contract.ts';

export const trySurfaces = ['chat', 'messages', 'responses', 'embeddings'] as const;
export type TrySurface = (typeof trySurfaces)[number];

export interface RequestForm {
  readonly surface: TrySurface;
  readonly model: string;
  readonly text: string;
  readonly tools: boolean;
  readonly image: boolean;
  readonly schema: boolean;
  readonly stream: boolean;
  /** At least so many tokens of input; empty: what the text makes. */
  readonly tokens: string;
  /** Id of a virtual key; empty: none. */
  readonly key: string;
  readonly client: string;
}

export const emptyForm: RequestForm = {
  ...{ surface: 'chat', model: 'auto', text: '', tools: false, image: false, schema: false, stream: true },
  ...{ tokens: '', key: '', client: '' },
};

/** More than any model reads; what it makes must stay below the limit of a call. */
export const maxTokens = 2_000_000;

type Simulated = CallInput<'route.simulate'>;

export function requestOf(form: RequestForm): Simulated {
  return { request: { body: bodyOf(form), path: paths[form.surface] }, ...whoOf(form) };
}

/** The request of a pasted JSON text: a body, or `{path, headers, body}`. Throws a `SyntaxError`. */
export function requestOfJson(json: string, who: Pick<RequestForm, 'key' | 'client'>): Simulated {
  const value = JSON.parse(json) as unknown;
  const whole = typeof value === 'object' && value !== null && 'body' in value ? value : { body: value };
  return { request: whole, ...whoOf(who) };
}

function whoOf({ key, client }: Pick<RequestForm, 'key' | 'client'>): Pick<Simulated, 'key' | 'client'> {
  return { ...(key === '' ? {} : { key }), ...(client.trim() === '' ? {} : { client: client.trim() }) };
}

const paths: Readonly<Record<TrySurface, string>> = {
  chat: '/v1/chat/completions',
  messages: '/v1/messages',
  responses: '/v1/responses',
  embeddings: '/v1/embeddings',
};

/** One pixel. */
const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';
const schema = { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] };
const parameters = { type: 'object', properties: { path: { type: 'string' } } };

export function bodyOf(form: RequestForm): Record<string, unknown> {
  const { surface, stream } = form;
  const model = form.model.trim();
  const text = textOf(form);
  if (surface === 'embeddings') return { model, input: text };
  const base = { model, ...(stream ? { stream } : {}) };
  if (surface === 'messages') return { ...base, max_tokens: 1024, ...messagesPart(form, text) };
  if (surface === 'responses') return { ...base, ...responsesPart(form, text) };
  return { ...base, ...chatPart(form, text) };
}

function chatPart({ tools, image, schema: asks }: RequestForm, text: string): Record<string, unknown> {
  const url = `data:image/png;base64,${picture}`;
  const content = image
    ? [
        { type: 'text', text },
        { type: 'image_url', image_url: { url } },
      ]
    : text;
  return {
    messages: [{ role: 'user', content }],
    ...(tools ? { tools: [{ type: 'function', function: { name: 'read_file', parameters } }] } : {}),
    ...(asks ? { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } } : {}),
  };
}

function messagesPart({ tools, image, schema: asks }: RequestForm, text: string): Record<string, unknown> {
  const source = { type: 'base64', media_type: 'image/png', data: picture };
  const content = image
    ? [
        { type: 'text', text },
        { type: 'image', source },
      ]
    : text;
  return {
    messages: [{ role: 'user', content }],
    ...(tools ? { tools: [{ name: 'read_file', input_schema: parameters }] } : {}),
    ...(asks ? { output_config: { format: { type: 'json_schema', schema } } } : {}),
  };
}

function responsesPart({ tools, image, schema: asks }: RequestForm, text: string): Record<string, unknown> {
  const pictured = { type: 'input_image', image_url: `data:image/png;base64,${picture}` };
  const content = image ? [{ type: 'input_text', text }, pictured] : [{ type: 'input_text', text }];
  return {
    input: [{ role: 'user', content }],
    ...(tools ? { tools: [{ type: 'function', name: 'read_file', parameters }] } : {}),
    ...(asks ? { text: { format: { type: 'json_schema', name: 'answer', schema } } } : {}),
  };
}

/** The text, with words behind it until it is as long as was asked for. */
function textOf({ text, tokens }: RequestForm): string {
  const wanted = Math.min(Number.parseInt(tokens, 10) || 0, maxTokens);
  const own = text === '' ? 'Hello' : text;
  // A short word with its blank is one token for every tokenizer in use.
  const missing = wanted - Math.ceil(own.length / 4);
  return missing > 0 ? `${own}${' word'.repeat(missing)}` : own;
}
