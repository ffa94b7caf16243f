// Bodies that are one client's own: what cannot be said in the common words of a conversation, and captured requests.
import { readFileSync } from 'node:fs';
import type { Body, ClientName } from './conversation.ts';

type Bodies = Readonly<Partial<Record<ClientName, Body>>>;

function captured(file: string, line: number): Body {
  const text =
    readFileSync(new URL(`../fixtures/clients/${file}`, import.meta.url), 'utf8').split('\n')[line - 1] ?? '';
  const { body } = JSON.parse(text) as { body: Body };
  const { model: _model, stream: _stream, ...rest } = body;
  return rest;
}

/** A captured request of Codex, its strings cut short as in the fixture. */
export const codex = (line: number): Body => captured('codex.jsonl', line);
/** One of Claude Code. */
export const claudeCode = (line: number): Body => captured('claude-code.jsonl', line);

const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: /.+/' };

/**
 * Free-form and namespaced tools, two of one name in different namespaces. The free-form input is written as a target hears it that
 * knows functions only.
 */
export const customTools: Bodies = {
  chat: {
    messages: [{ role: 'user', content: 'call run_py {"input":"print(1) # ü \\"q\\""}' }],
    tools: [
      {
        type: 'custom',
        custom: {
          name: 'run_py',
          description: 'Runs Python',
          format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: /.+/' } },
        },
      },
    ],
  },
  responses: {
    store: false,
    input: [
      { role: 'user', content: 'call #1 {"input":"print(1) # ü \\"q\\""}\ncall #2 {"id":"a"}\ncall #3 {"id":"b"}' },
    ],
    tools: [
      { type: 'custom', name: 'run_py', description: 'Runs Python', format: grammar },
      {
        type: 'namespace',
        name: 'agents',
        description: 'Other agents',
        tools: [
          {
            type: 'function',
            name: 'close',
            description: 'Closes one',
            parameters: { type: 'object', properties: { id: { type: 'string' } } },
          },
        ],
      },
      {
        type: 'namespace',
        name: 'files',
        description: 'Open files',
        tools: [
          {
            type: 'function',
            name: 'close',
            description: 'Closes one',
            parameters: { type: 'object', properties: { id: { type: 'string' } } },
          },
        ],
      },
    ],
  },
};

const ask = 'what is new?';
const lookUp = { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] };

/** Tools a provider runs itself, beside one of the client's. */
export const hostedTools: Bodies = {
  chat: {
    messages: [{ role: 'user', content: ask }],
    tools: [{ type: 'function', function: { name: 'look_up', parameters: lookUp } }],
    web_search_options: { search_context_size: 'low' },
  },
  responses: {
    store: false,
    input: ask,
    tools: [
      { type: 'function', name: 'look_up', parameters: lookUp, strict: false },
      { type: 'web_search', search_context_size: 'low' },
      { type: 'code_interpreter', container: { type: 'auto' } },
    ],
  },
  anthropic: {
    max_tokens: 4096,
    messages: [{ role: 'user', content: ask }],
    tools: [
      { name: 'look_up', input_schema: lookUp },
      { type: 'web_search_20250305', name: 'web_search', max_uses: 3 },
    ],
  },
  gemini: {
    contents: [{ role: 'user', parts: [{ text: ask }] }],
    tools: [{ functionDeclarations: [{ name: 'look_up', parametersJsonSchema: lookUp }] }, { googleSearch: {} }],
  },
};

const call = { city: 'X' };
const weather = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

/** A history whose reasoning was minted by a provider that is not the target. */
export const foreignReasoning: Bodies = {
  chat: {
    messages: [
      { role: 'user', content: 'weather?' },
      {
        role: 'assistant',
        content: null,
        reasoning_content: 'Let me look.',
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"X"}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
    ],
    tools: [{ type: 'function', function: { name: 'get_weather', parameters: weather } }],
  },
  responses: {
    store: false,
    input: [
      { role: 'user', content: 'weather?' },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'Let me look.' }],
        encrypted_content: 'Zm9yZWlnbg==',
      },
      { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{"city":"X"}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'rain' },
    ],
    tools: [{ type: 'function', name: 'get_weather', parameters: weather, strict: false }],
  },
  anthropic: {
    max_tokens: 4096,
    thinking: { type: 'enabled', budget_tokens: 1024 },
    messages: [
      { role: 'user', content: 'weather?' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Let me look.', signature: 'Zm9yZWlnbg==' },
          { type: 'redacted_thinking', data: 'Zm9yZWlnbg==' },
          { type: 'tool_use', id: 'call_1', name: 'get_weather', input: call },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'rain' }] },
    ],
    tools: [{ name: 'get_weather', input_schema: weather }],
  },
  gemini: {
    contents: [
      { role: 'user', parts: [{ text: 'weather?' }] },
      {
        role: 'model',
        parts: [
          { text: 'Let me look.', thought: true },
          { functionCall: { id: 'call_1', name: 'get_weather', args: call }, thoughtSignature: 'Zm9yZWlnbg==' },
        ],
      },
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'call_1', name: 'get_weather', response: { output: 'rain' } } }],
      },
    ],
    tools: [{ functionDeclarations: [{ name: 'get_weather', parametersJsonSchema: weather }] }],
  },
};
