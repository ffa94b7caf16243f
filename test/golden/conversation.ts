// One conversation in no dialect's words, and how each client would write it: the left side of the matrix.
export const clientNames = ['chat', 'responses', 'anthropic', 'gemini'] as const;
export type ClientName = (typeof clientNames)[number];

export type Part =
  { readonly text: string } | { readonly image: string } | { readonly pdf: string; readonly name: string };

export interface Result {
  readonly id: string;
  readonly name: string;
  readonly parts: readonly Part[];
  readonly isError?: boolean;
}

export type Turn =
  | { readonly user: readonly Part[] }
  | {
      readonly assistant: string;
      readonly calls?: readonly {
        readonly id: string;
        readonly name: string;
        readonly args: Readonly<Record<string, unknown>>;
      }[];
    }
  | { readonly results: readonly Result[] };

export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** Left out: a tool without arguments. */
  readonly schema?: Readonly<Record<string, unknown>>;
}

export interface Conversation {
  readonly system?: string;
  readonly turns: readonly Turn[];
  readonly tools?: readonly Tool[];
  /** A tool that must be called. */
  readonly force?: string;
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
  readonly temperature?: number;
  readonly reasoning?: boolean;
  /** Marks the first user part for the prompt cache, where a dialect has such marks. */
  readonly cacheMark?: boolean;
}

export type Body = Record<string, unknown>;

/** The request of one client, without model and stream. */
export const write: Readonly<Record<ClientName, (conversation: Conversation) => Body>> = {
  chat: writeChat,
  responses: writeResponses,
  anthropic: writeAnthropic,
  gemini: writeGemini,
};

/** Where a client posts its body, and the body with model and stream in their place. */
export function address(
  client: ClientName,
  body: Body,
  model: string,
  stream: boolean,
): { readonly path: string; readonly body: Body } {
  switch (client) {
    case 'chat':
      return {
        path: '/v1/chat/completions',
        body: { model, ...body, ...(stream ? { stream, stream_options: { include_usage: true } } : {}) },
      };
    case 'responses':
      return { path: '/v1/responses', body: { model, ...body, ...(stream ? { stream } : {}) } };
    case 'anthropic':
      return { path: '/v1/messages', body: { model, ...body, ...(stream ? { stream } : {}) } };
    case 'gemini':
      return { path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`, body };
  }
}

const dataUrl = (type: string, data: string): string => `data:${type};base64,${data}`;

function defined(body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

// ---------------------------------------------------------------- Chat Completions

function chatPart(part: Part): Body {
  if ('text' in part) return { type: 'text', text: part.text };
  if ('image' in part) return { type: 'image_url', image_url: { url: dataUrl('image/png', part.image) } };
  return { type: 'file', file: { filename: part.name, file_data: dataUrl('application/pdf', part.pdf) } };
}

function chatTurn(turn: Turn): Body[] {
  if ('user' in turn) {
    const [first] = turn.user;
    const plain = turn.user.length === 1 && first !== undefined && 'text' in first ? first.text : undefined;
    return [{ role: 'user', content: plain ?? turn.user.map(chatPart) }];
  }
  if ('results' in turn)
    return turn.results.map((result) => ({ role: 'tool', tool_call_id: result.id, content: textOf(result.parts) }));
  const calls = (turn.calls ?? []).map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.args) },
  }));
  return [
    defined({
      role: 'assistant',
      content: turn.assistant === '' ? null : turn.assistant,
      tool_calls: calls.length > 0 ? calls : undefined,
    }),
  ];
}

function writeChat(conversation: Conversation): Body {
  const { system, schema, tools, force } = conversation;
  return defined({
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      ...conversation.turns.flatMap(chatTurn),
    ],
    tools: tools?.map((tool) => ({
      type: 'function',
      function: defined({ name: tool.name, description: tool.description, parameters: tool.schema }),
    })),
    tool_choice: force === undefined ? undefined : { type: 'function', function: { name: force } },
    response_format:
      schema === undefined ? undefined : { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } },
    max_completion_tokens: conversation.maxTokens,
    stop: conversation.stop,
    temperature: conversation.temperature,
    reasoning_effort: conversation.reasoning === true ? 'low' : undefined,
  });
}

// ---------------------------------------------------------------- Responses

function responsesPart(part: Part): Body {
  if ('text' in part) return { type: 'input_text', text: part.text };
  if ('image' in part) return { type: 'input_image', image_url: dataUrl('image/png', part.image), detail: 'auto' };
  return { type: 'input_file', filename: part.name, file_data: dataUrl('application/pdf', part.pdf) };
}

function responsesTurn(turn: Turn): Body[] {
  if ('user' in turn) return [{ role: 'user', content: turn.user.map(responsesPart) }];
  if ('results' in turn) {
    return turn.results.map((result) => ({
      type: 'function_call_output',
      call_id: result.id,
      output: result.parts.every((part) => 'text' in part) ? textOf(result.parts) : result.parts.map(responsesPart),
    }));
  }
  const said =
    turn.assistant === '' ? [] : [{ role: 'assistant', content: [{ type: 'output_text', text: turn.assistant }] }];
  return [
    ...said,
    ...(turn.calls ?? []).map((call) => ({
      type: 'function_call',
      call_id: call.id,
      name: call.name,
      arguments: JSON.stringify(call.args),
    })),
  ];
}

function writeResponses(conversation: Conversation): Body {
  const { schema, tools, force } = conversation;
  return defined({
    instructions: conversation.system,
    input: conversation.turns.flatMap(responsesTurn),
    tools: tools?.map((tool) =>
      defined({
        type: 'function',
        name: tool.name,
        description: tool.description,
        parameters: tool.schema ?? null,
        strict: false,
      }),
    ),
    tool_choice: force === undefined ? undefined : { type: 'function', name: force },
    text: schema === undefined ? undefined : { format: { type: 'json_schema', name: 'answer', strict: true, schema } },
    max_output_tokens: conversation.maxTokens,
    temperature: conversation.temperature,
    reasoning: conversation.reasoning === true ? { effort: 'low', summary: 'auto' } : undefined,
    store: false,
    include: conversation.reasoning === true ? ['reasoning.encrypted_content'] : undefined,
  });
}

// ---------------------------------------------------------------- Messages

function anthropicPart(part: Part): Body {
  if ('text' in part) return { type: 'text', text: part.text };
  if ('image' in part) return { type: 'image', source: { type: 'base64', media_type: 'image/png', data: part.image } };
  return {
    type: 'document',
    title: part.name,
    source: { type: 'base64', media_type: 'application/pdf', data: part.pdf },
  };
}

function anthropicTurn(turn: Turn): Body {
  if ('user' in turn) return { role: 'user', content: turn.user.map(anthropicPart) };
  if ('results' in turn) {
    const content = turn.results.map((result) =>
      defined({
        type: 'tool_result',
        tool_use_id: result.id,
        content: result.parts.map(anthropicPart),
        is_error: result.isError,
      }),
    );
    return { role: 'user', content };
  }
  const said = turn.assistant === '' ? [] : [{ type: 'text', text: turn.assistant }];
  return {
    role: 'assistant',
    content: [
      ...said,
      ...(turn.calls ?? []).map((call) => ({ type: 'tool_use', id: call.id, name: call.name, input: call.args })),
    ],
  };
}

function writeAnthropic(conversation: Conversation): Body {
  const { schema, tools, force } = conversation;
  const messages = conversation.turns.map(anthropicTurn);
  if (conversation.cacheMark === true) {
    const [first] = messages[0]?.['content'] as Body[];
    if (first !== undefined) first['cache_control'] = { type: 'ephemeral' };
  }
  return defined({
    max_tokens: conversation.maxTokens ?? 4096,
    system: conversation.system,
    messages,
    tools: tools?.map((tool) =>
      defined({
        name: tool.name,
        description: tool.description,
        input_schema: tool.schema ?? { type: 'object', properties: {} },
      }),
    ),
    tool_choice: force === undefined ? undefined : { type: 'tool', name: force },
    output_config: schema === undefined ? undefined : { format: { type: 'json_schema', schema } },
    stop_sequences: conversation.stop,
    temperature: conversation.temperature,
    thinking: conversation.reasoning === true ? { type: 'enabled', budget_tokens: 1024 } : undefined,
  });
}

// ---------------------------------------------------------------- Gemini

function geminiPart(part: Part): Body {
  if ('text' in part) return { text: part.text };
  if ('image' in part) return { inlineData: { mimeType: 'image/png', data: part.image } };
  return { inlineData: { mimeType: 'application/pdf', data: part.pdf } };
}

function geminiTurn(turn: Turn): Body {
  if ('user' in turn) return { role: 'user', parts: turn.user.map(geminiPart) };
  if ('results' in turn) {
    const parts = turn.results.map((result) => {
      const media = result.parts.filter((part) => !('text' in part));
      const response = result.isError === true ? { error: textOf(result.parts) } : { output: textOf(result.parts) };
      return {
        functionResponse: defined({
          id: result.id,
          name: result.name,
          response,
          parts: media.length > 0 ? media.map(geminiPart) : undefined,
        }),
      };
    });
    return { role: 'user', parts };
  }
  const said = turn.assistant === '' ? [] : [{ text: turn.assistant }];
  return {
    role: 'model',
    parts: [
      ...said,
      ...(turn.calls ?? []).map((call) => ({ functionCall: { id: call.id, name: call.name, args: call.args } })),
    ],
  };
}

function writeGemini(conversation: Conversation): Body {
  const { schema, tools, force, system } = conversation;
  const generation = defined({
    responseMimeType: schema === undefined ? undefined : 'application/json',
    responseJsonSchema: schema,
    maxOutputTokens: conversation.maxTokens,
    stopSequences: conversation.stop,
    temperature: conversation.temperature,
    thinkingConfig: conversation.reasoning === true ? { includeThoughts: true } : undefined,
  });
  return defined({
    systemInstruction: system === undefined ? undefined : { parts: [{ text: system }] },
    contents: conversation.turns.map(geminiTurn),
    tools:
      tools === undefined
        ? undefined
        : [
            {
              functionDeclarations: tools.map((tool) =>
                defined({ name: tool.name, description: tool.description, parametersJsonSchema: tool.schema }),
              ),
            },
          ],
    toolConfig:
      force === undefined ? undefined : { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [force] } },
    generationConfig: Object.keys(generation).length > 0 ? generation : undefined,
  });
}

function textOf(parts: readonly Part[]): string {
  return parts
    .map((part) => ('text' in part ? part.text : ''))
    .filter((text) => text !== '')
    .join('\n');
}

// ---------------------------------------------------------------- the next turn

type Answer = Record<string, unknown>;
const listOf = (value: unknown): Body[] => (Array.isArray(value) ? (value as Body[]) : []);
const dictOf = (value: unknown): Body => (typeof value === 'object' && value !== null ? (value as Body) : {});

/** The body of the next turn, as a client makes it: the answer played back untouched, and one result for each call in it. */
export function continued(client: ClientName, body: Body, answer: Answer, result: string): Body {
  switch (client) {
    case 'chat': {
      const said = dictOf(listOf(answer['choices'])[0]?.['message']);
      const results = listOf(said['tool_calls']).map((call) => ({
        role: 'tool',
        tool_call_id: call['id'],
        content: result,
      }));
      return { ...body, messages: [...listOf(body['messages']), said, ...results] };
    }
    case 'responses': {
      const output = listOf(answer['output']);
      const results = output.flatMap((item) => {
        if (item['type'] === 'function_call')
          return [{ type: 'function_call_output', call_id: item['call_id'], output: result }];
        return item['type'] === 'custom_tool_call'
          ? [
              {
                type: 'custom_tool_call_output',
                call_id: item['call_id'],
                output: [{ type: 'input_text', text: result }],
              },
            ]
          : [];
      });
      return { ...body, input: [...listOf(body['input']), ...output, ...results] };
    }
    case 'anthropic': {
      const content = listOf(answer['content']);
      const results = content
        .filter((block) => block['type'] === 'tool_use')
        .map((block) => ({ type: 'tool_result', tool_use_id: block['id'], content: result }));
      return {
        ...body,
        messages: [...listOf(body['messages']), { role: 'assistant', content }, { role: 'user', content: results }],
      };
    }
    case 'gemini': {
      const content = dictOf(listOf(answer['candidates'])[0]?.['content']);
      const parts = listOf(content['parts']).flatMap((part) => {
        if (part['functionCall'] === undefined) return [];
        const call = dictOf(part['functionCall']);
        return [{ functionResponse: defined({ id: call['id'], name: call['name'], response: { output: result } }) }];
      });
      return { ...body, contents: [...listOf(body['contents']), content, { role: 'user', parts }] };
    }
  }
}
