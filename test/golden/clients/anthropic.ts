// How a client of Messages says a conversation, and its next turn.
import { cannotSay, defined, listOf, type Body, type Conversation, type Part, type Turn } from '../conversation.ts';

function partOf(part: Part): Body {
  if ('text' in part) return { type: 'text', text: part.text };
  if ('image' in part) return { type: 'image', source: { type: 'base64', media_type: 'image/png', data: part.image } };
  if ('imageUrl' in part) return { type: 'image', source: { type: 'url', url: part.imageUrl } };
  if ('pdfUrl' in part) return { type: 'document', source: { type: 'url', url: part.pdfUrl } };
  if ('wav' in part) throw cannotSay('anthropic', part);
  return {
    type: 'document',
    title: part.name,
    source: { type: 'base64', media_type: 'application/pdf', data: part.pdf },
  };
}

function turnOf(turn: Turn): Body {
  if ('user' in turn) return { role: 'user', content: turn.user.map(partOf) };
  if ('instruct' in turn) return { role: 'system', content: turn.instruct };
  if ('results' in turn) {
    const content = turn.results.map((result) =>
      defined({
        type: 'tool_result',
        tool_use_id: result.id,
        content: result.parts.map(partOf),
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

function choiceOf({ choice, single }: Conversation): Body | undefined {
  const one = single === true ? { disable_parallel_tool_use: true } : {};
  if (choice === undefined) return single === true ? { type: 'auto', ...one } : undefined;
  if (choice === 'any' || choice === 'none') return { type: choice, ...one };
  if ('allowed' in choice) throw cannotSay('anthropic', choice);
  return { type: 'tool', name: choice.tool, ...one };
}

/** The request, without model and stream. */
export function write(conversation: Conversation): Body {
  const { tools, sampling, user } = conversation;
  const schema = conversation.schema ?? conversation.looseSchema;
  const messages = conversation.turns.map(turnOf);
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
    tool_choice: choiceOf(conversation),
    output_config: schema === undefined ? undefined : { format: { type: 'json_schema', schema } },
    stop_sequences: conversation.stop,
    temperature: sampling?.temperature,
    top_p: sampling?.topP,
    top_k: sampling?.topK,
    thinking: conversation.reasoning === true ? { type: 'enabled', budget_tokens: 1024 } : undefined,
    ...(user === undefined ? {} : { metadata: { user_id: user }, service_tier: 'auto' }),
  });
}

/** The body of the next turn: the answer played back untouched, and one result for each call in it. */
export function goOn(body: Body, answer: Body, result: string): Body {
  const content = listOf(answer['content']);
  const results = content
    .filter((block) => block['type'] === 'tool_use')
    .map((block) => ({ type: 'tool_result', tool_use_id: block['id'], content: result }));
  return {
    ...body,
    messages: [...listOf(body['messages']), { role: 'assistant', content }, { role: 'user', content: results }],
  };
}

/** What a person sees of a plain answer. */
export function read(answer: Body): Body {
  const content = listOf(answer['content']);
  const texts = (name: string): string | undefined => {
    const blocks = content.filter((block) => name in block);
    return blocks.length === 0 ? undefined : blocks.map((block) => String(block[name])).join('');
  };
  const calls = content.filter((block) => block['type'] === 'tool_use');
  return defined({
    text: texts('text'),
    reasoning: texts('thinking'),
    calls: calls.length > 0 ? calls.map((call) => [call['name'], JSON.stringify(call['input'])]) : undefined,
    end: answer['stop_reason'],
  });
}
