// Decides what a simulated model answers, from the content of the request alone, in words no dialect owns.

import { sample } from './sample.ts';

export type Stop = 'end' | 'calls' | 'length' | 'stop_sequence' | 'refusal';

/** Totals as the model counted them: `input` includes `cached` and `cacheWrite`, `output` includes `reasoning`. */
export type Usage = { input: number; cached: number; cacheWrite: number; output: number; reasoning: number };

/** `args` is JSON text, or '' for a call without arguments, or the raw text of a freeform tool. */
export type Call = { tool: Tool; args: string };

export type Turn = {
  reasoning: string[];
  text: string[];
  calls: Call[];
  stop: Stop;
  stopSequence: string | undefined;
  usage: Usage;
};

export type Tool = { name: string; namespace?: string | undefined; freeform?: boolean; schema?: unknown };

export type Ask = {
  /** Everything the model reads, for counting. */
  texts: readonly string[];
  lastUserText: string;
  /** The results, when tool results are the last thing said. */
  toolResults: readonly string[] | undefined;
  tools: readonly Tool[];
  choice: 'auto' | 'none' | 'any' | { name: string };
  schema?: unknown;
  /** `never` where the provider cannot show reasoning for this request. */
  thinking: 'on' | 'if-asked' | 'never';
  maxTokens?: number | undefined;
  stopSequences?: readonly string[];
  cacheMark?: boolean;
  parallel?: boolean;
};

/** What a test may plan instead; what is left out is decided as usual. */
export type PlannedTurn = {
  text?: string | readonly string[];
  reasoning?: string;
  calls?: readonly { name: string; args?: string | Record<string, unknown>; namespace?: string; freeform?: boolean }[];
  stop?: Stop;
  usage?: Partial<Usage>;
};

const REASONING = 'Let me think about that… 少し考えます。';
const CALL = /\bcall (#\d+|[A-Za-z0-9_.:/-]+)(?:[ \t]+([^\n]*))?/g;

/** One token per four bytes, at least one for any text. */
export const tokens = (value: string): number => Math.ceil(Buffer.byteLength(value) / 4);

/** The answer to a request; the same request always gets the same one. */
export function decide(ask: Ask, planned?: PlannedTurn): Turn {
  const calls =
    planned === undefined ? callsOf(ask) : (planned.calls ?? []).map((call) => plannedCall(call, ask.tools));
  const cut =
    planned === undefined
      ? cutAtStop(calls.length > 0 ? '' : textOf(ask), ask.stopSequences ?? [])
      : { text: '', sequence: undefined };
  const wanted = planned === undefined ? thinks(ask) : planned.reasoning !== undefined;
  const reasoning = wanted ? split(planned?.reasoning ?? REASONING) : [];
  let text =
    planned === undefined
      ? split(cut.text)
      : typeof planned.text === 'string'
        ? split(planned.text)
        : [...(planned.text ?? [])];
  let stop: Stop = planned?.stop ?? (calls.length > 0 ? 'calls' : cut.sequence === undefined ? 'end' : 'stop_sequence');

  const spent = tokens(reasoning.join(''));
  if (
    planned === undefined &&
    calls.length === 0 &&
    ask.maxTokens !== undefined &&
    spent + tokens(text.join('')) > ask.maxTokens
  ) {
    text = split(head(text.join(''), Math.max(ask.maxTokens - spent, 0) * 4));
    stop = 'length';
  }
  const usage = { ...usageOf(ask, reasoning, text, calls), ...planned?.usage };
  return { reasoning, text, calls, stop, stopSequence: stop === 'stop_sequence' ? cut.sequence : undefined, usage };
}

function thinks(ask: Ask): boolean {
  return ask.thinking === 'on' || (ask.thinking === 'if-asked' && /\bthink\b/i.test(ask.lastUserText));
}

function callsOf(ask: Ask): Call[] {
  if (ask.toolResults !== undefined || ask.choice === 'none' || ask.tools.length === 0) return [];
  const calls = [...ask.lastUserText.matchAll(CALL)].flatMap(([, name = '', rest = '']) => {
    const tool = find(ask.tools, name);
    if (tool === undefined) return [];
    return [{ tool, args: tool.freeform === true ? rest.trim() : jsonPrefix(rest) }];
  });
  if (calls.length > 0) return ask.parallel === false ? calls.slice(0, 1) : calls;
  if (ask.choice === 'auto') return [];
  const forced = ask.choice === 'any' ? ask.tools[0] : find(ask.tools, ask.choice.name);
  if (forced === undefined) return [];
  return [{ tool: forced, args: forced.freeform === true ? 'sample' : JSON.stringify(sample(forced.schema)) }];
}

/** `ns.name` and `#2` work beside the plain name, since a gateway may have to rename a tool. */
function find(tools: readonly Tool[], name: string): Tool | undefined {
  if (name.startsWith('#')) return tools[Number(name.slice(1)) - 1];
  return tools.find((tool) => tool.name === name || `${tool.namespace ?? ''}.${tool.name}` === name);
}

/** The longest leading part that is a JSON object, so that words may follow it. */
function jsonPrefix(rest: string): string {
  const start = rest.trimStart();
  if (!start.startsWith('{')) return '';
  for (let end = start.lastIndexOf('}'); end > 0; end = start.lastIndexOf('}', end - 1)) {
    const candidate = start.slice(0, end + 1);
    try {
      JSON.parse(candidate);
      return candidate;
    } catch {
      continue;
    }
  }
  return '';
}

function textOf(ask: Ask): string {
  if (ask.toolResults !== undefined) return `result: ${ask.toolResults.join(' | ')}`;
  if (ask.schema !== undefined) return JSON.stringify(sample(ask.schema));
  const long = /\blong (\d+)\b/.exec(ask.lastUserText)?.[1];
  if (long !== undefined) return Array.from({ length: Number(long) }, (_, index) => `w${index} `).join('');
  return `echo: ${ask.lastUserText}`;
}

function cutAtStop(text: string, sequences: readonly string[]): { text: string; sequence: string | undefined } {
  const hits = sequences.map((sequence) => ({ at: text.indexOf(sequence), sequence })).filter((hit) => hit.at >= 0);
  const first = hits.sort((a, b) => a.at - b.at)[0];
  return first === undefined
    ? { text, sequence: undefined }
    : { text: text.slice(0, first.at), sequence: first.sequence };
}

/** Deltas as a model streams them: whole code points, a few at a time; `long N` text one word each. */
export function split(text: string): string[] {
  if (/^w0 /.test(text)) return text.match(/\S+ /g) ?? [];
  const points = [...text];
  const size = Math.max(3, Math.ceil(points.length / 12));
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    points.slice(index * size, (index + 1) * size).join(''),
  );
}

function head(text: string, bytes: number): string {
  let room = bytes;
  const kept: string[] = [];
  for (const point of text) {
    room -= Buffer.byteLength(point);
    if (room < 0) break;
    kept.push(point);
  }
  return kept.join('');
}

function usageOf(ask: Ask, reasoning: string[], text: string[], calls: Call[]): Usage {
  const input = Math.max(
    1,
    ask.texts.reduce((sum, one) => sum + tokens(one), 0),
  );
  const asked = /\bcached\b/.test(ask.lastUserText);
  const cached = asked || ask.cacheMark === true ? Math.floor(input / 2) : 0;
  const thought = tokens(reasoning.join(''));
  const called = calls.reduce((sum, call) => sum + tokens(call.tool.name + call.args), 0);
  const cacheWrite = ask.cacheMark === true ? Math.floor((input - cached) / 2) : 0;
  return {
    input,
    cached,
    cacheWrite,
    output: Math.max(1, thought + tokens(text.join('')) + called),
    reasoning: thought,
  };
}

function plannedCall(call: NonNullable<PlannedTurn['calls']>[number], tools: readonly Tool[]): Call {
  const tool = find(tools, call.name) ?? {
    name: call.name,
    namespace: call.namespace,
    freeform: call.freeform ?? false,
  };
  const args = call.args ?? '';
  return { tool, args: typeof args === 'string' ? args : JSON.stringify(args) };
}
