// The shape of a Chat Completions request and the rules between its messages.
// Public reference: OpenAI API reference, "Create chat completion".

import { openaiError, openaiIssue, type UnknownFields } from './openai-errors.ts';
import { checkReasoningLimits } from './openai-models.ts';
import { checkFunctionSchema, checkResponseSchema } from './openai-schema.ts';
import { dict, list, text, type Dict } from './json.ts';
import {
  any,
  arr,
  bool,
  check,
  either,
  int,
  lazy,
  map,
  nul,
  num,
  obj,
  oneOf,
  open,
  req,
  str,
  tagged,
  type Spec,
} from './shape.ts';

export type OpenaiFlavour = {
  refuseStreamOptions?: boolean;
  refuseMaxCompletionTokens?: boolean;
  unknownFields?: UnknownFields;
  /** Ids of nine alphanumeric characters, demanded on return. */
  toolIds?: 'openai' | 'mistral';
  /** Reasoning is shown as `reasoning_content`, as DeepSeek and its followers do. */
  reasoningContent?: boolean;
  noDone?: boolean;
  noStreamUsage?: boolean;
  noDeveloperRole?: boolean;
  /** Usage arrives in the chunk with the finish reason, asked for or not. */
  usageInLastChunk?: boolean;
  /** No OpenAI model rules (reasoning models refusing max_tokens and so on). */
  noModelRules?: boolean;
};

const NAME = /^[a-zA-Z0-9_-]+$/;
const toolName = (): Spec => str({ pattern: NAME, maxLength: 64, minLength: 1 });

const breakpoint = (): Spec => open();
const textPart = (): Spec => obj({ type: req(str()), text: req(str()), prompt_cache_breakpoint: breakpoint() });
const textOnly = (): Spec => either(str(), arr(tagged('type', { text: textPart() }), { minItems: 1 }));
const userPart = (): Spec =>
  tagged('type', {
    text: textPart(),
    image_url: obj({
      type: req(str()),
      image_url: req(obj({ url: req(str()), detail: oneOf('auto', 'low', 'high', 'original') })),
      prompt_cache_breakpoint: breakpoint(),
    }),
    input_audio: obj({
      type: req(str()),
      input_audio: req(obj({ data: req(str()), format: req(oneOf('wav', 'mp3')) })),
      prompt_cache_breakpoint: breakpoint(),
    }),
    file: obj({
      type: req(str()),
      file: req(obj({ file_data: str(), file_id: str(), filename: str() })),
      prompt_cache_breakpoint: breakpoint(),
    }),
  });

const toolCall = (): Spec =>
  tagged(
    'type',
    {
      // `parsed_arguments` is what the openai SDK's helpers leave in the history they send back.
      function: obj({
        id: req(str({ minLength: 1 })),
        type: str(),
        index: int(),
        function: req(obj({ name: req(toolName()), arguments: req(str()), parsed_arguments: nul(any()) })),
      }),
      custom: obj({
        id: req(str({ minLength: 1 })),
        type: req(str()),
        index: int(),
        custom: req(obj({ name: req(toolName()), input: req(str()) })),
      }),
    },
    'function',
  );

const message = (flavour: OpenaiFlavour): Spec => {
  const named = { role: req(str()), name: str() };
  const cases: Record<string, Spec> = {
    system: obj({ ...named, content: req(textOnly()) }),
    assistant: obj({
      ...named,
      content: nul(
        either(
          str(),
          arr(tagged('type', { text: textPart(), refusal: obj({ type: req(str()), refusal: req(str()) }) })),
        ),
      ),
      refusal: nul(str()),
      audio: nul(open()),
      annotations: nul(arr(any())),
      parsed: nul(any()),
      function_call: nul(open()),
      tool_calls: arr(toolCall(), { minItems: 1 }),
      ...(flavour.reasoningContent === true ? { reasoning_content: nul(str()), prefix: bool() } : {}),
    }),
    user: obj({ ...named, content: req(either(str(), arr(userPart(), { minItems: 1 }))) }),
    function: obj({ ...named, content: req(nul(str())) }),
    tool: obj({ ...named, content: req(textOnly()), tool_call_id: req(str()) }),
  };
  if (flavour.noDeveloperRole !== true) cases.developer = obj({ ...named, content: req(textOnly()) });
  return tagged('role', cases);
};

const toolChoice = (): Spec =>
  either(
    oneOf('none', 'auto', 'required'),
    tagged('type', {
      function: obj({ type: req(str()), function: req(obj({ name: req(toolName()) })) }),
      custom: obj({ type: req(str()), custom: req(obj({ name: req(toolName()) })) }),
      allowed_tools: obj({
        type: req(str()),
        allowed_tools: req(obj({ mode: req(oneOf('auto', 'required')), tools: req(arr(open())) })),
      }),
    }),
  );

const grammar = (): Spec =>
  tagged('type', {
    text: obj({ type: req(str()) }),
    grammar: obj({
      type: req(str()),
      grammar: req(obj({ syntax: req(oneOf('lark', 'regex')), definition: req(str()) })),
    }),
  });

const tool = (): Spec =>
  tagged('type', {
    function: obj({
      type: req(str()),
      function: req(
        obj({ name: req(toolName()), description: nul(str()), parameters: nul(open()), strict: nul(bool()) }),
      ),
    }),
    custom: obj({
      type: req(str()),
      custom: req(obj({ name: req(toolName()), description: str(), format: grammar() })),
    }),
  });

const responseFormat = (): Spec =>
  tagged('type', {
    text: obj({ type: req(str()) }),
    json_object: obj({ type: req(str()) }),
    json_schema: obj({
      type: req(str()),
      json_schema: req(obj({ name: req(toolName()), description: nul(str()), schema: open(), strict: nul(bool()) })),
    }),
  });

const body = (flavour: OpenaiFlavour): Spec => ({
  kind: 'object',
  open: flavour.unknownFields === 'ignore',
  fields: {
    model: str(),
    messages: req(
      arr(
        lazy(() => message(flavour)),
        { minItems: 1 },
      ),
    ),
    audio: nul(open()),
    frequency_penalty: nul(num(-2, 2)),
    function_call: any(),
    functions: arr(open(), { minItems: 1 }),
    logit_bias: nul(map(num(-100, 100))),
    logprobs: nul(bool()),
    ...(flavour.refuseMaxCompletionTokens === true ? {} : { max_completion_tokens: nul(int(1)) }),
    max_tokens: nul(int(1)),
    metadata: nul(map(str({ maxLength: 512 }))),
    modalities: nul(arr(oneOf('text', 'audio'))),
    moderation: nul(open()),
    n: nul(int(1, 128)),
    parallel_tool_calls: bool(),
    prediction: nul(open()),
    presence_penalty: nul(num(-2, 2)),
    prompt_cache_key: nul(str()),
    prompt_cache_options: open(),
    prompt_cache_retention: nul(oneOf('in_memory', '24h')),
    reasoning_effort: nul(oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')),
    response_format: responseFormat(),
    safety_identifier: nul(str({ maxLength: 64 })),
    seed: nul(int()),
    service_tier: nul(oneOf('auto', 'default', 'flex', 'scale', 'priority', 'fast')),
    stop: nul(either(str(), arr(str(), { minItems: 1, maxItems: 4 }))),
    store: nul(bool()),
    stream: nul(bool()),
    ...(flavour.refuseStreamOptions === true
      ? {}
      : { stream_options: nul(obj({ include_usage: bool(), include_obfuscation: bool() })) }),
    temperature: nul(num(0, 2)),
    tool_choice: toolChoice(),
    tools: arr(tool(), { minItems: 1, maxItems: 128 }),
    top_logprobs: nul(int(0, 20)),
    top_p: nul(num(0, 1)),
    user: nul(str()),
    verbosity: nul(oneOf('low', 'medium', 'high')),
    web_search_options: open(),
  },
});

/** Throws the refusal OpenAI would answer this body with. */
export function checkChat(request: Dict, flavour: OpenaiFlavour): void {
  const issue = check(request, body(flavour));
  if (issue !== undefined) throw openaiIssue(issue, flavour.unknownFields);
  if (flavour.noModelRules !== true)
    checkReasoningLimits(request, text(request.model), request.reasoning_effort, 'chat');
  checkOptions(request);
  for (const [index, one] of list(request.tools).entries()) {
    const declared = dict(dict(one).function);
    checkFunctionSchema(
      text(declared.name),
      declared.parameters,
      declared.strict === true,
      `tools[${index}].function.parameters`,
    );
  }
  const format = dict(request.response_format);
  const schema = dict(format.json_schema);
  if (format.type === 'json_schema')
    checkResponseSchema(text(schema.name), schema.schema, schema.strict === true, 'response_format');
  checkConversation(list(request.messages).map(dict), flavour);
}

function checkOptions(request: Dict): void {
  const only = (name: string, other: string, verb: string): void => {
    throw openaiError(400, `Invalid value for '${name}': '${name}' is only allowed when '${other}' ${verb}.`, {
      param: name,
    });
  };
  if (request.tool_choice !== undefined && request.tools === undefined) only('tool_choice', 'tools', 'are specified');
  if (request.parallel_tool_calls !== undefined && request.tools === undefined)
    only('parallel_tool_calls', 'tools', 'are specified');
  if (request.stream_options !== undefined && request.stream_options !== null && request.stream !== true) {
    throw openaiError(400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.", {
      param: 'stream_options',
    });
  }
  if (typeof request.max_tokens === 'number' && typeof request.max_completion_tokens === 'number') {
    throw openaiError(400, "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", {
      code: 'invalid_parameter_combination',
    });
  }
  if (typeof request.top_logprobs === 'number' && request.logprobs !== true) {
    throw openaiError(400, "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", {
      param: 'top_logprobs',
    });
  }
  const chosen = dict(request.tool_choice);
  const name = text(dict(chosen.function).name) || text(dict(chosen.custom).name);
  const names = list(request.tools).map(
    (one) => text(dict(dict(one).function).name) || text(dict(dict(one).custom).name),
  );
  if (name !== '' && !names.includes(name)) {
    throw openaiError(400, `Invalid value for 'tool_choice': function '${name}' not found in 'tools'.`, {
      param: 'tool_choice',
    });
  }
  if (dict(request.response_format).type === 'json_object' && !/json/i.test(JSON.stringify(request.messages))) {
    throw openaiError(
      400,
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      { param: 'messages' },
    );
  }
}

function checkConversation(messages: readonly Dict[], flavour: OpenaiFlavour): void {
  let open = new Set<string>();
  let openedAt = -1;
  const unanswered = (): void => {
    if (open.size === 0) return;
    throw openaiError(
      400,
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
      { param: `messages.[${openedAt}].role` },
    );
  };
  for (const [index, one] of messages.entries()) {
    if (one.role === 'tool') {
      if (!open.delete(text(one.tool_call_id))) {
        throw openaiError(
          400,
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          { param: `messages.[${index}].role` },
        );
      }
      continue;
    }
    unanswered();
    if (one.role === 'assistant') checkAssistant(one, index, flavour);
    if (one.role === 'user') checkImages(one, index);
    open = new Set(list(one.tool_calls).map((call) => text(dict(call).id)));
    openedAt = index;
  }
  unanswered();
}

function checkAssistant(one: Dict, index: number, flavour: OpenaiFlavour): void {
  const calls = list(one.tool_calls);
  if (
    (one.content === undefined || one.content === null) &&
    calls.length === 0 &&
    one.function_call === undefined &&
    typeof one.refusal !== 'string' &&
    one.audio === undefined
  ) {
    throw openaiError(400, "Invalid value for 'content': expected a string, got null.", {
      param: `messages.[${index}].content`,
    });
  }
  for (const call of calls) {
    const id = text(dict(call).id);
    if (flavour.toolIds === 'mistral' && !/^[a-zA-Z0-9]{9}$/.test(id)) {
      throw openaiError(400, `Tool call id was ${id} but must be a-z, A-Z, 0-9, with a length of 9.`, {
        code: '3280',
        type: 'invalid_function_call',
      });
    }
  }
}

function checkImages(one: Dict, index: number): void {
  for (const [at, part] of list(one.content).entries()) {
    const url = text(dict(dict(part).image_url).url);
    if (
      url === '' ||
      /^https?:\/\/\S+$/.test(url) ||
      /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(url)
    )
      continue;
    throw openaiError(
      400,
      `Invalid image URL: 'messages[${index}].content[${at}].image_url.url'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), or an http(s) URL.`,
      {
        param: `messages[${index}].content[${at}].image_url.url`,
        code: 'invalid_value',
      },
    );
  }
}
