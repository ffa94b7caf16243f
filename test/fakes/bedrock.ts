// The simulated Bedrock runtime: Converse as JSON, ConverseStream as a binary event stream, behind verified signatures.

import { answerSchema, bedrockError, checkConverse } from './bedrock-rules.ts';
import { jsonReply, type CommonOptions, type Dialect, type DialectContext, type Incoming, type Reply } from './core.ts';
import { encodeEventMessage } from './event-stream.ts';
import { dict, isDict, list, strings, text, type Dict } from './json.ts';
import { thirds } from './openai-chat.ts';
import { decide, type Ask, type PlannedTurn, type Turn, type Usage } from './script.ts';
import { verifySigV4 } from './sigv4.ts';

export type BedrockOptions = CommonOptions & {
  dialect: 'bedrock';
  /** The signing identity; defaults are AWS's documentation examples. `key` is the API key accepted as Bearer. */
  accessKeyId?: string;
  secretAccessKey?: string;
  sessionToken?: string;
  region?: string;
  /** The clock signatures are checked against. */
  now?: () => Date;
};

export const EXAMPLE_CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
};
const LISTED_MODELS = ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'amazon.nova-lite-v1:0'];

/** The dialect of one AWS account in one region. */
export function createBedrock(context: DialectContext, options: BedrockOptions): Dialect {
  const answer = (request: Incoming, planned: PlannedTurn | undefined): Reply => {
    authenticate(request, context, options);
    if (request.method === 'GET' && request.path === '/foundation-models') {
      return jsonReply({
        modelSummaries: (context.models ?? LISTED_MODELS).map((modelId) => ({
          modelId,
          modelName: modelId,
          providerName: modelId.split('.')[0],
          responseStreamingSupported: true,
        })),
      });
    }
    const [, encoded, operation] = /^\/model\/([^/]+)\/(converse|converse-stream)$/.exec(request.path) ?? [];
    if (encoded === undefined || request.method !== 'POST')
      throw bedrockError(
        404,
        'UnknownOperationException',
        'Unable to determine service/operation name to be authorized',
      );
    const modelId = decodeURIComponent(encoded);
    if (context.models !== undefined && !context.models.includes(modelId))
      throw bedrockError(400, 'ValidationException', 'The provided model identifier is invalid.');
    if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
      throw bedrockError(415, 'UnsupportedMediaTypeException', 'Unsupported media type');
    if (!isDict(request.json)) throw bedrockError(400, 'SerializationException', 'Unexpected end of JSON input');
    const body = request.json;
    checkConverse(body, modelId, context.mint);
    const turn = decide(askOf(body), planned);
    const content = contentOf(turn, context);
    const headers = { 'x-amzn-requestid': context.mint.id('', 24) };
    const usage = bedrockUsage(turn.usage);
    if (operation === 'converse') {
      const output = { message: { role: 'assistant', content } };
      const extra = responseFields(body, '/stop_sequence', { stop_sequence: turn.stopSequence ?? null });
      return jsonReply({ output, stopReason: STOP[turn.stop], usage, metrics: { latencyMs: 1 }, ...extra }, headers);
    }
    const extra = responseFields(body, '/delta/stop_sequence', { delta: { stop_sequence: turn.stopSequence ?? null } });
    return {
      status: 200,
      headers: { 'content-type': 'application/vnd.amazon.eventstream', ...headers },
      frames: framesOf(content, turn, usage, extra),
      streamed: true,
    };
  };
  return { answer, errorFrame };
}

function authenticate(request: Incoming, context: DialectContext, options: BedrockOptions): void {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) {
    if (context.key === undefined || bearer === context.key) return;
    throw bedrockError(403, 'AccessDeniedException', 'Authentication failed: Please make sure your API Key is valid.');
  }
  const {
    accessKeyId = EXAMPLE_CREDENTIALS.accessKeyId,
    secretAccessKey = EXAMPLE_CREDENTIALS.secretAccessKey,
    region = EXAMPLE_CREDENTIALS.region,
  } = options;
  const failure = verifySigV4(
    {
      method: request.method,
      target: request.url,
      rawHeaders: request.rawHeaders,
      body: request.body,
      now: options.now?.() ?? new Date(),
    },
    { accessKeyId, secretAccessKey, sessionToken: options.sessionToken, region, service: 'bedrock' },
  );
  if (failure !== undefined) throw bedrockError(403, failure.type, failure.message);
}

function askOf(body: Dict): Ask {
  const messages = list(body.messages).map(dict);
  const said = (message: Dict | undefined): string =>
    list(message?.content)
      .map((block) => text(dict(block).text))
      .filter((one) => one !== '')
      .join('\n');
  const user = messages.findLast((message) => message.role === 'user' && said(message) !== '');
  const last = messages.at(-1);
  const results = list(last?.content)
    .map((block) => dict(block).toolResult)
    .filter(isDict);
  const config = dict(body.inferenceConfig);
  const tools = list(dict(body.toolConfig).tools)
    .map((tool) => dict(dict(tool).toolSpec))
    .filter((spec) => 'name' in spec);
  const choice = dict(dict(body.toolConfig).toolChoice);
  const extra = dict(body.additionalModelRequestFields);
  const thinking = dict(extra.thinking ?? extra.reasoning_config).type;
  const schema = answerSchema(body);
  return {
    texts: [...strings(body.system), ...strings(messages), ...strings(body.toolConfig)],
    lastUserText: said(user),
    toolResults: results.length > 0 ? results.map(resultText) : undefined,
    tools: tools.map((spec) => ({ name: text(spec.name), schema: dict(spec.inputSchema).json })),
    choice: 'any' in choice ? 'any' : 'tool' in choice ? { name: text(dict(choice.tool).name) } : 'auto',
    ...(schema === undefined ? {} : { schema }),
    thinking: thinking === 'enabled' || thinking === 'adaptive' ? 'on' : 'never',
    maxTokens: typeof config.maxTokens === 'number' ? config.maxTokens : undefined,
    stopSequences: list(config.stopSequences).map(text),
    cacheMark: JSON.stringify(body).includes('"cachePoint"'),
  };
}

function resultText(result: Dict): string {
  const said = list(result.content)
    .map(dict)
    .map((part) =>
      typeof part.text === 'string'
        ? part.text
        : 'json' in part
          ? JSON.stringify(part.json)
          : `[${Object.keys(part)[0] ?? ''}]`,
    )
    .join('\n');
  return result.status === 'error' ? `error ${said}` : said;
}

const STOP = {
  end: 'end_turn',
  calls: 'tool_use',
  length: 'max_tokens',
  stop_sequence: 'stop_sequence',
  refusal: 'content_filtered',
} as const;

function contentOf(turn: Turn, context: DialectContext): Dict[] {
  const content: Dict[] = [];
  const thought = turn.reasoning.join('');
  if (thought !== '')
    content.push({
      reasoningContent: { reasoningText: { text: thought, signature: context.mint.signature(thought) } },
    });
  if (turn.text.length > 0) content.push({ text: turn.text.join('') });
  for (const call of turn.calls) {
    const input: unknown = call.args === '' ? {} : JSON.parse(call.args);
    content.push({ toolUse: { toolUseId: context.mint.id('tooluse_', 22), name: call.tool.name, input } });
  }
  return content;
}

/** What was asked for of the model's own answer; a path that is not in it is passed over. */
function responseFields(body: Dict, path: string, found: Dict): Dict {
  return list(body.additionalModelResponseFieldPaths).includes(path) ? { additionalModelResponseFields: found } : {};
}

/** As at Anthropic the input counts are disjoint; the total is their sum with the output. */
function bedrockUsage(usage: Usage): Dict {
  return {
    inputTokens: usage.input - usage.cached - usage.cacheWrite,
    outputTokens: usage.output,
    totalTokens: usage.input + usage.output,
    cacheReadInputTokens: usage.cached,
    cacheWriteInputTokens: usage.cacheWrite,
  };
}

const PADDING = 'abcdefghijklmnopqrstuvwxyz';

function frame(type: string, payload: Dict): Uint8Array {
  // Bedrock pads its events so that their length does not give the tokens away.
  const padded = { ...payload, p: PADDING.slice(0, 3 + (JSON.stringify(payload).length % 20)) };
  return encodeEventMessage(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    Buffer.from(JSON.stringify(padded)),
  );
}

function framesOf(content: readonly Dict[], turn: Turn, usage: Dict, extra: Dict): Uint8Array[] {
  const frames = [frame('messageStart', { role: 'assistant' })];
  for (const [contentBlockIndex, block] of content.entries()) {
    const delta = (value: Dict): void =>
      void frames.push(frame('contentBlockDelta', { contentBlockIndex, delta: value }));
    if ('toolUse' in block) {
      const { toolUseId, name, input } = dict(block.toolUse);
      frames.push(frame('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId, name } } }));
      const whole = Object.keys(dict(input)).length === 0 ? '' : JSON.stringify(input);
      for (const piece of ['', ...thirds(whole)]) delta({ toolUse: { input: piece } });
    } else if ('text' in block) {
      for (const piece of turn.text) delta({ text: piece });
    } else {
      for (const piece of turn.reasoning) delta({ reasoningContent: { text: piece } });
      delta({ reasoningContent: { signature: dict(dict(block.reasoningContent).reasoningText).signature } });
    }
    frames.push(frame('contentBlockStop', { contentBlockIndex }));
  }
  frames.push(frame('messageStop', { stopReason: STOP[turn.stop], ...extra }));
  frames.push(frame('metadata', { usage, metrics: { latencyMs: 1 } }));
  return frames;
}

function errorFrame(): Uint8Array {
  const headers = {
    ':exception-type': 'modelStreamErrorException',
    ':content-type': 'application/json',
    ':message-type': 'exception',
  };
  return encodeEventMessage(
    headers,
    Buffer.from(
      JSON.stringify({ message: 'The model had an unexpected error during processing.', originalStatusCode: 500 }),
    ),
  );
}
