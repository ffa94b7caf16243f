/** How the fields of request bodies are read when their texts are looked for: which are texts, which the protocol's own words. */
import type { SurfaceId } from '../../../shared/domain/dialect.ts';
import type { LeafPlace } from './leaf.ts';

/** What becomes of a field's value. Strings are meant; each item of a list is read as if it stood alone. */
export type Rule =
  /** A text. Objects are read by `table`. */
  | { readonly op: 'text'; readonly table: TableName; readonly place?: LeafPlace; readonly isNamed?: boolean }
  /** A text, with the signature that stands beside it. */
  | { readonly op: 'signed' }
  /**
   * A word of the protocol; with `isWord`, only where it looks like one, for others may use such a name for something else. Objects
   * are read by `table`, else as `options`. `isOpaque`: nobody looks at it, for it is ciphertext or meant to be handed over.
   */
  | { readonly op: 'skip'; readonly table?: TableName; readonly isWord?: boolean; readonly isOpaque?: boolean }
  /** A word of the protocol if it looks like one: of what is not known, only that can be told. */
  | { readonly op: 'token' }
  /** A participant's name, or a tool's where a tool speaks. */
  | { readonly op: 'speaker' }
  /** Whatever stands here is data: names of fields and long numbers are looked at as well. */
  | { readonly op: 'data'; readonly place?: LeafPlace }
  /** JSON as a string: data inside. What is no JSON is a text. */
  | { readonly op: 'arguments' }
  | { readonly op: 'schema' }
  | { readonly op: 'description' }
  /** Bytes in base64, an address, or a text, as the object says. `isFile`: where it does not, a file is expected. */
  | { readonly op: 'media'; readonly isFile?: boolean }
  /** An address, of files that Google keeps as well. */
  | { readonly op: 'googleFile' }
  /** Ciphertext, or a summary that we made and only encoded. */
  | { readonly op: 'sealed' };

export interface Table {
  readonly fields: ReadonlyMap<string, Rule>;
  /** Of fields that are not listed. */
  readonly rest: Rule;
  /** Everything in it is said here, unless a rule says otherwise. */
  readonly place?: LeafPlace;
  /** `role` tells who says it. */
  readonly hasRole?: boolean;
  /** `type` tells what it is: the table for each, and the one for an object without it. */
  readonly kinds?: ReadonlyMap<string, TableName>;
}

const skip: Rule = { op: 'skip' };
const word: Rule = { op: 'skip', isWord: true };
const opaque: Rule = { op: 'skip', isOpaque: true };
const token: Rule = { op: 'token' };
const data: Rule = { op: 'data' };
const toolData: Rule = { op: 'data', place: 'tool' };
const otherData: Rule = { op: 'data', place: 'other' };
const schema: Rule = { op: 'schema' };
const description: Rule = { op: 'description' };
const media: Rule = { op: 'media' };
const file: Rule = { op: 'media', isFile: true };
const sealed: Rule = { op: 'sealed' };
const signed: Rule = { op: 'signed' };
const callArguments: Rule = { op: 'arguments' };

function text(table: TableName, place?: LeafPlace): Rule {
  return place === undefined ? { op: 'text', table } : { op: 'text', table, place };
}

/** A text whose field's name says something about it. */
function named(table: TableName, place?: LeafPlace): Rule {
  return { ...text(table, place), isNamed: true } as Rule;
}

const unknown: Rule = named('unknown');
const other: Rule = named('unknown', 'other');
/** What a person says or is told. */
const said: Rule = text('block');

type Fields = Readonly<Record<string, Rule>>;

function all(rule: Rule, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, rule]));
}

const ids = [
  ...['id', 'call_id', 'tool_call_id', 'tool_use_id', 'item_id', 'response_id', 'file_id', 'message_id'],
  ...['container_id', 'previous_response_id', 'previous_message_id', 'approval_request_id', 'tool_id'],
];
const mediaTypes = ['media_type', 'mediaType', 'mimeType', 'mime_type'];
const ciphers = [
  ...['signature', 'thoughtSignature', 'thought_signature'],
  ...['encrypted_index', 'encrypted_stdout', 'encrypted_function_output'],
];

/** Of every object whose kind is known. */
const protocol: Fields = {
  ...all(word, ['type', 'role', ...mediaTypes]),
  ...all(skip, ids),
  ...all(opaque, ciphers),
  ...all(skip, ['model', 'index', 'cache_control', 'prompt_cache_breakpoint', 'service_tier']),
  ...all(word, [
    'object',
    'status',
    'detail',
    'finish_reason',
    'stop_reason',
    'phase',
    'namespace',
    'error_code',
    'caller',
  ]),
  ...all(word, ['tool_name', 'server_name', 'server_label', 'language', 'scheduling']),
  encrypted_content: sealed,
  data: media,
  b64_json: file,
  extra_content: text('extra'),
};

/** Of objects that nobody told us of: no more than what cannot be anything else. */
const bare: Fields = {
  ...all(token, ['type', 'role', ...ids, ...mediaTypes]),
  ...all(opaque, ciphers),
  cache_control: skip,
  encrypted_content: sealed,
  data: media,
  b64_json: file,
};

/** Addresses or bytes of media, alone or in an object. */
const mediaFields: Fields = {
  ...all(text('address'), ['image_url', 'video_url', 'document_url', 'audio_url', 'input_audio', 'file']),
  ...all(media, ['file_data', 'file_url']),
  ...all(file, ['image', 'images', 'mask', 'input_image_mask', 'audio', 'video']),
};

/** A call's or a result's own fields; what is not listed are texts of a tool. */
const callFields: Fields = {
  ...protocol,
  ...mediaFields,
  name: skip,
  arguments: callArguments,
  input: toolData,
  parsed_arguments: toolData,
  action: text('action'),
  actions: text('action'),
  operation: text('action'),
  environment: text('action'),
  output: text('block'),
  outputs: text('block'),
  results: text('result'),
  content: text('block'),
  tools: text('tool'),
  function: text('call'),
  custom: text('call'),
  code: text('unknown'),
};

const messageFields: Fields = {
  ...protocol,
  ...mediaFields,
  name: { op: 'speaker' },
  content: said,
  refusal: said,
  prefix: said,
  tool_calls: text('call', 'tool'),
  function_call: text('call', 'tool'),
  audio: skip,
  reasoning_content: signed,
  reasoning: signed,
  thinking: signed,
  reasoning_details: text('reasoning', 'assistant'),
  annotations: text('citation'),
  citations: text('citation'),
  parsed: toolData,
};

const blockFields: Fields = {
  ...protocol,
  ...mediaFields,
  text: said,
  refusal: said,
  content: said,
  source: text('source'),
  title: said,
  context: said,
  filename: said,
  citations: text('citation'),
  annotations: text('citation'),
};

const partFields: Fields = {
  ...protocol,
  text: signed,
  inlineData: text('blob'),
  inline_data: text('blob'),
  fileData: text('file'),
  file_data: text('file'),
  ...all(text('call', 'tool'), ['functionCall', 'function_call', 'toolCall', 'tool_call']),
  ...all(text('response', 'tool'), ['functionResponse', 'function_response', 'toolResponse', 'tool_response']),
  ...all(text('call', 'tool'), ['executableCode', 'executable_code']),
  ...all(text('response', 'tool'), ['codeExecutionResult', 'code_execution_result']),
  ...all(skip, ['videoMetadata', 'video_metadata', 'mediaResolution', 'media_resolution']),
};

const contentFields: Fields = { ...protocol, parts: text('part') };

/** Where tools are declared: their names are the protocol's, what they are told are definitions, the rest is the user's. */
const toolFields: Fields = {
  ...protocol,
  name: skip,
  ...all(description, ['description', 'title', 'server_description', 'display_name']),
  ...all(schema, ['parameters', 'input_schema', 'inputSchema', 'output_schema', 'outputSchema', 'response']),
  ...all(schema, ['parametersJsonSchema', 'parameters_json_schema', 'responseJsonSchema', 'response_json_schema']),
  ...all(text('tool'), ['function', 'custom', 'tools', 'functionDeclarations', 'function_declarations']),
  annotations: text('annotations'),
  format: text('grammar'),
  input_examples: description,
  // What the client's own server asks for: the vendor cannot call it with anything else.
  ...all(opaque, ['authorization', 'authorization_token']),
  headers: skip,
  filters: otherData,
  user_location: named('location', 'other'),
  ...all(skip, ['allowed_tools', 'allowed_callers', 'vector_store_ids', 'file_ids', 'container', 'behavior']),
  ...all(skip, ['search_context_size', 'search_content_types', 'execution', 'connector_id', 'require_approval']),
  ...all(skip, ['size', 'quality', 'background', 'moderation', 'output_format', 'ranking_options', 'mode']),
  ...all(skip, ['mcp_server_name', 'timezone', 'country']),
  environment: token,
  tool_configuration: text('tool'),
};

/** What an answer must look like. */
const formatFields: Fields = {
  ...all(skip, ['type', 'name', 'verbosity', 'effort', 'mimeType', 'mime_type', 'strict']),
  description,
  schema,
  ...all({ op: 'skip', table: 'format' }, ['json_schema', 'format']),
  text: text('format'),
};

/** Names that options of all dialects have, and their values are the vendor's words. */
const optionNames = [
  ...['type', 'name', 'names', 'id', 'effort', 'summary', 'generate_summary', 'context', 'display', 'mode', 'ttl'],
  ...['voice', 'format', 'keep', 'exclude_tools', 'clear_tool_inputs', 'category', 'threshold', 'method', 'skill_id'],
  ...['version', 'allowed_function_names', 'allowedFunctionNames', 'function', 'tools', 'allowed_tools', 'timezone'],
  ...['thinkingLevel', 'thinking_level', 'languageCode', 'language_code', 'voiceName', 'voice_name', 'aspectRatio'],
  ...['imageSize', 'search_context_size', 'country', 'order', 'only', 'ignore', 'quantizations', 'sort', 'ranker'],
  ...['server_label', 'server_name', 'tool_names', 'file_ids', 'memory_limit', 'startOffset', 'endOffset', 'level'],
  ...['functionCallingConfig', 'function_calling_config', 'retrievalConfig', 'retrieval_config', 'skills', 'scope'],
  ...['voiceConfig', 'voice_config', 'prebuiltVoiceConfig', 'prebuilt_voice_config', 'speakerVoiceConfigs'],
  ...['speaker_voice_configs', 'multiSpeakerVoiceConfig', 'multi_speaker_voice_config'],
  ...['start_offset', 'end_offset', 'data_collection', 'media_type', 'previous_message_id', 'expires_after', 'anchor'],
];

/** Fields of the body itself that are the protocol's on every surface. */
const topOptions = [
  ...['tool_choice', 'reasoning_effort', 'reasoning', 'thinking', 'verbosity'],
  ...['modalities', 'audio', 'voice', 'encoding_format', 'size', 'quality', 'style', 'background', 'moderation'],
  ...['truncation', 'truncate', 'include', 'stream_options', 'conversation'],
  ...['prompt_cache_retention', 'prompt_cache_options', 'cache_control', 'container', 'thread'],
  ...['betas', 'anthropic_version', 'anthropic_beta', 'inference_geo', 'speed', 'keep_alive', 'think'],
  ...['taskType', 'task_type', 'task', 'input_type', 'embedding_types', 'language'],
  ...['safetySettings', 'safety_settings', 'toolConfig', 'tool_config', 'provider', 'route', 'transforms', 'ttl'],
  ...['rank_fields', 'timestamp_granularities', 'logit_bias', 'function_call', 'priority', 'stream_format'],
];

const topFields: Fields = {
  ...all(word, topOptions),
  ...all(skip, ['model', 'models', 'service_tier', 'previous_response_id', 'session_id']),
  ...all(skip, ['cachedContent', 'cached_content']),
  ...all(text('tool', 'other'), ['tools', 'functions', 'mcp_servers']),
  ...all(other, ['user', 'safety_identifier', 'prompt_cache_key', 'stop', 'stop_sequences']),
  ...all(otherData, ['metadata', 'client_metadata', 'labels']),
  ...all({ op: 'skip', table: 'format' }, ['response_format', 'output_config', 'output_format', 'format']),
  text: text('format', 'other'),
  ...all(schema, ['guided_json']),
  context_management: text('management', 'system'),
  web_search_options: text('location', 'other'),
  prediction: text('block', 'assistant'),
  documents: toolData,
  messages: text('message', 'user'),
  system: text('block', 'system'),
  instructions: text('block', 'system'),
  ...all(text('block', 'user'), ['prompt', 'suffix', 'input', 'negative_prompt', 'query']),
  ...all(file, ['image', 'images', 'mask']),
};

const geminiFields: Fields = {
  ...topFields,
  contents: text('content', 'user'),
  content: text('content', 'user'),
  title: text('block', 'user'),
  systemInstruction: text('instruction', 'system'),
  system_instruction: text('instruction', 'system'),
  generationConfig: text('generation', 'other'),
  generation_config: text('generation', 'other'),
  generateContentRequest: text('gemini', 'other'),
  generate_content_request: text('gemini', 'other'),
  requests: text('gemini', 'other'),
};

const generationFields: Fields = {
  ...all(other, ['stopSequences', 'stop_sequences']),
  ...all(schema, ['responseSchema', 'response_schema', 'responseJsonSchema', 'response_json_schema']),
  ...all(text('format'), ['responseFormat', 'response_format']),
  ...all(skip, ['responseMimeType', 'response_mime_type', 'responseModalities', 'response_modalities']),
  ...all(skip, ['thinkingConfig', 'thinking_config', 'speechConfig', 'speech_config', 'imageConfig', 'image_config']),
  ...all(skip, ['mediaResolution', 'media_resolution']),
};

/** Kinds of blocks, parts and items, by `type`, of all dialects that write one. */
const kinds = new Map<string, TableName>([
  ...kind('block', ['text', 'input_text', 'output_text', 'refusal', 'document', 'search_result', 'compaction']),
  ...kind('block', ['image', 'video', 'audio', 'file', 'image_url', 'video_url', 'document_url', 'audio_url']),
  ...kind('block', ['input_image', 'input_file', 'input_audio', 'computer_screenshot', 'container_upload']),
  ...kind('block', ['compaction_summary', 'context_compaction', 'compaction_trigger', 'item_reference', 'content']),
  ...kind('thought', ['thinking', 'redacted_thinking', 'reasoning', 'reasoning_text', 'summary_text']),
  ...kind('message', ['message', 'agent_message']),
  ...kind('change', ['tool_reference', 'tool_addition', 'tool_removal', 'additional_tools', 'mcp_list_tools']),
  ...kind('callItem', ['tool_use', 'server_tool_use', 'mcp_tool_use', 'function_call', 'custom_tool_call']),
  ...kind('callItem', ['tool_search_call', 'web_search_call', 'file_search_call', 'code_interpreter_call']),
  ...kind('callItem', ['image_generation_call', 'mcp_call', 'mcp_approval_request', 'mcp_approval_response']),
  ...kind('callItem', ['computer_call', 'local_shell_call', 'shell_call', 'apply_patch_call']),
  ...kind('callItem', ['function_call_output', 'custom_tool_call_output', 'tool_search_output', 'shell_call_output']),
  ...kind('callItem', ['computer_call_output', 'local_shell_call_output', 'apply_patch_call_output']),
  ...kind('callItem', ['tool_result', 'mcp_tool_result', 'web_search_tool_result', 'web_fetch_tool_result']),
  ...kind('callItem', ['code_execution_tool_result', 'bash_code_execution_tool_result', 'tool_search_tool_result']),
  ...kind('callItem', ['text_editor_code_execution_tool_result']),
]);

function kind(table: TableName, types: readonly string[]): [string, TableName][] {
  return types.map((type) => [type, table]);
}

function tableOf(fields: Fields, rest: Rule, more?: Omit<Table, 'fields' | 'rest'>): Table {
  return { fields: new Map(Object.entries(fields)), rest, ...more };
}

const unknownFields = { ...bare, ...all(text('address'), ['image_url', 'input_audio', 'file']) };

export const tables = {
  /** Blocks, parts and items of which `type` tells the kind. */
  block: tableOf(blockFields, unknown, { kinds }),
  message: tableOf(messageFields, unknown, { hasRole: true }),
  thought: tableOf({ ...protocol, thinking: signed, text: signed, summary: said, content: said, data: skip }, unknown, {
    place: 'assistant',
  }),
  reasoning: tableOf({ ...protocol, text: signed, summary: signed, format: skip, data: skip }, unknown),
  change: tableOf({ ...protocol, name: skip, tool: text('tool', 'other'), tools: text('tool', 'other') }, unknown),
  /** A call or a result inside something that tells the place, and one that stands by itself. */
  call: tableOf({ ...callFields, args: data }, unknown),
  callItem: tableOf({ ...callFields, result: file }, unknown, { place: 'tool' }),
  response: tableOf({ ...protocol, name: skip, response: data, parts: text('part'), outcome: skip }, unknown),
  action: tableOf({ ...protocol, env: data }, unknown),
  result: tableOf({ ...protocol, attributes: data }, unknown),
  source: tableOf({ ...protocol, content: said, url: text('unknown') }, unknown),
  address: tableOf({ ...protocol, ...mediaFields, format: skip, data: file, url: media }, unknown),
  citation: tableOf({ ...protocol, ...all(text('citation'), ['url_citation', 'file_citation']) }, unknown),
  extra: tableOf({ ...protocol, google: text('extra') }, unknown),
  /** Of what is not known everything is a text, by the name of its field. */
  unknown: tableOf(unknownFields, unknown, { kinds }),
  unknownTool: tableOf(unknownFields, unknown, { place: 'tool' }),

  content: tableOf(contentFields, unknown, { hasRole: true }),
  instruction: tableOf(contentFields, unknown),
  part: tableOf(partFields, unknown),
  blob: tableOf(protocol, unknown),
  file: tableOf({ ...protocol, ...all({ op: 'googleFile' }, ['fileUri', 'file_uri']) }, unknown),

  tool: tableOf(toolFields, other, { place: 'other' }),
  grammar: tableOf({ type: skip, syntax: skip, definition: description, grammar: text('grammar') }, other),
  annotations: tableOf({ title: description }, other),
  location: tableOf(
    {
      ...all(skip, ['type', 'country', 'timezone', 'search_context_size']),
      ...all(named('location'), ['user_location', 'approximate']),
    },
    other,
  ),
  format: tableOf(formatFields, other),
  management: tableOf({ ...all(word, optionNames), edits: text('management'), instructions: said }, other),
  options: tableOf({ ...all(word, optionNames), ...all(skip, ids) }, other),
  generation: tableOf(generationFields, other),
  variables: tableOf({}, named('block', 'user')),
  prompt: tableOf({ id: skip, version: skip, variables: text('variables', 'user') }, other),

  top: tableOf(topFields, other),
  responses: tableOf({ ...topFields, input: text('item', 'user'), prompt: text('prompt', 'user') }, other),
  gemini: tableOf(geminiFields, other),
  ollama: tableOf({ ...topFields, template: text('block', 'system'), format: schema, name: skip }, other),
  /** Items without a type are messages. */
  item: tableOf(messageFields, unknown, { kinds, hasRole: true }),
} satisfies Record<string, Table>;

type TableName =
  | 'block'
  | 'message'
  | 'thought'
  | 'reasoning'
  | 'change'
  | 'call'
  | 'callItem'
  | 'response'
  | 'action'
  | 'result'
  | 'source'
  | 'address'
  | 'citation'
  | 'extra'
  | 'unknown'
  | 'unknownTool'
  | 'content'
  | 'instruction'
  | 'part'
  | 'blob'
  | 'file'
  | 'tool'
  | 'grammar'
  | 'annotations'
  | 'location'
  | 'format'
  | 'management'
  | 'options'
  | 'generation'
  | 'variables'
  | 'prompt'
  | 'top'
  | 'responses'
  | 'gemini'
  | 'ollama'
  | 'item';

const tableBySurface: Readonly<Partial<Record<SurfaceId, Table>>> = {
  responses: tables.responses,
  responses_compact: tables.responses,
  gemini_generate: tables.gemini,
  gemini_stream: tables.gemini,
  gemini_count_tokens: tables.gemini,
  gemini_embed: tables.gemini,
  ollama_chat: tables.ollama,
  ollama_generate: tables.ollama,
  ollama_show: tables.ollama,
};

export function tableOfSurface(surface: SurfaceId): Table {
  return tableBySurface[surface] ?? tables.top;
}

/** What to read an object by, and in whose place, given what its `type` is. */
export function tableOfKind(table: Table, type: string | undefined): Table {
  if (table.kinds === undefined || type === undefined) return table;
  const name = table.kinds.get(type);
  if (name !== undefined) return tables[name];
  // Calls and results are a tool's whatever they are called.
  return /_(?:call|output|result|tool_result|error)$/.test(type) ? tables.unknownTool : tables.unknown;
}

const places: ReadonlyMap<string, LeafPlace> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['assistant', 'assistant'],
  ['model', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
  ['user', 'user'],
]);

export function placeOfRole(role: string | undefined, before: LeafPlace): LeafPlace {
  return role === undefined ? before : (places.get(role) ?? 'user');
}

/** What a keyword of a JSON schema holds: the schema's own words, a description, a schema, schemas by name. */
export type SchemaRule = 'skip' | 'description' | 'schema' | 'byName';

const schemaRows: readonly (readonly [SchemaRule, readonly string[]])[] = [
  ['skip', ['type', 'enum', 'required', 'const', 'pattern', 'format', '$ref', '$schema', '$id', '$anchor', 'id']],
  ['skip', ['$dynamicRef', '$dynamicAnchor', '$vocabulary', 'contentEncoding', 'contentMediaType', 'propertyOrdering']],
  ['skip', ['dependentRequired', 'discriminator']],
  ['schema', ['items', 'additionalProperties', 'anyOf', 'oneOf', 'allOf', 'not', 'if', 'then', 'else', 'prefixItems']],
  ['schema', ['contains', 'propertyNames', 'unevaluatedProperties', 'unevaluatedItems', 'additionalItems']],
  ['schema', ['contentSchema']],
  ['byName', ['properties', '$defs', 'defs', 'definitions', 'patternProperties', 'dependentSchemas']],
];

/** Keywords of JSON Schema 2020-12 and of OpenAPI; any other is an annotation, which is text. */
export const schemaRules: ReadonlyMap<string, SchemaRule> = new Map(
  schemaRows.flatMap(([rule, names]) => names.map((name): [string, SchemaRule] => [name, rule])),
);
