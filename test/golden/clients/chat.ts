// How a client of Chat Completions says a conversation, and its next turn.
import {
  cannotSay,
  dataUrl,
  defined,
  dictOf,
  listOf,
  textOf,
  type Body,
  type Conversation,
  type Part,
  type Turn,
} from '../conversation.ts';

function partOf(part: Part): Body {
  if ('text' in part) return { type: 'text', text: part.text };
  if ('image' in part) return { type: 'image_url', image_url: { url: dataUrl('image/png', part.image) } };
  if ('imageUrl' in part) return { type: 'image_url', image_url: { url: part.imageUrl, detail: 'low' } };
  if ('wav' in part) return { type: 'input_audio', input_audio: { data: part.wav, format: 'wav' } };
  if ('pdfUrl' in part) throw cannotSay('chat', part);
  return { type: 'file', file: { filename: part.name, file_data: dataUrl('application/pdf', part.pdf) } };
}

function turnOf(turn: Turn): Body[] {
  if ('user' in turn) {
    const [first] = turn.user;
    const plain = turn.user.length === 1 && first !== undefined && 'text' in first ? first.text : undefined;
    return [{ role: 'user', content: plain ?? turn.user.map(partOf) }];
  }
  if ('instruct' in turn) return [{ role: 'developer', content: turn.instruct }];
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

function choiceOf(choice: NonNullable<Conversation['choice']>): unknown {
  if (choice === 'any') return 'required';
  if (choice === 'none') return 'none';
  const named = (name: string): Body => ({ type: 'function', function: { name } });
  return 'tool' in choice
    ? named(choice.tool)
    : { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: choice.allowed.map(named) } };
}

/** The request, without model and stream. */
export function write(conversation: Conversation): Body {
  const { system, schema, looseSchema, tools, choice, sampling, logprobs, user } = conversation;
  return defined({
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      ...conversation.turns.flatMap(turnOf),
    ],
    tools: tools?.map((tool) => ({
      type: 'function',
      function: defined({ name: tool.name, description: tool.description, parameters: tool.schema }),
    })),
    tool_choice: choice === undefined ? undefined : choiceOf(choice),
    parallel_tool_calls: conversation.single === true ? false : undefined,
    response_format:
      schema !== undefined
        ? { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } }
        : looseSchema !== undefined
          ? { type: 'json_schema', json_schema: { name: 'answer', description: 'A place.', schema: looseSchema } }
          : conversation.json === true
            ? { type: 'json_object' }
            : undefined,
    max_completion_tokens: conversation.maxTokens,
    stop: conversation.stop,
    temperature: sampling?.temperature,
    top_p: sampling?.topP,
    frequency_penalty: sampling?.penalty,
    presence_penalty: sampling?.penalty,
    seed: sampling?.seed,
    logprobs: logprobs === undefined ? undefined : true,
    top_logprobs: logprobs,
    n: conversation.answers,
    reasoning_effort: conversation.reasoning === true ? 'low' : undefined,
    ...(user === undefined
      ? {}
      : { user, metadata: { run: '7' }, store: true, prompt_cache_key: 'k', service_tier: 'flex' }),
  });
}

/** The body of the next turn: the answer played back untouched, and one result for each call in it. */
export function goOn(body: Body, answer: Body, result: string): Body {
  const said = dictOf(listOf(answer['choices'])[0]?.['message']);
  const results = listOf(said['tool_calls']).map((call) => ({
    role: 'tool',
    tool_call_id: call['id'],
    content: result,
  }));
  return { ...body, messages: [...listOf(body['messages']), said, ...results] };
}

/** What a person sees of a plain answer. */
export function read(answer: Body): Body {
  const choice = listOf(answer['choices'])[0] ?? {};
  const said = dictOf(choice['message']);
  const calls = listOf(said['tool_calls']).map((call) => {
    const { name, arguments: args, input } = dictOf(call['function'] ?? call['custom']);
    return [name, args ?? input];
  });
  return defined({
    text: said['content'] ?? undefined,
    reasoning: said['reasoning_content'],
    refusal: said['refusal'] ?? undefined,
    calls: calls.length > 0 ? calls : undefined,
    end: choice['finish_reason'],
  });
}
