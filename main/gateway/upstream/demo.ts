/** The built-in demo provider: a deterministic upstream inside the process that speaks OpenAI Chat Completions. No network, no cost. */
import { createHash } from 'node:crypto';
import { internalBug } from '../../../shared/errors/gateway-error.ts';
import { asArray, asObject, asString, isObject } from '../dialects/dialect.ts';
import type { Json, JsonObject } from '../dialects/canonical.ts';
import { answerSurface, completionOf, excessOf, promptOf, tokensOf } from './demo-surfaces.ts';
import type { UpstreamCall, UpstreamClient, UpstreamHandler, UpstreamRequest } from './client.ts';

/** Origin that leads here instead of to a socket. */
export const demoOrigin = 'https://demo.sluice.internal';

export const demoModels = ['echo', 'slow', 'flaky', 'error-429', 'error-500', 'error-503'] as const;

/** `demo/slow` waits this long before its first piece and between pieces: long enough to watch, short enough to bear. */
const slowMs = 300;
const pieceCharacters = 5;
/** As many as OpenAI takes; each is looked for in the whole text. */
const maxTools = 128;

const jsonHead = { 'content-type': 'application/json', 'x-demo': 'sluice' };
const streamHead = { 'content-type': 'text/event-stream', 'x-demo': 'sluice' };

/** Sends requests for the demo origin to the demo, all others to `real`. */
export function withDemo(real: UpstreamClient): UpstreamClient {
  let flakyCalls = 0;
  return {
    send(request, handler) {
      if (request.origin !== demoOrigin) return real.send(request, handler);
      const call = new DemoCall(handler);
      const body = parse(request.body);
      const model = asString(body['model']) ?? 'echo';
      if (model === 'flaky') flakyCalls++;
      call.later(0, () => {
        answer(call, request, body, model, flakyCalls);
      });
      return call;
    },
    dropConnections: (ends) => {
      real.dropConnections(ends);
    },
    close: () => real.close(),
  };
}

class DemoCall implements UpstreamCall {
  readonly handler: UpstreamHandler;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #paused: (() => void) | undefined;
  #isPaused = false;
  #over = false;

  constructor(handler: UpstreamHandler) {
    this.handler = handler;
  }

  get isOver(): boolean {
    return this.#over;
  }

  later(ms: number, next: () => void): void {
    const run = (): void => {
      if (this.#over) return;
      if (this.#isPaused) this.#paused = next;
      else this.#attempt(next);
    };
    if (ms === 0) this.#immediate = setImmediate(run);
    else this.#timer = setTimeout(run, ms);
  }

  /** Nobody stands above a timer: what is thrown there would end the process. */
  #attempt(next: () => void): void {
    try {
      next();
    } catch (cause) {
      if (this.#over) return;
      this.abort();
      this.handler.onError(internalBug('playing the demo provider', cause));
    }
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    const next = this.#paused;
    this.#paused = undefined;
    if (next !== undefined) this.later(0, next);
  }

  abort(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    if (this.#immediate !== undefined) clearImmediate(this.#immediate);
  }
}

function parse(body: Buffer | undefined): JsonObject {
  if (body === undefined || body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? value : {};
  } catch {
    // Multipart bodies of passed-on surfaces: the demo knows nothing about them.
    return {};
  }
}

function answer(call: DemoCall, request: UpstreamRequest, body: JsonObject, model: string, flakyCalls: number): void {
  if (call.isOver) return;
  const failing = /^error-(\d{3})$/.exec(model);
  const status = failing !== null ? Number(failing[1]) : model === 'flaky' && flakyCalls % 2 === 1 ? 503 : 200;
  if (status !== 200) {
    const message = `The demo model "demo/${model}" fails on purpose with ${String(status)}.`;
    plain(call, status >= 400 && status <= 599 ? status : 500, {
      error: { message, type: 'demo_error', code: `demo_${String(status)}` },
    });
    return;
  }
  const path = request.path.split('?')[0] ?? '';
  if (path.endsWith('/chat/completions')) chat(call, body, model);
  else if (path.endsWith('/completions') && body['stream'] === true) streamCompletion(call, body, model);
  else {
    const excess = excessOf(body);
    if (excess !== undefined) {
      plain(call, 400, { error: { message: excess, type: 'invalid_request_error', code: 'demo_too_much' } });
      return;
    }
    const made = answerSurface(path, body, model);
    const message = `The demo provider has no answer for ${path}.`;
    plain(
      call,
      made === undefined ? 404 : 200,
      made ?? { error: { message, type: 'invalid_request_error', code: 'demo_unsupported' } },
    );
  }
}

function plain(call: DemoCall, status: number, body: JsonObject): void {
  call.handler.onHead(status, jsonHead);
  call.handler.onData(Buffer.from(JSON.stringify(body)));
  call.handler.onEnd();
}

interface DemoAnswer {
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly input: string }[];
}

function chat(call: DemoCall, body: JsonObject, model: string): void {
  const made = compose(body);
  const id = `chatcmpl-demo-${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16)}`;
  const usage = usageOf(body, made);
  const finish = made.calls.length > 0 ? 'tool_calls' : 'stop';
  const toolCalls = made.calls.map((one, index) => ({
    id: `call_demo_${id.slice(-8)}_${String(index)}`,
    type: 'function',
    function: { name: one.name, arguments: one.input },
  }));
  const base = { id, created: 0, model: `demo/${model}`, system_fingerprint: 'sluice-demo' };
  const waitMs = model === 'slow' ? slowMs : 0;
  if (body['stream'] !== true) {
    const message: JsonObject = {
      role: 'assistant',
      content: made.calls.length > 0 ? null : made.text,
      refusal: null,
      ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
    };
    call.later(waitMs, () => {
      plain(call, 200, {
        ...base,
        object: 'chat.completion',
        choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
        usage,
      });
    });
    return;
  }
  const chunk = (delta: JsonObject, finishReason: string | null): string =>
    `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }] })}\n\n`;
  const withUsage = asObject(body['stream_options'])['include_usage'] === true;
  function* pieces(): Generator<string> {
    yield chunk({ role: 'assistant', content: '' }, null);
    for (const [index, one] of toolCalls.entries()) {
      const { name } = one.function;
      yield chunk({ tool_calls: [{ index, id: one.id, type: 'function', function: { name, arguments: '' } }] }, null);
      for (const part of cut(one.function.arguments))
        yield chunk({ tool_calls: [{ index, function: { arguments: part } }] }, null);
    }
    if (toolCalls.length === 0) for (const part of cut(made.text)) yield chunk({ content: part }, null);
    yield chunk({}, finish);
    if (withUsage)
      yield `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [], usage })}\n\n`;
    yield 'data: [DONE]\n\n';
  }
  call.later(waitMs, () => {
    call.handler.onHead(200, streamHead);
    sendPieces(call, pieces(), waitMs);
  });
}

/** Legacy completions, as a stream. */
function streamCompletion(call: DemoCall, body: JsonObject, model: string): void {
  const answer = completionOf(body, model);
  const chunk = (text: string, finish: string | null): string =>
    `data: ${JSON.stringify({ ...answer, usage: null, choices: [{ index: 0, text, logprobs: null, finish_reason: finish }] })}\n\n`;
  const withUsage = asObject(body['stream_options'])['include_usage'] === true;
  function* pieces(): Generator<string> {
    for (const text of cut(promptOf(body))) yield chunk(text, null);
    yield chunk('', 'stop');
    if (withUsage) yield `data: ${JSON.stringify({ ...answer, choices: [] })}\n\n`;
    yield 'data: [DONE]\n\n';
  }
  call.handler.onHead(200, streamHead);
  sendPieces(call, pieces(), model === 'slow' ? slowMs : 0);
}

/** One after the other as they are made: an echo of a whole book is not in memory as events. */
function sendPieces(call: DemoCall, pieces: Generator<string>, waitMs: number): void {
  if (call.isOver) return;
  const next = pieces.next();
  if (next.done === true) {
    call.handler.onEnd();
    return;
  }
  call.handler.onData(Buffer.from(next.value));
  call.later(waitMs, () => {
    sendPieces(call, pieces, waitMs);
  });
}

/** Pieces by code point, so that no piece ends inside a character. */
function* cut(text: string): Generator<string> {
  let piece = '';
  let points = 0;
  for (const point of text) {
    piece += point;
    if (++points < pieceCharacters) continue;
    yield piece;
    piece = '';
    points = 0;
  }
  if (piece !== '') yield piece;
}

function compose(body: JsonObject): DemoAnswer {
  const messages = asArray(body['messages']).map(asObject);
  const last = messages[messages.length - 1] ?? {};
  if (last['role'] === 'tool') return { text: `The tool said: ${textOf(last['content'])}`, calls: [] };
  const user = messages.findLast((message) => message['role'] === 'user') ?? {};
  const text = lastTextOf(user['content']);
  const calls = body['tool_choice'] === 'none' ? [] : callsFor(text, body);
  if (calls.length > 0) return { text: '', calls };
  const format = asObject(body['response_format']);
  if (format['type'] === 'json_schema') {
    return { text: JSON.stringify(sample(asObject(asObject(format['json_schema'])['schema']), text)), calls: [] };
  }
  if (format['type'] === 'json_object') return { text: JSON.stringify({ echo: text }), calls: [] };
  return { text, calls: [] };
}

/** A declared tool whose name stands in the text, or that must be called, is called; a JSON object behind the name is its input. */
function callsFor(text: string, body: JsonObject): { name: string; input: string }[] {
  const calls: { at: number; name: string; input: string }[] = [];
  const choice = body['tool_choice'];
  const demanded = asString(asObject(asObject(choice)['function'])['name']);
  const definitions = asArray(body['tools'])
    .slice(0, maxTools)
    .map((tool) => asObject(asObject(tool)['function']));
  for (const definition of definitions) {
    const name = asString(definition['name']);
    if (name === undefined || (demanded !== undefined && name !== demanded)) continue;
    const short = name.slice(name.lastIndexOf('__') + (name.includes('__') ? 2 : 0));
    const at = findWord(text, name) ?? findWord(text, short);
    if (at === undefined) continue;
    const given = objectAfter(text, at);
    calls.push({ at, name, input: JSON.stringify(given ?? sample(asObject(definition['parameters']), text)) });
  }
  const forced = demanded ?? (choice === 'required' ? asString(definitions[0]?.['name']) : undefined);
  if (calls.length === 0 && forced !== undefined) {
    const definition = definitions.find((one) => one['name'] === forced);
    return [{ name: forced, input: JSON.stringify(sample(asObject(definition?.['parameters']), text)) }];
  }
  return calls.sort((a, b) => a.at - b.at).map(({ name, input }) => ({ name, input }));
}

function findWord(text: string, word: string): number | undefined {
  if (word.length < 2) return undefined;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + word.length] ?? ' ';
    if (!/[\w-]/.test(before) && !/[\w-]/.test(after)) return at;
  }
  return undefined;
}

/** The first JSON object behind a position, if one starts before the next line break. */
function objectAfter(text: string, at: number): JsonObject | undefined {
  const open = text.indexOf('{', at);
  const lineEnd = text.indexOf('\n', at);
  if (open === -1 || (lineEnd !== -1 && lineEnd < open)) return undefined;
  for (
    let close = text.indexOf('}', open), tries = 0;
    close !== -1 && tries < 50;
    close = text.indexOf('}', close + 1), tries++
  ) {
    try {
      const value: unknown = JSON.parse(text.slice(open, close + 1));
      return isObject(value) ? value : undefined;
    } catch {
      // Not the matching brace yet.
    }
  }
  return undefined;
}

/** A small value that fits a JSON Schema: required properties only. */
function sample(schema: JsonObject, text: string, depth = 0): Json {
  if (schema['const'] !== undefined) return schema['const'];
  const options = asArray(schema['enum']);
  if (options[0] !== undefined) return options[0];
  const any = asArray(schema['anyOf'])[0] ?? asArray(schema['oneOf'])[0];
  if (any !== undefined && depth < 8) return sample(asObject(any), text, depth + 1);
  const type = Array.isArray(schema['type']) ? asString(asArray(schema['type'])[0]) : asString(schema['type']);
  switch (type) {
    case 'string':
      return depth <= 1 ? text.slice(0, 200) : 'demo';
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return depth < 8 && asObject(schema['items'])['type'] !== undefined
        ? [sample(asObject(schema['items']), text, depth + 1)]
        : [];
    default: {
      const properties = asObject(schema['properties']);
      const made: Record<string, Json> = {};
      for (const name of asArray(schema['required'])) {
        if (typeof name === 'string' && depth < 8) made[name] = sample(asObject(properties[name]), text, depth + 1);
      }
      return made;
    }
  }
}

function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  return asArray(content)
    .map((part) => asString(asObject(part)['text']) ?? '')
    .join('');
}

function lastTextOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  const texts = asArray(content)
    .map((part) => asString(asObject(part)['text']))
    .filter((text) => text !== undefined);
  return texts[texts.length - 1] ?? '';
}

function usageOf(body: JsonObject, made: DemoAnswer): JsonObject {
  const prompt = tokensOf(JSON.stringify(body['messages'] ?? ''));
  const completion = tokensOf(made.text + made.calls.map((one) => one.input).join(''));
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}
