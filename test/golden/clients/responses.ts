// How a client of Responses says a conversation, and its next turn.
import {
  cannotSay,
  dataUrl,
  defined,
  listOf,
  textOf,
  type Body,
  type Conversation,
  type Part,
  type Turn,
} from '../conversation.ts';

function partOf(part: Part): Body {
  if ('text' in part) return { type: 'input_text', text: part.text };
  if ('image' in part) return { type: 'input_image', image_url: dataUrl('image/png', part.image), detail: 'auto' };
  if ('imageUrl' in part) return { type: 'input_image', image_url: part.imageUrl, detail: 'low' };
  if ('pdfUrl' in part) return { type: 'input_file', file_url: part.pdfUrl };
  if ('wav' in part) throw cannotSay('responses', part);
  return { type: 'input_file', filename: part.name, file_data: dataUrl('application/pdf', part.pdf) };
}

function turnOf(turn: Turn): Body[] {
  if ('user' in turn) return [{ role: 'user', content: turn.user.map(partOf) }];
  if ('instruct' in turn) return [{ role: 'developer', content: [{ type: 'input_text', text: turn.instruct }] }];
  if ('results' in turn) {
    return turn.results.map((result) => ({
      type: 'function_call_output',
      call_id: result.id,
      output: result.parts.every((part) => 'text' in part) ? textOf(result.parts) : result.parts.map(partOf),
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

function choiceOf(choice: NonNullable<Conversation['choice']>): unknown {
  if (choice === 'any') return 'required';
  if (choice === 'none') return 'none';
  const named = (name: string): Body => ({ type: 'function', name });
  return 'tool' in choice
    ? named(choice.tool)
    : { type: 'allowed_tools', mode: 'required', tools: choice.allowed.map(named) };
}

function includeOf({ reasoning, logprobs }: Conversation): string[] | undefined {
  const include = [
    ...(reasoning === true ? ['reasoning.encrypted_content'] : []),
    ...(logprobs === undefined ? [] : ['message.output_text.logprobs']),
  ];
  return include.length === 0 ? undefined : include;
}

/** The request, without model and stream. */
export function write(conversation: Conversation): Body {
  const { schema, looseSchema, tools, choice, sampling, user } = conversation;
  const format =
    schema !== undefined
      ? { type: 'json_schema', name: 'answer', strict: true, schema }
      : looseSchema !== undefined
        ? { type: 'json_schema', name: 'answer', description: 'A place.', strict: false, schema: looseSchema }
        : conversation.json === true
          ? { type: 'json_object' }
          : undefined;
  return defined({
    instructions: conversation.system,
    input: conversation.turns.flatMap(turnOf),
    tools: tools?.map((tool) =>
      defined({
        type: 'function',
        name: tool.name,
        description: tool.description,
        parameters: tool.schema ?? null,
        strict: false,
      }),
    ),
    tool_choice: choice === undefined ? undefined : choiceOf(choice),
    parallel_tool_calls: conversation.single === true ? false : undefined,
    text: format === undefined ? undefined : { format },
    max_output_tokens: conversation.maxTokens,
    temperature: sampling?.temperature,
    top_p: sampling?.topP,
    top_logprobs: conversation.logprobs,
    reasoning: conversation.reasoning === true ? { effort: 'low', summary: 'auto' } : undefined,
    store: false,
    include: includeOf(conversation),
    ...(user === undefined
      ? {}
      : {
          safety_identifier: user,
          metadata: { run: '7' },
          prompt_cache_key: 'k',
          service_tier: 'flex',
          text: { verbosity: 'low' },
        }),
  });
}

/** The body of the next turn: the answer played back untouched, and one result for each call in it. */
export function goOn(body: Body, answer: Body, result: string): Body {
  const output = listOf(answer['output']);
  const results = output.flatMap((item): Body[] => {
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

/** What a person sees of a plain answer. */
export function read(answer: Body): Body {
  const output = listOf(answer['output']);
  const texts = (items: readonly Body[]): string | undefined =>
    items.length === 0 ? undefined : items.map((item) => String(item['text'] ?? item['refusal'])).join('');
  const calls = output.filter((item) => String(item['type']).endsWith('_call'));
  return defined({
    text: texts(output.flatMap((item) => listOf(item['content']))),
    reasoning: texts(output.flatMap((item) => listOf(item['summary']))),
    calls: calls.length > 0 ? calls.map((call) => [call['name'], call['arguments'] ?? call['input']]) : undefined,
    end: answer['status'],
  });
}
