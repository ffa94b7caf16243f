/** Judges answers: byte for byte where a proxy carries them, by their meaning where it translates them. */
import { answerText, answerUsage } from './bodies.ts';
import type { AnswerKind, Ask, BenchDialect } from './bodies.ts';

/** Says what is wrong with a whole body; undefined when it is right. */
export type Judge = (body: Buffer) => string | undefined;

type Json = Readonly<Record<string, unknown>>;

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function first(value: unknown): Json {
  return Array.isArray(value) ? object(value[0]) : {};
}

/** What an answer says, whatever its dialect and form. */
interface Said {
  text: string;
  input: unknown;
  output: unknown;
  finish: unknown;
  ended: boolean;
}

function readJson(client: BenchDialect, body: Buffer): Said {
  const whole = object(JSON.parse(body.toString()));
  const usage = object(whole['usage']);
  if (client === 'messages') {
    const text = String(first(whole['content'])['text']);
    return {
      text,
      input: usage['input_tokens'],
      output: usage['output_tokens'],
      finish: whole['stop_reason'],
      ended: true,
    };
  }
  const choice = first(whole['choices']);
  const text = String(object(choice['message'])['content']);
  return {
    text,
    input: usage['prompt_tokens'],
    output: usage['completion_tokens'],
    finish: choice['finish_reason'],
    ended: true,
  };
}

function* dataOf(body: Buffer): Generator<string> {
  for (const line of body.toString().split('\n')) if (line.startsWith('data:')) yield line.slice(5).trim();
}

function readChatStream(body: Buffer): Said {
  const said: Said = { text: '', input: undefined, output: undefined, finish: undefined, ended: false };
  for (const data of dataOf(body)) {
    if (said.ended) throw new Error('events after [DONE]');
    if (data === '[DONE]') {
      said.ended = true;
      continue;
    }
    const event = object(JSON.parse(data));
    const choice = first(event['choices']);
    const content = object(choice['delta'])['content'];
    if (typeof content === 'string') said.text += content;
    if (typeof choice['finish_reason'] === 'string') said.finish = choice['finish_reason'];
    const usage = object(event['usage']);
    said.input = usage['prompt_tokens'] ?? said.input;
    said.output = usage['completion_tokens'] ?? said.output;
  }
  return said;
}

function readMessagesStream(body: Buffer): Said {
  const said: Said = { text: '', input: undefined, output: undefined, finish: undefined, ended: false };
  for (const data of dataOf(body)) {
    if (said.ended) throw new Error('events after message_stop');
    const event = object(JSON.parse(data));
    const delta = object(event['delta']);
    if (delta['type'] === 'text_delta') said.text += String(delta['text']);
    if (event['type'] === 'message_delta') said.finish = delta['stop_reason'];
    if (event['type'] === 'message_stop') said.ended = true;
    const usage = object(event['usage'] ?? object(event['message'])['usage']);
    // The input is 0 in the head of a stream whose upstream tells it only at its end.
    said.input = usage['input_tokens'] ?? said.input;
    said.output = usage['output_tokens'] ?? said.output;
  }
  return said;
}

function read(client: BenchDialect, kind: AnswerKind, body: Buffer): Said {
  if (kind === 'json') return readJson(client, body);
  return client === 'chat' ? readChatStream(body) : readMessagesStream(body);
}

/** Checks text, usage, reason to stop and the proper end of a translated answer. */
export function judgeOf(ask: Ask): Judge {
  const wanted = answerText(ask.target, ask.answer);
  const finish = ask.client === 'chat' ? 'stop' : 'end_turn';
  return (body) => {
    try {
      const said = read(ask.client, ask.answer, body);
      if (said.text !== wanted) return `other text: ${said.text.slice(0, 60)}`;
      if (said.input !== answerUsage.input) return `input tokens are ${String(said.input)}`;
      if (said.output !== answerUsage.output) return `output tokens are ${String(said.output)}`;
      if (said.finish !== finish) return `it stopped because of ${String(said.finish)}`;
      return said.ended ? undefined : 'the stream does not end as its dialect does';
    } catch (error) {
      return `unreadable (${error instanceof Error ? error.message : String(error)}): ${body.toString('utf8', 0, 80)}`;
    }
  };
}
