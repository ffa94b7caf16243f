// The shape of Messages and count_tokens requests. Public reference: Anthropic API reference, "Create a Message".

import {
  any,
  arr,
  bool,
  either,
  int,
  labelled,
  lazy,
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

const type = (): Spec => req(str());
const ID = /^[a-zA-Z0-9_-]+$/;
const toolName = (): Spec => req(str({ minLength: 1, maxLength: 128, pattern: ID }));
const cache = (): Spec => nul(obj({ type: req(oneOf('ephemeral')), ttl: oneOf('5m', '1h') }));

const text = (): Spec => obj({ type: type(), text: req(str()), cache_control: cache(), citations: nul(arr(open())) });
const image = (): Spec =>
  obj({
    type: type(),
    cache_control: cache(),
    transformations: nul(open()),
    source: req(
      labelled('type', {
        base64: obj({
          type: type(),
          media_type: req(oneOf('image/jpeg', 'image/png', 'image/gif', 'image/webp')),
          data: req(str({ pattern: /^[A-Za-z0-9+/]+={0,2}$/ })),
        }),
        url: obj({ type: type(), url: req(str()) }),
        file: obj({ type: type(), file_id: req(str()) }),
      }),
    ),
  });
const document = (): Spec =>
  obj({
    type: type(),
    cache_control: cache(),
    citations: nul(open()),
    context: nul(str()),
    title: nul(str()),
    source: req(
      labelled('type', {
        base64: obj({
          type: type(),
          media_type: req(oneOf('application/pdf')),
          data: req(str({ pattern: /^[A-Za-z0-9+/]+={0,2}$/ })),
        }),
        text: obj({ type: type(), media_type: req(oneOf('text/plain')), data: req(str()) }),
        content: obj({
          type: type(),
          content: req(either(str(), arr(labelled('type', { text: text(), image: image() })))),
        }),
        url: obj({ type: type(), url: req(str()) }),
        file: obj({ type: type(), file_id: req(str()) }),
      }),
    ),
  });
const searchResult = (): Spec =>
  obj({
    type: type(),
    source: req(str()),
    title: req(str()),
    content: req(arr(text())),
    cache_control: cache(),
    citations: open(),
  });

const SERVER_BLOCKS = [
  'server_tool_use',
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'advisor_tool_result',
  'container_upload',
  'mcp_tool_use',
  'mcp_tool_result',
  'mcp_tool_listing',
  'compaction',
  'fallback',
  'tool_addition',
  'tool_removal',
];

const block = (): Spec =>
  labelled('type', {
    text: text(),
    image: image(),
    document: document(),
    search_result: searchResult(),
    thinking: obj({ type: type(), thinking: req(str()), signature: req(str()) }),
    redacted_thinking: obj({ type: type(), data: req(str()) }),
    tool_use: obj({
      type: type(),
      id: req(str({ pattern: ID })),
      name: toolName(),
      input: req(open()),
      cache_control: cache(),
      caller: open(),
      toolset_name: nul(str()),
    }),
    tool_result: obj({
      type: type(),
      tool_use_id: req(str({ pattern: ID })),
      cache_control: cache(),
      is_error: bool(),
      toolset_name: nul(str()),
      content: either(
        str(),
        arr(
          labelled('type', {
            text: text(),
            image: image(),
            document: document(),
            search_result: searchResult(),
            tool_reference: open(),
            browser_state: open(),
          }),
        ),
      ),
    }),
    ...Object.fromEntries(SERVER_BLOCKS.map((name) => [name, open({ type: type() })])),
  });

const message = (): Spec => {
  const plain = obj({ role: type(), content: req(either(str(), arr(lazy(block)))) });
  const system = obj({
    role: type(),
    content: either(str(), arr(lazy(block))),
    clear_at: nul(oneOf('next_user_message', 'never')),
    output_config: nul(open()),
  });
  return tagged('role', { user: plain, assistant: plain, system });
};

const SERVER_TOOLS =
  /^(bash|text_editor|code_execution|web_search|web_fetch|computer|memory|tool_search_tool_(bm25|regex)|browser_toolset|computer_toolset|mcp_toolset|advisor)_\d{8}$|^mcp_toolset$/;

/** True for the type of a tool that Anthropic itself defines. */
export const isServerTool = (name: string): boolean => SERVER_TOOLS.test(name);

const customTool = (): Spec =>
  obj({
    type: nul(str()),
    name: toolName(),
    description: str(),
    input_schema: req(open({ type: req(oneOf('object')) })),
    cache_control: cache(),
    allowed_callers: arr(str()),
    defer_loading: bool(),
    eager_input_streaming: nul(bool()),
    input_examples: arr(open()),
    strict: bool(),
  });

/** One client-defined tool; tools of Anthropic's own types are not looked into. */
export const customTools = (): Spec => labelled('type', { custom: customTool() }, 'custom');

const outputConfig = (): Spec =>
  obj({
    effort: nul(oneOf('low', 'medium', 'high', 'xhigh', 'max')),
    format: nul(obj({ type: req(oneOf('json_schema')), schema: req(open()) })),
    task_budget: nul(open()),
  });

/** Asks whether a beta of this name prefix was named in `anthropic-beta`. */
type HasBeta = (prefix: string) => boolean;

const shared = (has: HasBeta): Record<string, Spec> => ({
  model: req(str({ minLength: 1 })),
  messages: req(arr(message())),
  cache_control: cache(),
  output_config: outputConfig(),
  system: either(str(), arr(labelled('type', { text: text() }))),
  thinking: labelled('type', {
    enabled: obj({ type: type(), budget_tokens: req(int(1024)), display: display(has) }),
    disabled: obj({ type: type() }),
    adaptive: obj({ type: type(), display: display(has) }),
  }),
  tool_choice: labelled('type', {
    auto: obj({ type: type(), disable_parallel_tool_use: bool() }),
    any: obj({ type: type(), disable_parallel_tool_use: bool() }),
    tool: obj({ type: type(), name: req(str()), disable_parallel_tool_use: bool() }),
    none: obj({ type: type() }),
  }),
  tools: arr(open()),
  speed: nul(oneOf('standard', 'fast')),
  workspace_id: str(),
});

const display = (has: HasBeta): Spec =>
  nul(oneOf('summarized', 'omitted', ...(has('thinking-display-updates-') ? ['updates'] : [])));

/** Fields that exist only while their beta is asked for. */
const BETA_FIELDS: readonly { field: string; beta: string; spec: () => Spec; counts: boolean }[] = [
  {
    field: 'context_management',
    beta: 'context-management-',
    spec: () =>
      nul(
        obj({
          edits: arr(
            labelled('type', {
              clear_tool_uses_20250919: open(),
              clear_thinking_20251015: open(),
              compact_20260112: open(),
            }),
          ),
        }),
      ),
    counts: true,
  },
  { field: 'mcp_servers', beta: 'mcp-client-', spec: () => arr(open()), counts: true },
  {
    field: 'output_format',
    beta: 'structured-outputs-',
    spec: () => nul(obj({ type: req(oneOf('json_schema')), schema: req(open()) })),
    counts: true,
  },
  { field: 'compaction', beta: 'compact-', spec: () => nul(open()), counts: true },
  { field: 'billing_policy', beta: 'user-profiles-billing-', spec: () => nul(open()), counts: true },
  {
    field: 'thread',
    beta: 'message-threads-',
    spec: () =>
      nul(
        labelled('type', {
          create: obj({ type: type() }),
          continue: obj({ type: type(), previous_message_id: req(str()) }),
        }),
      ),
    counts: false,
  },
  { field: 'fallbacks', beta: 'server-side-fallback-', spec: () => nul(any()), counts: false },
  { field: 'fallback_credit_token', beta: 'fallback-credit-', spec: () => nul(any()), counts: false },
];

const betaFields = (has: HasBeta, counting: boolean): Record<string, Spec> =>
  Object.fromEntries(
    BETA_FIELDS.filter(({ beta, counts }) => has(beta) && (counts || !counting)).map(({ field, spec }) => [
      field,
      spec(),
    ]),
  );

/** The body of POST /v1/messages under these betas; `sampling` says whether the version still knows sampling parameters. */
export const messagesBody = (has: HasBeta, sampling: boolean): Spec =>
  obj({
    ...shared(has),
    max_tokens: req(int(1)),
    container: nul(any()),
    diagnostics: nul(open()),
    inference_geo: nul(str()),
    metadata: obj({ user_id: nul(str({ maxLength: 1024 })) }),
    service_tier: oneOf('auto', 'standard_only'),
    stop_sequences: arr(str()),
    stream: bool(),
    user_profile_id: str(),
    ...(sampling ? { temperature: num(0, 1), top_p: num(0, 1), top_k: int(0) } : {}),
    ...betaFields(has, false),
  });

/** The body of POST /v1/messages/count_tokens. */
export const countBody = (has: HasBeta): Spec =>
  obj({ ...shared(has), user_profile_id: str(), ...betaFields(has, true) });
