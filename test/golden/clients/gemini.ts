// How a client of Gemini says a conversation, and its next turn.
import {
  cannotSay,
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
  if ('text' in part) return { text: part.text };
  if ('image' in part) return { inlineData: { mimeType: 'image/png', data: part.image } };
  if ('imageUrl' in part) return { fileData: { mimeType: 'image/png', fileUri: part.imageUrl } };
  if ('pdfUrl' in part) return { fileData: { mimeType: 'application/pdf', fileUri: part.pdfUrl } };
  if ('wav' in part) return { inlineData: { mimeType: 'audio/wav', data: part.wav } };
  return { inlineData: { mimeType: 'application/pdf', data: part.pdf } };
}

function turnOf(turn: Turn): Body {
  if ('user' in turn) return { role: 'user', parts: turn.user.map(partOf) };
  if ('instruct' in turn) throw cannotSay('gemini', turn);
  if ('results' in turn) {
    const parts = turn.results.map((result) => {
      const media = result.parts.filter((part) => !('text' in part));
      const response = result.isError === true ? { error: textOf(result.parts) } : { output: textOf(result.parts) };
      return {
        functionResponse: defined({
          id: result.id,
          name: result.name,
          response,
          parts: media.length > 0 ? media.map(partOf) : undefined,
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

function choiceOf(choice: NonNullable<Conversation['choice']>): Body {
  if (choice === 'none') return { mode: 'NONE' };
  if (choice === 'any') return { mode: 'ANY' };
  return { mode: 'ANY', allowedFunctionNames: 'tool' in choice ? [choice.tool] : choice.allowed };
}

/** The request, without model and stream. */
export function write(conversation: Conversation): Body {
  const { tools, choice, system, sampling, logprobs, user } = conversation;
  const schema = conversation.schema ?? conversation.looseSchema;
  const generation = defined({
    responseMimeType: schema === undefined && conversation.json !== true ? undefined : 'application/json',
    responseJsonSchema: schema,
    maxOutputTokens: conversation.maxTokens,
    stopSequences: conversation.stop,
    temperature: sampling?.temperature,
    topP: sampling?.topP,
    topK: sampling?.topK,
    frequencyPenalty: sampling?.penalty,
    presencePenalty: sampling?.penalty,
    seed: sampling?.seed,
    responseLogprobs: logprobs === undefined ? undefined : true,
    logprobs,
    candidateCount: conversation.answers,
    thinkingConfig: conversation.reasoning === true ? { includeThoughts: true } : undefined,
  });
  return defined({
    systemInstruction: system === undefined ? undefined : { parts: [{ text: system }] },
    contents: conversation.turns.map(turnOf),
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
    toolConfig: choice === undefined ? undefined : { functionCallingConfig: choiceOf(choice) },
    generationConfig: Object.keys(generation).length > 0 ? generation : undefined,
    ...(user === undefined ? {} : { labels: { run: '7' }, serviceTier: 'flex' }),
  });
}

/** The body of the next turn: the answer played back untouched, and one result for each call in it. */
export function goOn(body: Body, answer: Body, result: string): Body {
  const content = dictOf(listOf(answer['candidates'])[0]?.['content']);
  const parts = listOf(content['parts']).flatMap((part) => {
    if (part['functionCall'] === undefined) return [];
    const call = dictOf(part['functionCall']);
    return [{ functionResponse: defined({ id: call['id'], name: call['name'], response: { output: result } }) }];
  });
  return { ...body, contents: [...listOf(body['contents']), content, { role: 'user', parts }] };
}

/** What a person sees of a plain answer. */
export function read(answer: Body): Body {
  const candidate = listOf(answer['candidates'])[0] ?? {};
  const parts = listOf(dictOf(candidate['content'])['parts']);
  const texts = (isThought: boolean): string | undefined => {
    const some = parts.filter((part) => 'text' in part && (part['thought'] === true) === isThought);
    return some.length === 0 ? undefined : some.map((part) => String(part['text'])).join('');
  };
  const calls = parts.filter((part) => 'functionCall' in part).map((part) => dictOf(part['functionCall']));
  return defined({
    text: texts(false),
    reasoning: texts(true),
    calls: calls.length > 0 ? calls.map((call) => [call['name'], JSON.stringify(call['args'])]) : undefined,
    end: candidate['finishReason'],
  });
}
