// The shape of a Responses request. Public reference: OpenAI API reference, "Create a model response".

import {
  any,
  arr,
  bool,
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

const NAME = /^[a-zA-Z0-9_-]+$/;
const toolName = (): Spec => req(str({ pattern: NAME, maxLength: 64, minLength: 1 }));
const type = (): Spec => req(str());
const id = (prefix: string): Spec => nul(str({ pattern: new RegExp(`^${prefix}`) }));
const status = (): Spec => nul(oneOf('in_progress', 'completed', 'incomplete'));
const caller = (): Spec => nul(open());
/** Not in the reference: Codex sends it in every item to the provider it knows as OpenAI, which takes it. */
const fromCodex = (): Record<string, Spec> => ({ internal_chat_message_metadata_passthrough: nul(open()) });

const inputText = (): Spec => obj({ type: type(), text: req(str()), prompt_cache_breakpoint: open() });
const inputImage = (): Spec =>
  obj({
    type: type(),
    image_url: nul(str()),
    file_id: nul(str()),
    detail: nul(oneOf('auto', 'low', 'high', 'original')),
    prompt_cache_breakpoint: open(),
  });
const inputFile = (): Spec =>
  obj({
    type: type(),
    file_data: str(),
    file_id: nul(str()),
    file_url: str(),
    filename: str(),
    detail: oneOf('low', 'high'),
    prompt_cache_breakpoint: open(),
  });
const outputText = (): Spec =>
  obj({ type: type(), text: req(str()), annotations: arr(open()), logprobs: arr(open()), parsed: nul(any()) });

const inputParts = (): Spec =>
  tagged('type', { input_text: inputText(), input_image: inputImage(), input_file: inputFile() });
const outputParts = (): Spec =>
  tagged('type', { output_text: outputText(), refusal: obj({ type: type(), refusal: req(str()) }) });

const message = (): Spec => {
  const head = {
    type: str(),
    role: type(),
    id: id('msg'),
    status: status(),
    phase: nul(oneOf('commentary', 'final_answer')),
    ...fromCodex(),
  };
  const input = obj({ ...head, content: req(either(str(), arr(inputParts()))) });
  return tagged('role', {
    user: input,
    system: input,
    developer: input,
    assistant: obj({ ...head, content: req(either(str(), arr(outputParts()))) }),
  });
};

const functionTool = (): Spec =>
  obj({
    type: type(),
    name: toolName(),
    description: nul(str()),
    parameters: nul(open()),
    output_schema: nul(open()),
    strict: nul(bool()),
    defer_loading: bool(),
    async: bool(),
    allowed_callers: nul(arr(str())),
  });
const format = (): Spec =>
  tagged('type', {
    text: obj({ type: type() }),
    grammar: obj({ type: type(), syntax: req(oneOf('lark', 'regex')), definition: req(str()) }),
  });
const customTool = (): Spec =>
  obj({
    type: type(),
    name: toolName(),
    description: str(),
    format: format(),
    defer_loading: bool(),
    async: bool(),
    allowed_callers: nul(arr(str())),
  });

const BUILT_IN = [
  'web_search',
  'web_search_2025_08_26',
  'web_search_preview',
  'web_search_preview_2025_03_11',
  'file_search',
  'code_interpreter',
  'image_generation',
  'mcp',
  'local_shell',
  'shell',
  'apply_patch',
  'computer',
  'computer_use_preview',
  'programmatic_tool_calling',
];

/** One declared tool, of any type the API knows. */
export const tool = (): Spec =>
  tagged('type', {
    function: functionTool(),
    custom: customTool(),
    namespace: obj({
      type: type(),
      name: toolName(),
      description: req(str()),
      tools: req(arr(tagged('type', { function: functionTool(), custom: customTool() }), { minItems: 1 })),
    }),
    tool_search: obj({
      type: type(),
      execution: oneOf('server', 'client'),
      description: nul(str()),
      parameters: nul(open()),
    }),
    ...Object.fromEntries(BUILT_IN.map((name) => [name, open({ type: type() })])),
  });

const callOutput = (prefix: string): Spec =>
  obj({
    type: type(),
    id: id(prefix),
    call_id: req(str({ minLength: 1 })),
    output: req(either(str(), arr(inputParts()))),
    status: status(),
    name: nul(str()),
    namespace: nul(str()),
    caller: caller(),
    ...fromCodex(),
  });

const OPAQUE = [
  'file_search_call',
  'computer_call',
  'computer_call_output',
  'web_search_call',
  'image_generation_call',
  'code_interpreter_call',
  'local_shell_call',
  'local_shell_call_output',
  'shell_call',
  'shell_call_output',
  'apply_patch_call',
  'apply_patch_call_output',
  'mcp_list_tools',
  'mcp_approval_request',
  'mcp_approval_response',
  'mcp_call',
  'program',
  'program_output',
  'configuration_update',
];

const item = (): Spec =>
  tagged(
    'type',
    {
      message: message(),
      reasoning: obj({
        type: type(),
        id: id('rs'),
        summary: req(arr(obj({ type: req(oneOf('summary_text')), text: req(str()) }))),
        content: nul(arr(obj({ type: req(oneOf('reasoning_text')), text: req(str()) }))),
        encrypted_content: nul(str()),
        status: status(),
        ...fromCodex(),
      }),
      function_call: obj({
        type: type(),
        id: id('fc'),
        call_id: req(str({ minLength: 1, maxLength: 64 })),
        name: toolName(),
        namespace: nul(str()),
        arguments: req(str()),
        status: status(),
        caller: caller(),
        async: bool(),
        // `parsed_arguments` is what the openai SDK's helpers leave in the items they send back.
        parsed_arguments: nul(any()),
        ...fromCodex(),
      }),
      function_call_output: callOutput('fc'),
      custom_tool_call: obj({
        type: type(),
        id: id('ctc'),
        call_id: req(str({ minLength: 1, maxLength: 64 })),
        name: toolName(),
        namespace: nul(str()),
        input: req(str()),
        status: status(),
        caller: caller(),
        async: bool(),
        ...fromCodex(),
      }),
      custom_tool_call_output: callOutput('ctc'),
      additional_tools: obj({
        type: type(),
        id: id('at'),
        role: req(oneOf('developer')),
        tools: req(arr(lazy(tool))),
        ...fromCodex(),
      }),
      tool_search_call: obj({
        type: type(),
        id: id('tsc'),
        call_id: nul(str()),
        arguments: req(any()),
        execution: oneOf('server', 'client'),
        status: status(),
      }),
      tool_search_output: obj({
        type: type(),
        id: id('tso'),
        call_id: nul(str()),
        tools: req(arr(lazy(tool))),
        execution: oneOf('server', 'client'),
        status: status(),
      }),
      compaction: obj({ type: type(), id: id('cmp'), encrypted_content: req(str()), created_by: str() }),
      compaction_trigger: obj({ type: type() }),
      item_reference: obj({ type: type(), id: req(str()) }),
      ...Object.fromEntries(OPAQUE.map((name) => [name, open({ type: type() })])),
    },
    'message',
  );

const INCLUDABLE = [
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
];

const textFormat = (): Spec =>
  tagged('type', {
    text: obj({ type: type() }),
    json_object: obj({ type: type() }),
    json_schema: obj({
      type: type(),
      name: toolName(),
      schema: req(open()),
      description: nul(str()),
      strict: nul(bool()),
    }),
  });

const toolChoice = (): Spec =>
  either(
    oneOf('none', 'auto', 'required'),
    tagged('type', {
      function: obj({ type: type(), name: toolName() }),
      custom: obj({ type: type(), name: toolName() }),
      allowed_tools: obj({ type: type(), mode: req(oneOf('auto', 'required')), tools: req(arr(open())) }),
      mcp: open(),
      ...Object.fromEntries(BUILT_IN.map((name) => [name, obj({ type: type() })])),
    }),
  );

const input = (): Spec => nul(either(str(), arr(item())));

/** The body of POST /v1/responses. */
export const responsesBody = (): Spec =>
  obj({
    model: str(),
    input: input(),
    access_programs: open(),
    background: nul(bool()),
    client_metadata: nul(map(str())),
    context_management: nul(arr(open())),
    conversation: nul(either(str(), open())),
    image: open(),
    include: nul(arr(oneOf(...INCLUDABLE))),
    instructions: nul(str()),
    max_output_tokens: nul(int(16)),
    max_tool_calls: nul(int(1)),
    metadata: nul(map(str({ maxLength: 512 }))),
    moderation: nul(open()),
    parallel_tool_calls: nul(bool()),
    previous_response_id: nul(str()),
    prompt: nul(open()),
    prompt_cache_key: nul(str()),
    prompt_cache_options: open(),
    prompt_cache_retention: nul(oneOf('in_memory', '24h')),
    reasoning: nul(
      obj({
        effort: nul(oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')),
        summary: nul(oneOf('auto', 'concise', 'detailed')),
        generate_summary: nul(oneOf('auto', 'concise', 'detailed')),
        context: nul(oneOf('auto', 'current_turn', 'all_turns')),
        mode: nul(str()),
      }),
    ),
    safety_identifier: nul(str({ maxLength: 64 })),
    service_tier: nul(oneOf('auto', 'default', 'flex', 'scale', 'priority', 'fast')),
    store: nul(bool()),
    stream: nul(bool()),
    stream_options: nul(obj({ include_obfuscation: bool() })),
    temperature: nul(num(0, 2)),
    text: nul(obj({ format: textFormat(), verbosity: nul(oneOf('low', 'medium', 'high')) })),
    tool_choice: toolChoice(),
    tools: arr(tool(), { maxItems: 128 }),
    top_logprobs: nul(int(0, 20)),
    top_p: nul(num(0, 1)),
    truncation: nul(oneOf('auto', 'disabled')),
    user: nul(str()),
  });

/** The body of POST /v1/responses/compact. */
export const compactBody = (): Spec =>
  open({
    model: req(nul(str())),
    input: input(),
    instructions: nul(str()),
    previous_response_id: nul(str()),
    prompt_cache_key: nul(str()),
  });
