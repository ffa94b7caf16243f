// A provider of every wire format behind one gateway that masks, and what a client of each dialect makes of an answer.
import { startFake, type Fake } from '../../fakes/fake.ts';
import { parseSse } from '../../fakes/wire.ts';
import type { ClientName } from './rigs.ts';
import { startTestGateway, type Answer, type TestGateway } from './support.ts';

/** Put together, so that nothing that scans for secrets takes them for some. */
export const token = `gh${'p_'}16C7e42F292c6912E7710c838347Ae178B4a`;
export const otherToken = `gl${'pat-'}zX8kq2LmN4pR7sT1uV5w`;
export const mail = 'ada.byron@kestrel-logistics.com';
export const otherMail = 'grace@kestrel-logistics.com';

export const placeholderOf = {
  mail: /EMAIL[2-9][bcdfghjkmnpqrstvwxyz2-9]{5}/g,
  token: /SECRET[2-9][bcdfghjkmnpqrstvwxyz2-9]{5}/g,
} as const;

export const anyPlaceholder = /(?:EMAIL|SECRET)[2-9][bcdfghjkmnpqrstvwxyz2-9]{5}/;

export type TargetName = 'chat' | 'responses' | 'anthropic' | 'gemini' | 'bedrock';
export const targetNames: readonly TargetName[] = ['chat', 'responses', 'anthropic', 'gemini', 'bedrock'];

/** A model of each target by the name a client asks with. */
export const modelAt: Readonly<Record<TargetName, string>> = {
  chat: 'chat/gpt-4o',
  responses: 'responses/gpt-5',
  anthropic: 'anthropic/claude-sonnet-4-5',
  gemini: 'gemini/gemini-2.5-flash',
  bedrock: 'bedrock/us.anthropic.claude-sonnet-4-5-v1:0',
};

export interface MaskedGateway {
  readonly gateway: TestGateway;
  readonly url: string;
  readonly fakes: Readonly<Record<TargetName, Fake>>;
  /** The file with other sections. */
  readonly yaml: (more: string) => string;
  /** The body of the last request that reached this provider. */
  sent(target: TargetName): string;
  /** How many requests reached any provider. */
  arrived(): number;
  close(): Promise<void>;
}

export const masking = 'masking: { enabled: true }';

/** `more`: masking, firewall, routes, keys. */
export async function startMasked(
  more: string = masking,
  ports?: Parameters<typeof startTestGateway>[1],
): Promise<MaskedGateway> {
  const [chat, responses, anthropic, gemini, bedrock] = await Promise.all([
    startFake({ dialect: 'openai' }),
    startFake({ dialect: 'openai' }),
    startFake({ dialect: 'anthropic' }),
    startFake({ dialect: 'gemini' }),
    startFake({ dialect: 'bedrock', key: 'sk-of-the-provider' }),
  ]);
  const fakes = { chat, responses, anthropic, gemini, bedrock };
  const rest = 'local: true, keys: [{ name: main, value: sk-of-the-provider }], retry: { attempts: 1, backoff_ms: 1 }';
  const yaml = (sections: string): string => `
listen: { ollama: true }
providers:
  - { id: chat, kind: openai-compatible, base_url: "${chat.url}/v1", ${rest} }
  - { id: responses, kind: openai, dialects: [openai-responses], base_url: "${responses.url}/v1", ${rest} }
  - { id: anthropic, kind: anthropic, base_url: "${anthropic.url}", ${rest} }
  - { id: gemini, kind: gemini, base_url: "${gemini.url}", ${rest} }
  - { id: bedrock, kind: bedrock, region: us-east-1, base_url: "${bedrock.url}", ${rest} }
${sections}
`;
  const gateway = await startTestGateway(yaml(more), ports);
  return {
    ...{ gateway, url: gateway.url, fakes, yaml },
    sent(target) {
      const last = fakes[target].requests.at(-1);
      if (last === undefined) throw new Error(`Nothing reached ${target}.`);
      if (last.refusal !== undefined) throw new Error(`${target} refused it: ${JSON.stringify(last.refusal)}`);
      return last.body.toString('utf8');
    },
    arrived: () => Object.values(fakes).reduce((sum, { requests }) => sum + requests.length, 0),
    async close() {
      await gateway.stop();
      await Promise.all(Object.values(fakes).map((fake) => fake.close()));
    },
  };
}

// ---------------------------------------------------------------- requests

/** A tool that every dialect declares in its own words. */
export function toolFields(client: ClientName, description = 'Sends a mail.'): Readonly<Record<string, unknown>> {
  const schema = { type: 'object', properties: { to: { type: 'string' }, text: { type: 'string' } } };
  const name = 'send_mail';
  switch (client) {
    case 'chat':
      return { tools: [{ type: 'function', function: { name, description, parameters: schema } }] };
    case 'responses':
      return { tools: [{ type: 'function', name, description, parameters: schema, strict: false }] };
    case 'messages':
      return { tools: [{ name, description, input_schema: schema }] };
    case 'gemini':
      return { tools: [{ functionDeclarations: [{ name, description, parameters: schema }] }] };
  }
}

/** How each client asks for reasoning. */
export const thinking: Readonly<Record<ClientName, Readonly<Record<string, unknown>>>> = {
  chat: { reasoning_effort: 'high' },
  responses: { reasoning: { effort: 'high', summary: 'auto' } },
  messages: { max_tokens: 4096, thinking: { type: 'enabled', budget_tokens: 1024 } },
  gemini: { generationConfig: { thinkingConfig: { includeThoughts: true } } },
};

// ---------------------------------------------------------------- answers

export interface ReadCall {
  readonly name: string;
  readonly args: unknown;
}

/** What a client has at the end of an answer. */
export interface Heard {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly ReadCall[];
}

interface Hearing {
  text: string;
  reasoning: string;
  calls: { name: string; args: string }[];
}

type Loose = Record<string, unknown>;

function at(value: unknown, ...path: (string | number)[]): unknown {
  let inner = value;
  for (const step of path) inner = (inner as Record<string | number, unknown> | null | undefined)?.[step];
  return inner;
}

function said(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function list(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? (value as Loose[]) : [];
}

/** Throws where the arguments of a call are no JSON. */
export function hear(client: ClientName, answer: Answer, stream: boolean): Heard {
  const heard: Hearing = { text: '', reasoning: '', calls: [] };
  if (stream) {
    for (const { data } of parseSse(answer.text))
      if (data !== '[DONE]') streamed[client](JSON.parse(data) as Loose, heard);
  } else whole[client](answer.json(), heard);
  const { text, reasoning, calls } = heard;
  return {
    text,
    reasoning,
    calls: calls.map(({ name, args }) => ({ name, args: args === '' ? {} : (JSON.parse(args) as unknown) })),
  };
}

const streamed: Readonly<Record<ClientName, (event: Loose, heard: Hearing) => void>> = {
  chat(event, heard) {
    const delta = at(event, 'choices', 0, 'delta');
    heard.text += said(at(delta, 'content'));
    heard.reasoning += said(at(delta, 'reasoning_content'));
    for (const call of list(at(delta, 'tool_calls'))) {
      const known = (heard.calls[Number(call['index'])] ??= { name: '', args: '' });
      known.name += said(at(call, 'function', 'name'));
      known.args += said(at(call, 'function', 'arguments'));
    }
  },
  responses(event, heard) {
    if (event['type'] === 'response.output_text.delta') heard.text += said(event['delta']);
    if (event['type'] === 'response.reasoning_summary_text.delta' || event['type'] === 'response.reasoning_text.delta')
      heard.reasoning += said(event['delta']);
    if (event['type'] === 'response.output_item.added' && at(event, 'item', 'type') === 'function_call')
      heard.calls.push({ name: said(at(event, 'item', 'name')), args: '' });
    if (event['type'] !== 'response.function_call_arguments.delta') return;
    const last = heard.calls.at(-1);
    if (last !== undefined) last.args += said(event['delta']);
  },
  messages(event, heard) {
    heard.text += said(at(event, 'delta', 'text'));
    heard.reasoning += said(at(event, 'delta', 'thinking'));
    if (at(event, 'content_block', 'type') === 'tool_use')
      heard.calls.push({ name: said(at(event, 'content_block', 'name')), args: '' });
    const last = heard.calls.at(-1);
    if (last !== undefined) last.args += said(at(event, 'delta', 'partial_json'));
  },
  gemini(event, heard) {
    whole.gemini(event, heard);
  },
};

const whole: Readonly<Record<ClientName, (answer: Loose, heard: Hearing) => void>> = {
  chat(answer, heard) {
    const message = at(answer, 'choices', 0, 'message');
    heard.text += said(at(message, 'content'));
    heard.reasoning += said(at(message, 'reasoning_content'));
    for (const call of list(at(message, 'tool_calls')))
      heard.calls.push({ name: said(at(call, 'function', 'name')), args: said(at(call, 'function', 'arguments')) });
  },
  responses(answer, heard) {
    for (const item of list(answer['output'])) {
      if (item['type'] === 'function_call')
        heard.calls.push({ name: said(item['name']), args: said(item['arguments']) });
      for (const part of list(item['summary'])) heard.reasoning += said(part['text']);
      for (const part of list(item['content']))
        if (item['type'] === 'message') heard.text += said(part['text']);
        else heard.reasoning += said(part['text']);
    }
  },
  messages(answer, heard) {
    for (const block of list(answer['content'])) {
      heard.text += said(block['text']);
      heard.reasoning += said(block['thinking']);
      if (block['type'] === 'tool_use')
        heard.calls.push({ name: said(block['name']), args: JSON.stringify(block['input']) });
    }
  },
  gemini(answer, heard) {
    for (const part of list(at(answer, 'candidates', 0, 'content', 'parts'))) {
      if (part['thought'] === true) heard.reasoning += said(part['text']);
      else heard.text += said(part['text']);
      const call = part['functionCall'];
      if (call !== undefined)
        heard.calls.push({ name: said(at(call, 'name')), args: JSON.stringify(at(call, 'args')) });
    }
  },
};

/** Every placeholder of one kind in a text, each once. */
export function placeholdersIn(text: string, kind: keyof typeof placeholderOf): readonly string[] {
  return [...new Set(text.match(placeholderOf[kind]) ?? [])];
}
