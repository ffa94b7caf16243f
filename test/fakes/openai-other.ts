// Simulates OpenAI's smaller endpoints: completions, embeddings, moderations, images, audio, and the model list.

import { jsonReply, sseReply, type DialectContext, type Incoming, type Reply } from './core.ts';
import { dict, list, text, type Dict } from './json.ts';
import { parseMultipart, type FormPart } from './multipart.ts';
import { chatUsage, CREATED } from './openai-chat.ts';
import { openaiError, openaiIssue, requireJson, requireModel, type UnknownFields } from './openai-errors.ts';
import { decide, tokens, type PlannedTurn } from './script.ts';
import { any, arr, bool, check, either, int, map, nul, num, obj, oneOf, req, str, type Spec } from './shape.ts';
import { sseFrame } from './wire.ts';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Ids every simulated account lists. */
export const LISTED_MODELS = ['gpt-5.2', 'gpt-4.1-mini', 'text-embedding-3-small'];

const tokenInput = (): Spec => either(str({ minLength: 1 }), arr(any(), { minItems: 1, maxItems: 2048 }));

const completionBody = (): Spec =>
  obj({
    model: str(),
    prompt: req(nul(either(str(), arr(any())))),
    best_of: nul(int(1, 20)),
    echo: nul(bool()),
    frequency_penalty: nul(num(-2, 2)),
    logit_bias: nul(map(num())),
    logprobs: nul(int(0, 5)),
    max_tokens: nul(int(0)),
    n: nul(int(1, 128)),
    presence_penalty: nul(num(-2, 2)),
    seed: nul(int()),
    stop: nul(either(str(), arr(str(), { maxItems: 4 }))),
    stream: nul(bool()),
    stream_options: nul(obj({ include_usage: bool(), include_obfuscation: bool() })),
    suffix: nul(str()),
    temperature: nul(num(0, 2)),
    top_p: nul(num(0, 1)),
    user: str(),
  });
const embeddingBody = (): Spec =>
  obj({
    model: str(),
    input: req(tokenInput()),
    dimensions: int(1),
    encoding_format: oneOf('float', 'base64'),
    user: str(),
  });
const moderationBody = (): Spec => obj({ model: str(), input: req(either(str(), arr(any(), { minItems: 1 }))) });
const imageBody = (): Spec =>
  obj({
    model: str(),
    prompt: req(str({ maxLength: 32_000 })),
    background: nul(oneOf('transparent', 'opaque', 'auto')),
    moderation: nul(oneOf('low', 'auto')),
    n: nul(int(1, 10)),
    output_compression: nul(int(0, 100)),
    output_format: nul(oneOf('png', 'jpeg', 'webp')),
    partial_images: nul(int(0, 3)),
    quality: nul(str()),
    response_format: nul(oneOf('url', 'b64_json')),
    size: nul(str()),
    stream: nul(bool()),
    style: nul(oneOf('vivid', 'natural')),
    user: str(),
  });
const speechBody = (): Spec =>
  obj({
    model: str(),
    input: req(str({ maxLength: 4096 })),
    voice: req(any()),
    instructions: str(),
    response_format: oneOf('mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'),
    speed: num(0.25, 4),
    stream_format: oneOf('sse', 'audio'),
  });

type Answer = (
  request: Incoming,
  context: DialectContext,
  unknownFields: UnknownFields,
  planned: PlannedTurn | undefined,
) => Reply;

function parsed(request: Incoming, context: DialectContext, spec: Spec, unknownFields: UnknownFields): Dict {
  const body = requireJson(request);
  const issue = check(body, spec);
  if (issue !== undefined) throw openaiIssue(issue, unknownFields);
  requireModel(text(body.model), context);
  return body;
}

const completions: Answer = (request, context, unknownFields, planned) => {
  const body = parsed(request, context, completionBody(), unknownFields);
  const prompt = Array.isArray(body.prompt) ? body.prompt.map(String).join('') : text(body.prompt);
  const turn = decide(
    {
      texts: [prompt],
      lastUserText: prompt,
      toolResults: undefined,
      tools: [],
      choice: 'none',
      thinking: 'never',
      maxTokens: (body.max_tokens ?? undefined) as number | undefined,
      stopSequences: typeof body.stop === 'string' ? [body.stop] : list(body.stop).map(text),
    },
    planned,
  );
  const head = { id: context.mint.id('cmpl-', 29), object: 'text_completion', created: CREATED, model: body.model };
  const finish = turn.stop === 'length' ? 'length' : 'stop';
  const usage = chatUsage(turn.usage);
  if (body.stream !== true)
    return jsonReply({
      ...head,
      choices: [{ text: turn.text.join(''), index: 0, logprobs: null, finish_reason: finish }],
      usage,
    });
  const frames = turn.text.map((piece) =>
    sseFrame({ ...head, choices: [{ text: piece, index: 0, logprobs: null, finish_reason: null }] }),
  );
  frames.push(sseFrame({ ...head, choices: [{ text: '', index: 0, logprobs: null, finish_reason: finish }] }));
  if (dict(body.stream_options).include_usage === true) frames.push(sseFrame({ ...head, choices: [], usage }));
  return sseReply([...frames, sseFrame('[DONE]')]);
};

const embeddings: Answer = (request, context, unknownFields) => {
  const body = parsed(request, context, embeddingBody(), unknownFields);
  const inputs = typeof body.input === 'string' ? [body.input] : list(body.input);
  const many = typeof inputs[0] === 'number' ? [inputs] : inputs;
  if (many.some((one) => one === ''))
    throw openaiError(
      400,
      "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
    );
  const size = typeof body.dimensions === 'number' ? body.dimensions : 8;
  const data = many.map((one, index) => {
    const vector = embed(typeof one === 'string' ? one : JSON.stringify(one), size);
    const bytes = Buffer.from(new Float32Array(vector).buffer);
    return {
      object: 'embedding',
      index,
      embedding: body.encoding_format === 'base64' ? bytes.toString('base64') : vector,
    };
  });
  const used = many.reduce<number>((sum, one) => sum + (Array.isArray(one) ? one.length : tokens(String(one))), 0);
  return jsonReply({ object: 'list', data, model: body.model, usage: { prompt_tokens: used, total_tokens: used } });
};

/** A unit vector that depends on the text only, exact in 32-bit floats. */
export function embed(source: string, size: number): number[] {
  const bytes = Buffer.from(source);
  const raw = Array.from(
    { length: size },
    (_, index) => (((bytes[index % Math.max(bytes.length, 1)] ?? 7) + index * 13) % 29) - 14,
  );
  const norm = Math.hypot(...raw) || 1;
  return raw.map((one) => Math.fround(one / norm));
}

const moderations: Answer = (request, context, unknownFields) => {
  const body = parsed(
    { ...request, json: { model: 'omni-moderation-latest', ...dict(request.json) } },
    context,
    moderationBody(),
    unknownFields,
  );
  const inputs = typeof body.input === 'string' ? [body.input] : list(body.input);
  const results = inputs.map((one) => {
    const flagged = JSON.stringify(one).includes('violence');
    return {
      flagged,
      categories: { violence: flagged, hate: false },
      category_scores: { violence: flagged ? 0.9 : 0.01, hate: 0.01 },
      category_applied_input_types: { violence: ['text'], hate: ['text'] },
    };
  });
  return jsonReply({ id: context.mint.id('modr-', 32), model: body.model, results });
};

const images: Answer = (request, context, unknownFields) => {
  const body = parsed(
    { ...request, json: { model: 'gpt-image-1', ...dict(request.json) } },
    context,
    imageBody(),
    unknownFields,
  );
  if (/^gpt-image/.test(text(body.model)) && body.response_format !== undefined) {
    throw openaiError(400, "Unknown parameter: 'response_format'.", {
      param: 'response_format',
      code: 'unknown_parameter',
    });
  }
  const asUrl =
    body.response_format === 'url' || (/^dall-e/.test(text(body.model)) && body.response_format !== 'b64_json');
  const count = typeof body.n === 'number' ? body.n : 1;
  return imageReply(text(body.prompt), count, asUrl, body.stream === true);
};

function imageReply(prompt: string, count: number, asUrl: boolean, streamed: boolean): Reply {
  const input = tokens(prompt);
  const usage = {
    total_tokens: input + 100,
    input_tokens: input,
    output_tokens: 100,
    input_tokens_details: { text_tokens: input, image_tokens: 0 },
  };
  if (streamed)
    return sseReply([
      sseFrame(
        { type: 'image_generation.completed', b64_json: PNG, created_at: CREATED, usage },
        'image_generation.completed',
      ),
    ]);
  const one = asUrl ? { url: 'https://images.example/one.png' } : { b64_json: PNG };
  return jsonReply({ created: CREATED, data: Array.from({ length: count }, () => one), usage });
}

function form(request: Incoming, context: DialectContext): Map<string, FormPart[]> {
  const parts = parseMultipart(request.headers['content-type'] ?? '', request.body);
  if (parts === undefined) {
    throw openaiError(400, "Invalid Content-Type header or body: expected 'multipart/form-data' with a boundary.", {
      code: 'invalid_multipart_form_data',
    });
  }
  const fields = new Map<string, FormPart[]>();
  for (const part of parts) fields.set(part.name, [...(fields.get(part.name) ?? []), part]);
  requireModel(fields.get('model')?.[0]?.data.toString('utf8') ?? '', context);
  return fields;
}

function knownFields(fields: Map<string, FormPart[]>, names: readonly string[], required: readonly string[]): void {
  const missing = required.find((name) => !fields.has(name) && !fields.has(`${name}[]`));
  if (missing !== undefined)
    throw openaiError(400, `Missing required parameter: '${missing}'.`, {
      param: missing,
      code: 'missing_required_parameter',
    });
  const unknown = [...fields.keys()].find((name) => !names.includes(name.replace(/\[.*\]$/, '')));
  if (unknown !== undefined)
    throw openaiError(400, `Unknown parameter: '${unknown}'.`, { param: unknown, code: 'unknown_parameter' });
}

const IMAGE_EDIT_FIELDS = [
  'model',
  'image',
  'prompt',
  'mask',
  'n',
  'size',
  'quality',
  'background',
  'input_fidelity',
  'output_format',
  'output_compression',
  'partial_images',
  'response_format',
  'stream',
  'user',
];

const imageEdits: Answer = (request, context) => {
  const fields = form(request, context);
  knownFields(fields, IMAGE_EDIT_FIELDS, ['image', 'prompt']);
  const files = [...(fields.get('image') ?? []), ...(fields.get('image[]') ?? [])];
  if (files.some((part) => part.filename === undefined || part.data.length === 0))
    throw openaiError(400, "Invalid type for 'image': expected a file, but got a string instead.", {
      param: 'image',
      code: 'invalid_type',
    });
  return imageReply(fields.get('prompt')?.[0]?.data.toString('utf8') ?? '', 1, false, false);
};

const AUDIO_TYPES: Record<string, string> = {
  mp3: 'audio/mpeg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
};

const speech: Answer = (request, context, unknownFields) => {
  const body = parsed(request, context, speechBody(), unknownFields);
  // Bytes that are no text in any encoding, so that a proxy which decodes them is found out.
  const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 37 + text(body.input).length) % 256));
  const type = AUDIO_TYPES[text(body.response_format) || 'mp3'] ?? 'audio/mpeg';
  return {
    status: 200,
    headers: { 'content-type': type },
    frames: [bytes.subarray(0, 200), bytes.subarray(200)],
    streamed: false,
  };
};

const TRANSCRIPTION_FIELDS = [
  'model',
  'file',
  'language',
  'prompt',
  'response_format',
  'temperature',
  'timestamp_granularities',
  'chunking_strategy',
  'include',
  'stream',
  'known_speaker_names',
  'known_speaker_references',
];

const transcriptions: Answer = (request, context) => {
  const fields = form(request, context);
  knownFields(fields, TRANSCRIPTION_FIELDS, ['file']);
  const file = fields.get('file')?.[0];
  if (file?.filename === undefined)
    throw openaiError(400, "Invalid type for 'file': expected a file, but got a string instead.", {
      param: 'file',
      code: 'invalid_type',
    });
  const value = (name: string): string => fields.get(name)?.[0]?.data.toString('utf8') ?? '';
  const said = `transcribed ${file.data.length} bytes`;
  const format = value('response_format') || 'json';
  if (value('stream') === 'true') {
    const usage = { type: 'tokens', input_tokens: 10, output_tokens: tokens(said), total_tokens: 10 + tokens(said) };
    return sseReply([
      sseFrame({ type: 'transcript.text.delta', delta: said }, 'transcript.text.delta'),
      sseFrame({ type: 'transcript.text.done', text: said, usage }, 'transcript.text.done'),
    ]);
  }
  if (format === 'text')
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      frames: [Buffer.from(`${said}\n`)],
      streamed: false,
    };
  return jsonReply({
    text: said,
    usage: { type: 'tokens', input_tokens: 10, output_tokens: tokens(said), total_tokens: 10 + tokens(said) },
  });
};

/** POST endpoints by path below `/v1`. */
export const OTHER_ENDPOINTS: Record<string, Answer> = {
  '/completions': completions,
  '/embeddings': embeddings,
  '/moderations': moderations,
  '/images/generations': images,
  '/images/edits': imageEdits,
  '/audio/speech': speech,
  '/audio/transcriptions': transcriptions,
};

const modelOf = (id: string): Dict => ({ id, object: 'model', created: CREATED, owned_by: 'simulated' });

/** GET /v1/models and /v1/models/{id}. */
export function answerModels(path: string, context: DialectContext): Reply {
  const ids = context.models ?? LISTED_MODELS;
  if (path === '/models') return jsonReply({ object: 'list', data: ids.map(modelOf) });
  const id = decodeURIComponent(path.slice('/models/'.length));
  if (!ids.includes(id))
    throw openaiError(404, `The model '${id}' does not exist`, { param: 'model', code: 'model_not_found' });
  return jsonReply(modelOf(id));
}
