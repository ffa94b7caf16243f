import { describe, expect, it } from 'vitest';
import type { SurfaceId } from '../../../../shared/domain/dialect.ts';
import { JsonDocument } from '../../../../main/gateway/dialects/document.ts';
import { checkTools, toolDenialOf } from '../../../../main/gateway/policies/tool-access.ts';
import type { ProviderKind } from '../../../../shared/config/provider.ts';
import type { ToolPolicy } from '../../../../main/gateway/ports.ts';

function policy(more: Partial<ToolPolicy>): ToolPolicy {
  return {
    ...{ rule: 'acme-core@12:/tools/deny', origin: 'team bundle acme-core@12, line 58' },
    ...{ reason: 'No shells', contact: '#llm-platform', allow: ['*'], deny: [], servers: undefined },
    ...more,
  };
}

const read = (body: unknown): JsonDocument =>
  JsonDocument.read(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

/** Names of what is denied; `opaque` where that cannot be told, `undefined` where nothing is. */
function denied(
  more: Partial<ToolPolicy>,
  surface: SurfaceId,
  body: unknown,
): readonly string[] | 'opaque' | undefined {
  const denial = toolDenialOf([policy(more)], { surface, document: read(body), targets: [] });
  if (denial === undefined) return undefined;
  return denial.tools.length === 0 ? 'opaque' : denial.tools;
}

const chatFunction = (name: string): unknown => ({ type: 'function', function: { name, parameters: {} } });
const bash: Partial<ToolPolicy> = { deny: ['bash*'] };

describe('a denied tool', () => {
  const rows: readonly (readonly [what: string, surface: SurfaceId, body: unknown, name: string])[] = [
    ['a function of Chat', 'chat', { tools: [chatFunction('read'), chatFunction('bash')] }, 'bash'],
    ['a custom tool of Chat', 'chat', { tools: [{ type: 'custom', custom: { name: 'bash' } }] }, 'bash'],
    ['a function of old', 'chat', { functions: [{ name: 'bash' }] }, 'bash'],
    ['a function of Ollama', 'ollama_chat', { tools: [chatFunction('bash')] }, 'bash'],
    ['a function of Responses', 'responses', { tools: [{ type: 'function', name: 'bash' }] }, 'bash'],
    [
      'a tool in a namespace',
      'responses',
      { tools: [{ type: 'namespace', name: 'box', tools: [{ type: 'function', name: 'bash' }] }] },
      'bash',
    ],
    [
      'all of a namespace',
      'responses',
      { tools: [{ type: 'namespace', name: 'bash_box', tools: [{ type: 'function', name: 'run' }] }] },
      'run',
    ],
    [
      'a tool that was added later',
      'responses',
      { input: [{ type: 'additional_tools', tools: [{ type: 'function', name: 'bash' }] }] },
      'bash',
    ],
    [
      'a tool that was found',
      'responses',
      { input: [{ type: 'tool_search_output', tools: [{ type: 'function', name: 'bash' }] }] },
      'bash',
    ],
    ['a tool beside a compaction', 'responses_compact', { tools: [{ type: 'function', name: 'bash' }] }, 'bash'],
    ['a tool of Claude', 'messages', { tools: [{ name: 'bash', input_schema: {} }] }, 'bash'],
    ['a typed tool of Claude', 'messages', { tools: [{ type: 'bash_20250124', name: 'bash' }] }, 'bash_20250124'],
    ['a function of Gemini', 'gemini_generate', { tools: [{ functionDeclarations: [{ name: 'bash' }] }] }, 'bash'],
    [
      'the same with the proto’s names',
      'gemini_stream',
      { tools: [{ function_declarations: [{ name: 'bash' }] }] },
      'bash',
    ],
    ['the same without its list', 'gemini_generate', { tools: { functionDeclarations: { name: 'bash' } } }, 'bash'],
    [
      'a count of Gemini',
      'gemini_count_tokens',
      { generateContentRequest: { tools: [{ functionDeclarations: [{ name: 'bash' }] }] } },
      'bash',
    ],
    ['a field in another case', 'chat', { Tools: [chatFunction('bash')] }, 'bash'],
    ['a name in another case', 'chat', { tools: [chatFunction('Bash')] }, 'Bash'],
  ];

  it.each(rows)('is found: %s', (_what, surface, body, name) => {
    expect(denied(bash, surface, body)).toEqual([name]);
  });

  it.each([
    ['web_search', 'responses', { tools: [{ type: 'web_search_preview_2025_03_11' }] }, undefined],
    [
      'web_search*',
      'responses',
      { tools: [{ type: 'web_search_preview_2025_03_11' }] },
      ['web_search_preview_2025_03_11'],
    ],
    [
      'web_search',
      'messages',
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      ['web_search_20250305'],
    ],
    ['web_search', 'chat', { web_search_options: {} }, ['web_search']],
    ['google_search', 'gemini_generate', { tools: [{ googleSearch: {} }] }, ['googleSearch']],
    ['googleSearch', 'gemini_generate', { tools: [{ google_search: {} }] }, undefined],
    ['code_execution', 'gemini_generate', { tools: [{ codeExecution: {} }, { urlContext: null }] }, ['codeExecution']],
    ['web', 'chat', { plugins: [{ id: 'web' }] }, ['web']],
    ['web', 'responses', { plugins: [{ id: 'web' }] }, ['web']],
    ['web', 'messages', { plugins: [{ id: 'web' }] }, ['web']],
    ['web', 'completions', { prompt: 'x', plugins: [{ id: 'web' }] }, ['web']],
    ['web_search', 'chat', { enable_search: true }, ['enable_search']],
    ['web_search', 'chat', { enable_search: false }, undefined],
    ['web_search', 'chat', { tools: [{ type: 'openrouter:web_search' }] }, ['openrouter:web_search']],
    ['web_search', 'responses', { tools: [{ type: 'openrouter:web_search' }] }, ['openrouter:web_search']],
    [
      'web_search',
      'chat',
      { tools: [{ type: 'builtin_function', function: { name: '$web_search' } }] },
      ['builtin_function'],
    ],
  ] as const)('that the provider runs is found by its type: %s', (deny, surface, body, expected) => {
    expect(denied({ deny: [deny] }, surface, body)).toEqual(expected);
  });
});

describe('an allowed list', () => {
  it('allows by name, and what the provider runs by what it is and not by what it is called', () => {
    const allow = ['read_*', 'web_search'];
    expect(denied({ allow }, 'chat', { tools: [chatFunction('read_file'), chatFunction('write_file')] })).toEqual([
      'write_file',
    ]);
    expect(
      denied({ allow }, 'messages', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }),
    ).toBeUndefined();
    expect(denied({ allow }, 'messages', { tools: [{ type: 'code_execution_20250825', name: 'read_file' }] })).toEqual([
      'code_execution_20250825',
    ]);
    expect(
      denied({ allow }, 'responses', {
        tools: [{ type: 'mcp', server_label: 'read_all', server_url: 'https://x.example' }],
      }),
    ).toEqual(['read_all']);
  });

  it('must allow in every policy', () => {
    const both = [policy({ allow: ['a', 'b'] }), policy({ rule: 'config:/tools', allow: ['b', 'c'] })];
    const offering = (name: string): JsonDocument => read({ tools: [chatFunction(name)] });
    expect(toolDenialOf(both, { surface: 'chat', document: offering('b'), targets: [] })).toBeUndefined();
    expect(toolDenialOf(both, { surface: 'chat', document: offering('a'), targets: [] })?.policy.rule).toBe(
      'config:/tools',
    );
    expect(toolDenialOf(both, { surface: 'chat', document: offering('c'), targets: [] })?.policy.rule).toBe(
      'acme-core@12:/tools/deny',
    );
  });
});

describe('a server that the provider calls by itself', () => {
  const servers = [
    { name: 'wiki', identity: 'https://mcp.acme.example/*' },
    { name: 'mail', identity: 'connector_gmail' },
  ];
  const responses = (server: Readonly<Record<string, unknown>>): unknown => ({ tools: [{ type: 'mcp', ...server }] });
  const messages = (name: string, url: string): unknown => ({
    mcp_servers: [{ type: 'url', name, url }],
    tools: [{ type: 'mcp_toolset', mcp_server_name: name }],
  });

  it.each([
    ['responses', responses({ server_label: 'wiki', server_url: 'https://mcp.acme.example/sse' })],
    ['responses', responses({ server_label: 'wiki', server_url: 'HTTPS://MCP.acme.example/sse' })],
    ['responses', responses({ server_label: 'mail', connector_id: 'connector_gmail' })],
    ['messages', messages('wiki', 'https://mcp.acme.example/sse')],
    [
      'gemini_generate',
      { tools: [{ mcpServers: [{ name: 'wiki', streamableHttpTransport: { url: 'https://mcp.acme.example/mcp' } }] }] },
    ],
  ] as const)('may be called if name and identity fit: %s', (surface, body) => {
    expect(denied({ servers }, surface, body)).toBeUndefined();
  });

  it.each([
    ['responses', responses({ server_label: 'wiki', server_url: 'https://evil.example/mcp.acme.example/' })],
    ['responses', responses({ server_label: 'wiki', server_url: 'https://mcp.acme.example@evil.example/' })],
    ['responses', responses({ server_label: 'wiki', server_url: 'https://mcp.acme.example\\@evil.example/' })],
    ['responses', responses({ server_label: 'wiki' })],
    [
      'responses',
      responses({ server_label: 'wiki', server_url: 'https://mcp.acme.example/sse', connector_id: 'connector_gmail' }),
    ],
    ['responses', responses({ server_label: 'other', server_url: 'https://mcp.acme.example/sse' })],
    ['messages', messages('wiki', 'https://evil.example/sse')],
    ['messages', messages('mail', 'https://mcp.acme.example/sse')],
    ['gemini_generate', { tools: [{ mcpServers: [{ name: 'wiki' }] }] }],
  ] as const)('may not otherwise: %s %#', (surface, body) => {
    expect(denied({ servers }, surface, body)).toEqual([expect.any(String)]);
  });

  it('is denied where none is allowed, while other tools are not', () => {
    expect(denied({ servers: [] }, 'messages', messages('wiki', 'https://mcp.acme.example/'))).toEqual(['wiki']);
    expect(denied({ servers: [] }, 'messages', { tools: [{ name: 'read' }] })).toBeUndefined();
  });

  it('is denied for a tool of it that is denied', () => {
    const body = responses({
      server_label: 'wiki',
      server_url: 'https://mcp.acme.example/',
      allowed_tools: ['find', 'drop'],
    });
    expect(denied({ servers, deny: ['drop'] }, 'responses', body)).toEqual(['drop']);
  });
});

describe('tools that cannot be told with certainty', () => {
  it.each([
    ['a stored prompt', 'responses', { prompt: { id: 'pmpt_1' } }],
    ['cached content', 'gemini_generate', { cachedContent: 'cachedContents/1' }],
    ['cached content, spelt as the proto', 'gemini_generate', { cached_content: 'cachedContents/1' }],
    ['a preset', 'chat', { preset: 'mine' }],
    ['a preset of Responses', 'responses', { preset: 'mine' }],
    ['a preset of Claude', 'messages', { Preset: 'mine' }],
    ['cached content of Gemini by Chat', 'chat', { extra_body: { google: { cached_content: 'cachedContents/1' } } }],
    ['a tool without a name', 'chat', { tools: [{ type: 'function', function: {} }] }],
    ['no list', 'chat', { tools: 'bash' }],
    ['no object', 'chat', { tools: ['bash'] }],
    ['a type twice', 'responses', '{"tools":[{"type":"function","type":"mcp","name":"a"}]}'],
    ['a name twice', 'messages', '{"tools":[{"name":"a","name":"bash"}]}'],
    ['a name twice, once in another case', 'ollama_chat', '{"tools":[{"function":{"name":"a","Name":"bash"}}]}'],
    ['a name twice, once with letters spelt', 'messages', String.raw`{"tools":[{"name":"a","n\u0061me":"bash"}]}`],
  ] as const)('are refused: %s', (_what, surface, body) => {
    expect(denied(bash, surface, body)).toBe('opaque');
  });

  it('are refused where there is nothing to look into', () => {
    expect(toolDenialOf([policy(bash)], { surface: 'chat', document: undefined, targets: [] })?.why).toContain(
      'cannot be looked into',
    );
  });

  it('are told where only a schema names a field twice', () => {
    const tools = '[{"name":"a","input_schema":{"properties":{"Path":{},"path":{"properties":{"x":1}}}}}]';
    expect(denied(bash, 'messages', `{"tools":${tools}}`)).toBeUndefined();
  });
});

describe('a request', () => {
  it('without tools, or on a surface without any, is not looked at', () => {
    for (const surface of ['chat', 'responses', 'messages', 'gemini_generate'] as const)
      expect(denied(bash, surface, { tools: [], model: 'x' })).toBeUndefined();
    expect(denied({ allow: [] }, 'embeddings', { tools: [chatFunction('bash')] })).toBeUndefined();
  });

  it('is refused with the tools, the rule and whom to ask', () => {
    const document = read({ tools: [chatFunction('bash'), chatFunction('bash_2'), chatFunction('ls')] });
    expect(() => checkTools([policy(bash)], { surface: 'chat', document, targets: [] })).toThrow(
      expect.objectContaining({
        code: 'admit.tool_denied',
        message:
          'Blocked by team policy "No shells" (acme-core@12, line 58): the tools "bash", "bash_2" may not be offered. Ask: #llm-platform.',
        details: { rule: 'acme-core@12:/tools/deny', tools: ['bash', 'bash_2'] },
      }) as Error,
    );
  });
});

it('is offered by the name of a model that searches the web', () => {
  const by = (kind: ProviderKind, model: string, more: Partial<ToolPolicy>): unknown => {
    const targets = [{ provider: { kind }, model }];
    return toolDenialOf([policy(more)], { surface: 'completions', document: read({ prompt: 'x' }), targets })?.tools;
  };
  expect(by('openrouter', 'openai/gpt-5:online', { deny: ['web_search'] })).toEqual(['web']);
  expect(by('openrouter', 'openai/gpt-5:ONLINE', { allow: ['read*'] })).toEqual(['web']);
  expect(by('openrouter', 'openai/gpt-5:online', { deny: ['bash'] })).toBeUndefined();
  expect(by('openrouter', 'openai/gpt-5', { allow: ['read*'] })).toBeUndefined();
  expect(by('openrouter', 'openai/gpt-5:online@preset/mine', { deny: ['web_search'] })).toEqual([]);
  expect(by('openrouter', '@preset/mine', { deny: ['bash'] })).toEqual([]);
  expect(by('ollama', '@preset/mine', { deny: ['bash'] })).toBeUndefined();
  expect(by('openai-compatible', 'gpt-5:online', { allow: ['read*'] })).toBeUndefined();
});
