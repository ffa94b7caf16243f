import { describe, expect, it } from 'vitest';
import { JsonDocument } from '../../../../main/gateway/dialects/document.ts';
import { leavesOf, leafText, type Leaf } from '../../../../main/gateway/dialects/leaves.ts';
import { sealSummary } from '../../../../main/gateway/dialects/openai-responses/compaction-handle.ts';
import type { SurfaceId } from '../../../../shared/domain/dialect.ts';

function leavesIn(surface: SurfaceId, body: unknown, definitions = false): readonly Leaf[] {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return leavesOf(JsonDocument.read(Buffer.from(text)), surface, { definitions });
}

/** Every leaf as `place: text`, with its form where that is not text. */
function told(surface: SurfaceId, body: unknown, definitions = false): string[] {
  return leavesIn(surface, body, definitions).map((leaf) => {
    const form = leaf.form === 'text' ? '' : ` ${leaf.form}`;
    return `${leaf.place}${form}: ${leafText(leaf).text}`;
  });
}

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ';

describe('leaves of Messages', () => {
  it('are what is said, by who says it', () => {
    const body = {
      model: 'claude-x',
      system: [{ type: 'text', text: 'sys', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        { role: 'user', content: 'hello' },
        { role: 'system', content: 'note' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
            { type: 'redacted_thinking', data: 'ZW5j' },
            {
              type: 'text',
              text: 'hi',
              citations: [{ type: 'char_location', cited_text: 'cited', document_title: 'T' }],
            },
          ],
        },
      ],
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
    };
    expect(told('messages', body)).toEqual([
      ...['system: sys', 'user: hello', 'system: note', 'assistant: hm', 'assistant: hi'],
      ...['assistant: cited', 'assistant: T', 'other: END', 'other key: user_id', 'other: u1'],
    ]);
  });

  it('carry the signature of signed reasoning, on whichever side it stands', () => {
    const thought = (block: unknown): unknown => ({ messages: [{ role: 'assistant', content: [block] }] });
    const leaves = [
      leavesIn('messages', thought({ type: 'thinking', thinking: 'hm', signature: 'c2ln' })),
      leavesIn('messages', thought({ signature: 'c2ln', thinking: 'hm', type: 'thinking' })),
      leavesIn('messages', thought({ type: 'thinking', thinking: 'hm' })),
    ].map(([leaf]) => leaf?.signature);
    expect(leaves).toEqual(['c2ln', 'c2ln', undefined]);
  });

  it('are all that tools are given and give back', () => {
    const body = {
      messages: [
        {
          role: 'assistant',
          content: [
            {
              type: 'tool_use',
              id: 'toolu_1',
              name: 'save',
              input: { ssn: '1-2', list: ['a', { deep: 'b' }], n: 4111111111111111 },
            },
            { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'q' } },
            {
              type: 'web_search_tool_result',
              tool_use_id: 'srv_1',
              content: [{ type: 'web_search_result', url: 'https://a.example', title: 'A', encrypted_content: 'x' }],
            },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: 'done' },
            {
              content: [
                { text: 'part', type: 'text' },
                {
                  source: { data: 'inside', media_type: 'text/plain', type: 'text' },
                  title: 'D',
                  context: 'C',
                  type: 'document',
                },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
                { type: 'tool_reference', tool_name: 'save' },
              ],
              tool_use_id: 'toolu_2',
              type: 'tool_result',
            },
          ],
        },
      ],
    };
    expect(told('messages', body)).toEqual([
      ...['tool key: ssn', 'tool: 1-2', 'tool key: list', 'tool: a', 'tool key: deep', 'tool: b', 'tool key: n'],
      ...['tool number: 4111111111111111', 'tool key: query', 'tool: q', 'tool: https://a.example', 'tool: A'],
      ...['tool: done', 'tool: part', 'tool: inside', 'tool: D', 'tool: C'],
    ]);
    expect(
      leavesIn('messages', body)
        .map((leaf) => leaf.field)
        .slice(0, 8),
    ).toEqual([undefined, 'ssn', undefined, 'list', undefined, 'deep', undefined, 'n']);
  });

  it('are documents, by what their bytes are', () => {
    const source = (source: unknown): string[] =>
      told('messages', { messages: [{ role: 'user', content: [{ type: 'document', source }] }] });
    const text = Buffer.from('Name: Anna Smith').toString('base64');
    const pdf = Buffer.from('%PDF-1.7 …').toString('base64');
    expect(source({ type: 'text', media_type: 'text/plain', data: 'Anna' })).toEqual(['user: Anna']);
    expect(source({ data: text, type: 'base64', media_type: 'text/csv' })).toEqual(['user base64: Name: Anna Smith']);
    expect(source({ type: 'base64', media_type: 'application/pdf', data: pdf })).toEqual([]);
    expect(source({ type: 'base64', media_type: 'application/octet-stream', data: pdf })).toEqual([]);
    expect(source({ type: 'base64', data: text })).toEqual(['user base64: Name: Anna Smith']);
    expect(source({ type: 'base64', media_type: 'application/pdf', data: 'not base64, Anna' })).toEqual([
      'user: not base64, Anna',
    ]);
    expect(source({ type: 'url', url: 'https://a.example/anna.pdf' })).toEqual(['user: https://a.example/anna.pdf']);
    expect(source({ type: 'file', file_id: 'file_1' })).toEqual([]);
    expect(source({ type: 'content', content: [{ type: 'text', text: 'x' }] })).toEqual(['user: x']);
  });

  it('are definitions only where they are asked for', () => {
    const body = {
      tools: [
        {
          name: 'save',
          description: 'Saves',
          input_schema: {
            $schema: 'https://json-schema.org',
            type: 'object',
            description: 'What',
            properties: {
              type: { type: 'string', enum: ['a'], description: 'Kind', default: 'a', examples: ['b', { c: 'd' }] },
              list: {
                type: 'array',
                items: {
                  anyOf: [
                    { const: 'x', title: 'X' },
                    { pattern: '^y$', format: 'date' },
                  ],
                },
              },
            },
            required: ['type'],
            'x-note': 'note',
          },
        },
        {
          type: 'web_search_20250305',
          name: 'web_search',
          user_location: { type: 'approximate', city: 'Berlin', country: 'DE', timezone: 'Europe/Berlin' },
        },
      ],
      messages: [],
      output_config: {
        effort: 'high',
        format: { type: 'json_schema', schema: { type: 'object', description: 'Answer' } },
      },
      tool_choice: { type: 'tool', name: 'save' },
    };
    expect(told('messages', body)).toEqual(['other: Berlin']);
    expect(told('messages', body, true)).toEqual([
      ...['Saves', 'What', 'Kind', 'a', 'b', 'd', 'X', 'note'].map((text) => `definition: ${text}`),
      ...['other: Berlin', 'definition: Answer'],
    ]);
  });

  it('are none of the options', () => {
    const body = {
      ...{
        model: 'claude',
        service_tier: 'auto',
        container: { id: 'c_1', skills: [{ type: 'custom', skill_id: 's_1' }] },
      },
      thinking: { type: 'adaptive', display: 'omitted' },
      thread: { type: 'continue', previous_message_id: 'msg_1' },
      context_management: {
        edits: [
          { type: 'clear_thinking_20251015', keep: 'all' },
          { type: 'compact', instructions: 'Keep it' },
        ],
      },
      messages: [],
    };
    expect(told('messages', body)).toEqual(['system: Keep it']);
  });
});

describe('leaves of Chat Completions', () => {
  it('are what is said, by who says it, in every form', () => {
    const body = {
      messages: [
        { role: 'developer', content: 'dev' },
        { content: [{ type: 'text', text: 'look' }], role: 'user', name: 'anna' },
        { role: 'assistant', content: null, refusal: 'no', reasoning_content: 'why', audio: { id: 'audio_1' } },
        {
          role: 'assistant',
          reasoning_details: [{ type: 'reasoning.text', text: 'r', signature: 's', id: 'x', format: 'f-v1' }],
        },
        { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'result' }] },
        { role: 'function', name: 'save', content: 'old' },
      ],
      ...{ user: 'u', safety_identifier: 'si', stop: 'END', prompt_cache_key: 'k', reasoning_effort: 'high' },
      metadata: { account: '123456789012' },
      prediction: { type: 'content', content: 'soon' },
      audio: { voice: 'alloy', format: 'wav' },
      web_search_options: {
        search_context_size: 'low',
        user_location: { type: 'approximate', approximate: { city: 'Rome', country: 'IT' } },
      },
    };
    expect(told('chat', body)).toEqual([
      ...[
        'system: dev',
        'user: look',
        'other: anna',
        'assistant: no',
        'assistant: why',
        'assistant: r',
        'tool: result',
        'tool: old',
      ],
      ...[
        'other: u',
        'other: si',
        'other: END',
        'other: k',
        'other key: account',
        'other: 123456789012',
        'assistant: soon',
        'other: Rome',
      ],
    ]);
  });

  it('are the arguments inside their string', () => {
    const call = (args: unknown): unknown => ({
      messages: [
        { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'save', arguments: args } }] },
      ],
    });
    const inner = leavesIn('chat', call('{"to":"Jürgen \\u00e9 \\"x\\"", "card":4111111111111111, "n":[1234567]}'));
    expect(inner.map((leaf) => [leaf.form, leaf.layers, leaf.field, leafText(leaf).text])).toEqual([
      ['key', 2, undefined, 'to'],
      ['text', 2, 'to', 'Jürgen é "x"'],
      ['key', 2, undefined, 'card'],
      ['number', 2, 'card', '4111111111111111'],
      ['key', 2, undefined, 'n'],
    ]);
    expect(told('chat', call('{"to": "cut o'))).toEqual(['tool: {"to": "cut o']);
    expect(told('chat', call('"just text"'))).toEqual(['tool: "just text"']);
    expect(told('chat', call(`${'['.repeat(200)}"x"${']'.repeat(200)}`))).toHaveLength(1);
    expect(told('chat', call({ to: 'object' }))).toEqual(['tool key: to', 'tool: object']);
    expect(told('chat', call('{}'))).toEqual([]);
  });

  it('name fields as they read, whatever way they are written', () => {
    const args = JSON.stringify('{"na\\u00efve ü":"v"}').replace('ü', '\\u00fc');
    const body = `{"messages":[{"role":"assistant","tool_calls":[{"function":{"arguments":${args}}}]}]}`;
    expect(leavesIn('chat', body)[1]?.field).toBe('naïve ü');
  });

  it('are a custom tool’s input', () => {
    const calls = [{ id: 'c', type: 'custom', custom: { name: 'sh', input: 'rm Anna' } }];
    expect(told('chat', { messages: [{ role: 'assistant', tool_calls: calls }] })).toEqual(['tool: rm Anna']);
  });

  it('are addresses, and documents whose bytes are text, but no pictures or sound', () => {
    const parts = [
      { type: 'image_url', image_url: { url: `data:image/png;base64,${png}`, detail: 'high' } },
      { type: 'image_url', image_url: { url: 'https://a.example/anna.png' } },
      { type: 'input_audio', input_audio: { data: `UklGR${'A'.repeat(400)}`, format: 'wav' } },
      {
        type: 'file',
        file: { filename: 'anna.txt', file_data: `data:text/plain;base64,${Buffer.from('Anna').toString('base64')}` },
      },
      { type: 'file', file: { file_id: 'file-1' } },
      { type: 'file', file: { file_data: `JVBERi0${'A'.repeat(400)}`, filename: 'x.pdf' } },
    ];
    expect(told('chat', { messages: [{ role: 'user', content: parts }] })).toEqual([
      'user: https://a.example/anna.png',
      'user: anna.txt',
      'user base64: Anna',
      'user: x.pdf',
    ]);
  });

  it('begin a document behind the head of its address, where slashes are escaped as well', () => {
    const value = Buffer.from('Anna Smith?>').toString('base64').replaceAll('/', '\\/');
    const body = `{"messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"data:text\\/plain;base64,${value}"}}]}]}`;
    const [leaf] = leavesIn('chat', body);
    expect(leaf).toMatchObject({ form: 'base64', raw: value, start: body.indexOf(value) });
    expect(leaf === undefined ? '' : leafText(leaf).text).toBe('Anna Smith?>');
  });

  it('leave long base64 of known pictures out wherever it stands', () => {
    const content = `iVBORw0KGgo${'A'.repeat(600)}`;
    expect(told('chat', { messages: [{ role: 'tool', content }] })).toEqual([]);
    expect(told('chat', { messages: [{ role: 'tool', content: `${content} Anna` }] })).toHaveLength(1);
  });
});

describe('leaves of Responses', () => {
  it('are items of all kinds', () => {
    const input = [
      { role: 'developer', content: 'dev' },
      {
        type: 'message',
        role: 'user',
        id: 'msg_1',
        content: [
          { type: 'input_text', text: 'hi' },
          { type: 'input_image', image_url: `data:image/png;base64,${png}` },
        ],
      },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'sum' }],
        encrypted_content: 'gAAAA',
        content: [{ type: 'reasoning_text', text: 'raw' }],
      },
      { type: 'function_call', call_id: 'c1', name: 'f', namespace: 'ns', arguments: '{"a":"b"}', status: 'completed' },
      { type: 'function_call_output', call_id: 'c1', output: 'out' },
      { type: 'custom_tool_call', call_id: 'c2', name: 'patch', input: 'diff' },
      { type: 'custom_tool_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'ok' }] },
      {
        type: 'local_shell_call',
        call_id: 'c3',
        action: { type: 'exec', command: ['ls', '/home/anna'], env: { TOKEN: 't' } },
      },
      {
        type: 'shell_call_output',
        call_id: 'c4',
        output: [{ stdout: 'so', stderr: 'se', outcome: { type: 'exit', exit_code: 0 } }],
      },
      {
        type: 'web_search_call',
        id: 'ws_1',
        status: 'completed',
        action: { type: 'search', query: 'who', sources: [{ type: 'url', url: 'https://a.example' }] },
      },
      {
        type: 'file_search_call',
        id: 'fs_1',
        queries: ['q'],
        results: [{ file_id: 'file_1', filename: 'f.txt', text: 'found' }],
      },
      { type: 'mcp_call', id: 'mcp_1', server_label: 'crm', name: 'get', arguments: '{"id":"x"}', output: 'record' },
      {
        type: 'code_interpreter_call',
        code: 'print(1)',
        container_id: 'cntr_1',
        outputs: [{ type: 'logs', logs: 'log' }],
      },
      {
        type: 'computer_call_output',
        call_id: 'c5',
        output: { type: 'computer_screenshot', image_url: 'https://a.example/s.png' },
      },
      { type: 'image_generation_call', id: 'ig_1', result: `iVBORw0KGgo${'A'.repeat(300)}` },
      { type: 'apply_patch_call', call_id: 'c6', operation: { type: 'update_file', path: 'p', diff: 'd' } },
      { type: 'item_reference', id: 'msg_0' },
      {
        type: 'message',
        role: 'assistant',
        content: [
          {
            type: 'output_text',
            text: 'said',
            annotations: [{ type: 'url_citation', url: 'https://b.example', title: 'B' }],
          },
          { type: 'refusal', refusal: 'no' },
        ],
      },
    ];
    expect(told('responses', { model: 'm', instructions: 'ins', input, previous_response_id: 'resp_1' })).toEqual([
      ...[
        'system: ins',
        'system: dev',
        'user: hi',
        'assistant: sum',
        'assistant: raw',
        'tool key: a',
        'tool: b',
        'tool: out',
      ],
      ...[
        'tool: diff',
        'tool: ok',
        'tool: ls',
        'tool: /home/anna',
        'tool key: TOKEN',
        'tool: t',
        'tool: so',
        'tool: se',
      ],
      ...[
        'tool: who',
        'tool: https://a.example',
        'tool: q',
        'tool: f.txt',
        'tool: found',
        'tool key: id',
        'tool: x',
        'tool: record',
      ],
      ...['tool: print(1)', 'tool: log', 'tool: https://a.example/s.png', 'tool: p', 'tool: d'],
      ...['assistant: said', 'assistant: https://b.example', 'assistant: B', 'assistant: no'],
    ]);
  });

  it('are a text alone, variables of a prompt, and nothing of the options', () => {
    const body = {
      ...{ input: 'hello', include: ['reasoning.encrypted_content'], truncation: 'auto', conversation: 'conv_1' },
      prompt: { id: 'pmpt_1', version: '2', variables: { who: 'Anna', doc: { type: 'input_text', text: 'D' } } },
      reasoning: { effort: 'high', summary: 'auto' },
      text: { verbosity: 'low', format: { type: 'json_schema', name: 'n', schema: { type: 'object' } } },
    };
    expect(told('responses_compact', body)).toEqual(['user: hello', 'user: Anna', 'user: D']);
    expect(leavesIn('responses', body)[1]?.field).toBe('who');
  });

  it('are summaries that were sealed by us, and nobody else’s', () => {
    const items = [
      { type: 'compaction', encrypted_content: sealSummary('Anna likes tea') },
      { type: 'compaction', encrypted_content: 'gAAAABcipher' },
    ];
    expect(told('responses', { input: items })).toEqual(['user base64: Anna likes tea']);
  });

  it('are tools declared inside the conversation, as definitions', () => {
    const tools = [
      {
        type: 'namespace',
        name: 'ns',
        description: 'D',
        tools: [
          {
            type: 'custom',
            name: 'x',
            description: 'E',
            format: { type: 'grammar', syntax: 'lark', definition: 'start: x' },
          },
        ],
      },
    ];
    const body = { input: [{ type: 'additional_tools', role: 'developer', tools }] };
    expect(told('responses', body)).toEqual([]);
    expect(told('responses', body, true)).toEqual(['definition: D', 'definition: E', 'definition: start: x']);
  });
});

describe('leaves of Gemini', () => {
  it('are parts of all kinds, in either spelling', () => {
    const body = {
      systemInstruction: { role: 'user', parts: [{ text: 'sys' }] },
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'hi' },
            { inlineData: { mimeType: 'image/png', data: png } },
            { inline_data: { data: Buffer.from('Anna, Bob and Eve').toString('base64'), mime_type: 'text/plain' } },
          ],
        },
        {
          parts: [
            { thought: true, text: 'hm', thoughtSignature: 'c2ln' },
            { functionCall: { id: '1', name: 'f', args: { to: 'Anna' } }, thoughtSignature: 'x' },
          ],
          role: 'model',
        },
        {
          role: 'function',
          parts: [{ functionResponse: { name: 'f', id: '1', response: { result: { mail: 'a@b.example' } } } }],
        },
        {
          role: 'model',
          parts: [
            { executableCode: { language: 'PYTHON', code: 'c' } },
            { codeExecutionResult: { outcome: 'OUTCOME_OK', output: 'o' } },
          ],
        },
        {
          role: 'user',
          parts: [
            {
              fileData: { mimeType: 'video/mp4', fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/a' },
            },
            { file_data: { file_uri: 'https://youtu.be/a' } },
          ],
        },
      ],
      generationConfig: {
        stopSequences: ['END'],
        responseMimeType: 'application/json',
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
      },
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      safetySettings: [{ category: 'HARM', threshold: 'BLOCK_NONE' }],
      cachedContent: 'cachedContents/1',
    };
    expect(told('gemini_generate', body)).toEqual([
      ...['system: sys', 'user: hi', 'user base64: Anna, Bob and Eve', 'assistant: hm', 'tool key: to', 'tool: Anna'],
      ...[
        'tool key: result',
        'tool key: mail',
        'tool: a@b.example',
        'tool: c',
        'tool: o',
        'user: https://youtu.be/a',
        'other: END',
      ],
    ]);
    expect(
      leavesIn('gemini_stream', body)
        .filter((leaf) => leaf.signature !== undefined)
        .map((leaf) => leaf.raw),
    ).toEqual(['hm']);
  });

  it('are those of counting, embedding and batches', () => {
    const request = { model: 'm', contents: { parts: { text: 'a' } }, system_instruction: 'b' };
    expect(told('gemini_count_tokens', { generateContentRequest: request })).toEqual(['user: a', 'system: b']);
    expect(
      told('gemini_embed', {
        requests: [{ model: 'm', taskType: 'X', title: 't', content: { parts: [{ text: 'c' }] } }],
      }),
    ).toEqual(['user: t', 'user: c']);
  });

  it('are declarations as definitions', () => {
    const parameters = { type: 'OBJECT', properties: { city: { type: 'STRING', description: 'City' } } };
    const body = {
      contents: [],
      tools: [{ functionDeclarations: [{ name: 'f', description: 'D', parametersJsonSchema: parameters }] }],
    };
    expect(told('gemini_generate', body, true)).toEqual(['definition: D', 'definition: City']);
  });
});

describe('leaves of the other surfaces', () => {
  it.each([
    [
      'completions',
      { model: 'm', prompt: ['a', 'b'], suffix: 's', stop: ['x'], user: 'u' },
      ['user: a', 'user: b', 'user: s', 'other: x', 'other: u'],
    ],
    ['completions', { prompt: [1, 2, 123456789012] }, []],
    ['embeddings', { model: 'm', input: ['a', 'b'], encoding_format: 'float' }, ['user: a', 'user: b']],
    [
      'moderations',
      {
        input: [
          { type: 'text', text: 'a' },
          { type: 'image_url', image_url: { url: 'https://a.example' } },
        ],
      },
      ['user: a', 'user: https://a.example'],
    ],
    [
      'images',
      { prompt: 'p', size: '1024x1024', quality: 'high', response_format: 'b64_json', output_format: 'png' },
      ['user: p'],
    ],
    [
      'audio',
      { input: 'say', voice: 'alloy', instructions: 'slowly', response_format: 'mp3' },
      ['user: say', 'system: slowly'],
    ],
    ['rerank', { query: 'q', documents: ['d', { text: 'e' }] }, ['user: q', 'tool: d', 'tool key: text', 'tool: e']],
    [
      'ollama_chat',
      {
        messages: [
          { role: 'assistant', thinking: 't', tool_calls: [{ function: { name: 'f', arguments: { a: 'b' } } }] },
          { role: 'tool', tool_name: 'f', content: 'r' },
        ],
        format: 'json',
        options: { stop: ['x'] },
        keep_alive: '5m',
      },
      ['assistant: t', 'tool key: a', 'tool: b', 'tool: r', 'other: x'],
    ],
    [
      'ollama_generate',
      { prompt: 'p', system: 's', suffix: 'x', template: 't', images: [`iVBORw0KGgo${'A'.repeat(300)}`] },
      ['user: p', 'system: s', 'user: x', 'system: t'],
    ],
    ['ollama_show', { model: 'm', name: 'm' }, []],
  ] satisfies [SurfaceId, unknown, string[]][])('of %s', (surface, body, leaves) => {
    expect(told(surface, body)).toEqual(leaves);
  });
});

describe('leaves of what nobody knows', () => {
  it('are all strings, by the names of their fields', () => {
    const block = {
      type: 'crm_record',
      id: 'rec_1',
      name: 'Anna',
      tags: ['vip'],
      inner: { ssn: '1-2', data: 'Smith', id: 'anna smith' },
    };
    const leaves = leavesIn('messages', {
      messages: [{ role: 'user', content: [block], future: 'f' }],
      unheard: { of: 'u' },
    });
    expect(leaves.map((leaf) => [leaf.place, leaf.field, leaf.raw])).toEqual([
      ['user', 'name', 'Anna'],
      ['user', 'tags', 'vip'],
      ['user', 'ssn', '1-2'],
      ['user', undefined, 'Smith'],
      ['user', 'id', 'anna smith'],
      ['user', 'future', 'f'],
      ['other', 'of', 'u'],
    ]);
  });

  it('are what stands under an option’s name and is none', () => {
    const body = {
      style: 'as Anna Smith writes',
      quality: 'high',
      reasoning: { effort: 'anna@a.example', other: 'o' },
    };
    expect(told('chat', body)).toEqual(['other: as Anna Smith writes', 'other: anna@a.example', 'other: o']);
  });

  it('are a tool’s where the kind is a call or its result', () => {
    const content = [
      { type: 'browser_tool_result', page: 'p' },
      { type: 'new_call', wish: 'w' },
    ];
    expect(told('messages', { messages: [{ role: 'user', content }] })).toEqual(['tool: p', 'tool: w']);
  });

  it('are what a kind named twice holds, in every field', () => {
    const block = '{"type":"redacted_thinking","data":"Anna Smith","type":"text"}';
    expect(told('messages', `{"messages":[{"role":"user","content":[${block}]}]}`)).toEqual(['user: Anna Smith']);
  });

  it('are read with names spelt as escapes like any other', () => {
    const body = '{"messages":[{"r\\u006fle":"user","c\\u006fntent":"hi"}],"m\\u006fdel":"m"}';
    expect(told('chat', body)).toEqual(['user: hi']);
  });
});
