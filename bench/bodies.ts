/** Everything that travels in a benchmark: requests of three sizes and byte-exact answers, all built from a fixed seed. */

export const dialects = ['chat', 'messages'] as const;
/** OpenAI Chat Completions or Anthropic Messages. */
export type BenchDialect = (typeof dialects)[number];

/** How the upstream stand-in answers: whole, as a stream at once, one event per 20 ms, or held open until released. */
export type AnswerKind = 'json' | 'fast' | 'paced' | 'hold';

export type PromptSize = '1k' | '200k' | '2m';

/** One kind of request: what the client speaks, where it should end up, and what should come back. */
export interface Ask {
  readonly client: BenchDialect;
  readonly target: BenchDialect;
  readonly answer: AnswerKind;
  readonly size: PromptSize;
}

/** Events in every stream, its ends and pings included, in both dialects. */
export const eventsPerStream = 50;

/** What every answer says it used, so that a translation can be checked. */
export const answerUsage = { input: 1200, output: 64 };

const paths: Readonly<Record<BenchDialect, string>> = { chat: '/v1/chat/completions', messages: '/v1/messages' };
const sizes: Readonly<Record<PromptSize, number>> = { '1k': 1024, '200k': 200 * 1024, '2m': 2 * 1024 * 1024 };

export function requestPath(dialect: BenchDialect): string {
  return paths[dialect];
}

/** The model a provider must receive: the upstream stand-in reads from it how to answer. */
export function upstreamModel(answer: AnswerKind): string {
  return `bench-${answer}`;
}

/** The model a client asks for: `provider/model`. */
export function askedModel(ask: Ask): string {
  return `${ask.target}/${upstreamModel(ask.answer)}`;
}

/** A small generator with a fixed seed (mulberry32): the same prompts on every machine and in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const nouns = 'order invoice customer session cache record token bucket worker queue ledger region shard header'.split(
  ' ',
);
const verbs = 'load parse merge validate encode flush resolve compact schedule retry reserve settle'.split(' ');
const people = 'jane.doe omar.haddad li.wei anna.schmidt'.split(' ');

type Pick = (below: number) => number;

function word(list: readonly string[], pick: Pick): string {
  return list[pick(list.length)] ?? 'item';
}

/** A source file as agents read them: quotes, tabs, backslashes, template strings and a few letters beyond ASCII. */
function sourceFile(pick: Pick, lines: number): string {
  const text: string[] = [
    `// ${word(people, pick)}@example.com: see http://10.0.${pick(255)}.${pick(255)}:8080/wiki/${word(nouns, pick)}`,
    `import { ${word(verbs, pick)} } from "../${word(nouns, pick)}/${word(verbs, pick)}.js";`,
  ];
  for (let line = 0; line < lines; line++) {
    const noun = word(nouns, pick);
    const verb = word(verbs, pick);
    switch (pick(8)) {
      case 0:
        text.push(`\texport async function ${verb}${line}(${noun}: string, limit = ${pick(5000)}): Promise<void> {`);
        break;
      case 1:
        text.push(
          `\t\tif (${noun}.match(/^[a-z]+\\d{2,${2 + pick(6)}}\\s*"?/u) === null) throw new Error("bad ${noun}\\n");`,
        );
        break;
      case 2:
        text.push(
          `\t\tconst ${noun}${line} = await ${verb}({ id: '${noun}-${pick(100_000)}', "limit": ${pick(900)} });`,
        );
        break;
      case 3:
        text.push(`\t\tlog.info(\`${verb} \${${noun}.id} took \${ms} ms – größer als ${pick(90)} %\`);`);
        break;
      case 4:
        text.push(
          `\t\t// ${verb} the ${noun} before the ${word(nouns, pick)}, because the ${word(nouns, pick)} may be stale.`,
        );
        break;
      case 5:
        text.push(
          `\t\treturn ${noun}s.filter((${noun}) => ${noun}.${verb}At > ${pick(1_000_000)} && ${noun}.path !== "C:\\\\tmp\\\\${noun}");`,
        );
        break;
      case 6:
        text.push('\t}', '');
        break;
      default:
        text.push(
          `\t\t${noun}.${verb}(${pick(100)}, { "retry": ${pick(5)}, 'name': "${word(nouns, pick)}_${pick(1000)}" });`,
        );
    }
  }
  return text.join('\n');
}

/** One step of an agent: a question or a note, a tool call, and what the tool said. */
interface Turn {
  readonly question: string | undefined;
  readonly note: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, string | number>>;
  readonly callNumber: number;
  readonly result: string;
}

function turn(index: number, pick: Pick): Turn {
  const file = `src/${word(nouns, pick)}/${word(verbs, pick)}-${index}.ts`;
  const edit = pick(4) === 0;
  const cut = { old_string: sourceFile(pick, 3), new_string: sourceFile(pick, 4) };
  return {
    question:
      index % 6 === 0
        ? `Please ${word(verbs, pick)} the ${word(nouns, pick)} in ${file}; the tests "fail" there.`
        : undefined,
    note: `I will look at \`${file}\` to see how the ${word(nouns, pick)} is used.`,
    tool: edit ? 'Edit' : 'Read',
    input: edit
      ? { file_path: `/home/dev/project/${file}`, ...cut }
      : { file_path: `/home/dev/project/${file}`, limit: 200 },
    callNumber: index,
    result: edit ? `The file ${file} has been updated.` : sourceFile(pick, 20 + pick(60)),
  };
}

const systemText = [
  'You are a coding agent working in a terminal on the user’s machine.',
  ...Array.from(
    { length: 40 },
    (_, index) =>
      `${index + 1}. Keep to rule ${index + 1}: say "why", not what; never guess a path; read before you write.`,
  ),
].join('\n');

const toolNames = 'Read Edit Write Bash Glob Grep Task WebFetch WebSearch TodoWrite NotebookEdit KillShell'.split(' ');

function toolSchema(name: string): Record<string, unknown> {
  return {
    type: 'object',
    properties: {
      file_path: { type: 'string', description: `Absolute path that ${name} works on` },
      old_string: { type: 'string', description: 'Text to replace; must occur "exactly" once' },
      new_string: { type: 'string', description: 'Text to put there' },
      limit: { type: 'integer', minimum: 1, description: 'Number of lines' },
      options: { type: 'array', items: { type: 'string', enum: ['fast', 'safe', 'dry-run'] } },
    },
    required: ['file_path'],
    additionalProperties: false,
  };
}

const toolText = (name: string): string =>
  `${name}: one of the agent’s tools. ${'Use it only when the task needs it, and say in one line what for. '.repeat(6)}`;

const callId = (number: number): string => `toolu_01Bench${String(number).padStart(16, '0')}`;

function streamFlags(ask: Ask): Record<string, unknown> {
  if (ask.answer === 'json') return {};
  return ask.client === 'chat' ? { stream: true, stream_options: { include_usage: true } } : { stream: true };
}

function messagesBody(ask: Ask, turns: readonly Turn[], lastText: string): string {
  const messages: unknown[] = [];
  const pending: unknown[] = [];
  for (const step of turns) {
    if (step.question !== undefined) pending.push({ type: 'text', text: step.question });
    if (pending.length === 0) pending.push({ type: 'text', text: 'Go on.' });
    messages.push({ role: 'user', content: pending.splice(0) });
    const use = { type: 'tool_use', id: callId(step.callNumber), name: step.tool, input: step.input };
    messages.push({ role: 'assistant', content: [{ type: 'text', text: step.note }, use] });
    pending.push({ type: 'tool_result', tool_use_id: callId(step.callNumber), content: step.result });
  }
  pending.push({ type: 'text', text: lastText });
  messages.push({ role: 'user', content: turns.length === 0 ? lastText : pending });
  const agent = {
    system: [{ type: 'text', text: systemText, cache_control: { type: 'ephemeral' } }],
    tools: toolNames.map((name) => ({ name, description: toolText(name), input_schema: toolSchema(name) })),
  };
  const head = { model: askedModel(ask), max_tokens: 4096, ...streamFlags(ask) };
  return JSON.stringify({ ...head, ...(turns.length === 0 ? {} : agent), messages });
}

function chatBody(ask: Ask, turns: readonly Turn[], lastText: string): string {
  const messages: unknown[] = [];
  if (turns.length > 0) messages.push({ role: 'system', content: systemText });
  for (const step of turns) {
    if (step.question !== undefined) messages.push({ role: 'user', content: step.question });
    const call = { name: step.tool, arguments: JSON.stringify(step.input) };
    const calls = [{ id: callId(step.callNumber), type: 'function', function: call }];
    messages.push({ role: 'assistant', content: step.note, tool_calls: calls });
    messages.push({ role: 'tool', tool_call_id: callId(step.callNumber), content: step.result });
  }
  messages.push({ role: 'user', content: lastText });
  const declared = (name: string): unknown => ({ name, description: toolText(name), parameters: toolSchema(name) });
  const agent = { tools: toolNames.map((name) => ({ type: 'function', function: declared(name) })) };
  const head = { model: askedModel(ask), max_tokens: 4096, ...streamFlags(ask) };
  return JSON.stringify({ ...head, ...(turns.length === 0 ? {} : agent), messages });
}

/** The body of an ask: within a few bytes of its nominal size, and the same bytes every time for the same seed. */
export function requestBody(ask: Ask, seed = 20_260_101): Buffer {
  const wanted = sizes[ask.size];
  const render = ask.client === 'chat' ? chatBody : messagesBody;
  const pick = generator(seed);
  const turns: Turn[] = [];
  // The frame around the turns is about 18 KB; each turn is measured alone, so that the work stays linear.
  let built = ask.size === '1k' ? wanted : Buffer.byteLength(render(ask, [turn(0, generator(1))], ''));
  while (built < wanted) {
    const next = turn(turns.length, pick);
    turns.push(next);
    built += Buffer.byteLength(JSON.stringify(next)) + 120;
  }
  turns.pop();
  const bare = Buffer.byteLength(render(ask, turns, ''));
  const filler = `Explain to jane.doe@example.com what happens in the last file, in "plain" words. ${'Take care of the edge cases. '.repeat(200)}`;
  return Buffer.from(render(ask, turns, filler.repeat(40).slice(0, Math.max(16, wanted - bare - 4))));
}

/** The words of every answer. Written so that a chunk can end within a word, as real tokens do. */
const answerWords = Array.from({ length: 46 }, (_, index) => ` ${verbs[index % verbs.length]}ing${index}`);

/** Pieces of text in a stream; the rest of the events opens and closes it. */
const streamTexts: Readonly<Record<BenchDialect, readonly string[]>> = {
  chat: answerWords.slice(0, eventsPerStream - 4),
  messages: answerWords.slice(0, eventsPerStream - 6),
};

/** With what the first content of every stream begins; no event before it holds these bytes. */
export const firstContent = Buffer.from(answerWords[0] ?? '');

/** What the text of an answer from this upstream dialect must be, whatever dialect it arrives in. */
export function answerText(upstream: BenchDialect, kind: AnswerKind): string {
  return kind === 'json' ? answerWords.join('') : streamTexts[upstream].join('');
}

const chatUsage = {
  prompt_tokens: answerUsage.input,
  completion_tokens: answerUsage.output,
  total_tokens: answerUsage.input + answerUsage.output,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};

const messagesUsage = {
  input_tokens: answerUsage.input,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: answerUsage.output,
  service_tier: 'standard',
};

const chatId = 'chatcmpl-BenchBenchBenchBenchBench0001';
const messagesId = 'msg_01BenchBenchBenchBenchBench';

/** The whole answer of a plain (not streamed) call, as bytes. */
export function answerJson(upstream: BenchDialect): Buffer {
  const text = answerText(upstream, 'json');
  const model = upstreamModel('json');
  if (upstream === 'messages') {
    const content = [{ type: 'text', text }];
    const tail = { stop_reason: 'end_turn', stop_sequence: null, usage: messagesUsage };
    return Buffer.from(JSON.stringify({ id: messagesId, type: 'message', role: 'assistant', model, content, ...tail }));
  }
  const message = { role: 'assistant', content: text, refusal: null, annotations: [] };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
  const head = { id: chatId, object: 'chat.completion', created: 1_764_028_800, model, choices, usage: chatUsage };
  return Buffer.from(JSON.stringify({ ...head, service_tier: 'default', system_fingerprint: 'fp_bench00001' }));
}

/** The answer of a streamed call: exactly {@link eventsPerStream} framed events, in order. */
export function answerEvents(upstream: BenchDialect, kind: AnswerKind): Buffer[] {
  const model = upstreamModel(kind);
  return upstream === 'chat' ? chatEvents(model) : messagesEvents(model);
}

function chatEvents(model: string): Buffer[] {
  const head = { id: chatId, object: 'chat.completion.chunk', created: 1_764_028_800, model };
  const more = { service_tier: 'default', system_fingerprint: 'fp_bench00001' };
  const chunk = (delta: unknown, finishReason: string | null): unknown => ({
    ...{ ...head, ...more },
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    usage: null,
    obfuscation: 'Zq3xV9',
  });
  const events = [
    chunk({ role: 'assistant', content: '', refusal: null }, null),
    ...streamTexts.chat.map((content) => chunk({ content }, null)),
    chunk({}, 'stop'),
    { ...head, ...more, choices: [], usage: chatUsage },
  ];
  return [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n'].map((text) =>
    Buffer.from(text),
  );
}

function messagesEvents(model: string): Buffer[] {
  const opened = { ...messagesUsage, output_tokens: 1 };
  const message = {
    id: messagesId,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: opened,
  };
  const events: { readonly type: string; readonly [field: string]: unknown }[] = [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'ping' },
    ...streamTexts.messages.map((text) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text },
    })),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: answerUsage.output },
    },
    { type: 'message_stop' },
  ];
  return events.map((event) => Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
}

/** All bytes of an answer's body as the upstream sends them. */
export function answerBytes(upstream: BenchDialect, kind: AnswerKind): Buffer {
  return kind === 'json' ? answerJson(upstream) : Buffer.concat(answerEvents(upstream, kind));
}
