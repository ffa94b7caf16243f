/** Gathers an answer of Chat Completions, streamed or whole, from whatever vendors make of it. */
import type { ToolCallEntry } from '../../shared/contract/playground.ts';
import type { UsageEntry } from '../../shared/contract/traffic.ts';
import { tokenCount } from '../../shared/domain/usage.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface AnswerError {
  readonly code: string | null;
  readonly message: string;
}

/** More calls than this are no answer. */
const maxCalls = 256;

export class ChatAnswer {
  text = '';
  reasoning = '';
  finishReason: string | null = null;
  usage: UsageEntry | null = null;
  error: AnswerError | null = null;
  /** There was more than is kept. */
  isTooLong = false;
  #fresh = { text: '', reasoning: '' };
  readonly #calls = new Map<number, { id: string; name: string; arguments: string }>();
  #chars = 0;
  #sawEnd = false;
  readonly #maxChars: number;

  /** `maxChars`: of text, reasoning and arguments together. */
  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  get toolCalls(): ToolCallEntry[] {
    return [...this.#calls].sort(([a], [b]) => a - b).map(([, call]) => ({ ...call }));
  }

  /** It came to its end: `[DONE]`, or a reason to finish, which some servers leave it at. */
  get isComplete(): boolean {
    return this.#sawEnd || this.finishReason !== null;
  }

  /** `[DONE]` came: nothing can be missing. */
  get sawEnd(): boolean {
    return this.#sawEnd;
  }

  /** The model said something. */
  get hasContent(): boolean {
    return this.#chars > 0 || this.#calls.size > 0;
  }

  get hasFresh(): boolean {
    return this.#fresh.text !== '' || this.#fresh.reasoning !== '';
  }

  /** What was said since it was asked before. */
  takeFresh(): { readonly text: string; readonly reasoning: string } {
    const fresh = this.#fresh;
    this.#fresh = { text: '', reasoning: '' };
    return fresh;
  }

  /** The data of one event. What is no JSON is passed over. */
  take(data: string): void {
    if (data.trim() === '[DONE]') {
      this.#sawEnd = true;
      return;
    }
    const chunk = parsed(data);
    if (chunk !== undefined) this.#chunk(chunk, 'delta');
  }

  /** The body of an answer that is no stream. `false` when it is no JSON object. */
  whole(body: string): boolean {
    const answer = parsed(body);
    if (answer === undefined) return false;
    this.#chunk(answer, 'message');
    this.#sawEnd = Array.isArray(answer['choices']) && answer['choices'].length > 0;
    return true;
  }

  #chunk(chunk: Fields, name: 'delta' | 'message'): void {
    const choices = listOf(chunk['choices']).map(fieldsOf);
    this.error ??= errorIn(chunk) ?? choices.map(errorIn).find((one) => one !== null) ?? null;
    const usage = chunk['usage'] ?? fieldsOf(chunk['x_groq'])['usage'] ?? choices[0]?.['usage'];
    if (isFields(usage)) this.usage = usageOf(usage);
    // A column shows one answer, whatever `n` asked for.
    const choice = choices.find(({ index }) => index === 0 || index === undefined);
    if (choice === undefined) return;
    const message = fieldsOf(choice[name]);
    const reasoning = this.#kept(reasoningOf(message));
    const text = this.#kept(textOf(message['content']) + stringOf(message['refusal']));
    this.reasoning += reasoning;
    this.text += text;
    this.#fresh.reasoning += reasoning;
    this.#fresh.text += text;
    listOf(message['tool_calls'])
      .map(fieldsOf)
      .forEach((call, at) => {
        this.#call(call, name === 'message' ? at : undefined);
      });
    const reason = choice['finish_reason'];
    if (typeof reason === 'string' && reason !== '') this.finishReason = reason;
  }

  /** Parts of one call have the same index; where a server leaves it out, an id begins another. */
  #call(call: Fields, at: number | undefined): void {
    const { index, id } = call;
    const last = this.#calls.size - 1;
    const likely =
      typeof id === 'string' && id !== '' && this.#calls.get(last)?.id !== id ? last + 1 : Math.max(0, last);
    const key = at ?? (typeof index === 'number' ? index : likely);
    const known = this.#calls.get(key);
    if (known === undefined && this.#calls.size >= maxCalls) {
      this.isTooLong = true;
      return;
    }
    const entry = known ?? { id: '', name: '', arguments: '' };
    this.#calls.set(key, entry);
    const asked = fieldsOf(call['function']);
    if (entry.id === '') entry.id = this.#kept(stringOf(id));
    if (entry.name === '') entry.name = this.#kept(stringOf(asked['name']));
    const { arguments: words } = asked;
    entry.arguments += this.#kept(isFields(words) ? JSON.stringify(words) : stringOf(words));
  }

  #kept(text: string): string {
    const kept = text.slice(0, this.#maxChars - this.#chars);
    if (kept.length < text.length) this.isTooLong = true;
    this.#chars += kept.length;
    return kept;
  }
}

/** The longest message of a provider that is shown. */
const maxMessageChars = 2_000;

/** What the body of an error says, in the shape of any dialect. */
export function errorInBody(body: string): AnswerError {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // A page, a word, or nothing: then that is what there is to say.
  }
  // Google's compatible endpoint puts its error into an array.
  const first = fieldsOf(Array.isArray(value) ? value[0] : value);
  const known = errorIn(first) ?? errorIn({ error: first });
  const text = body.trim().slice(0, 500);
  return known ?? { code: null, message: text === '' ? 'The answer was an error without a word.' : text };
}

function errorIn(fields: Fields): AnswerError | null {
  const { error } = fields;
  if (typeof error === 'string' && error !== '') return { code: null, message: error.slice(0, maxMessageChars) };
  if (!isFields(error)) return null;
  const message = [error['message'], error['detail'], error['msg']].map(stringOf).find((one) => one !== '');
  const code = [error['code'], error['type']].find((one) => typeof one === 'string' || typeof one === 'number');
  if (message === undefined && code === undefined) return null;
  return {
    code: code === undefined ? null : String(code),
    message: (message ?? `The provider reported the error ${String(code)}.`).slice(0, maxMessageChars),
  };
}

/** Disjoint counts, as the ledger has them, where it does not tell better. */
function usageOf(usage: Fields): UsageEntry {
  const prompt = tokenCount(usage['prompt_tokens']);
  const cached = Math.min(prompt, tokenCount(fieldsOf(usage['prompt_tokens_details'])['cached_tokens']));
  const reasoning = fieldsOf(usage['completion_tokens_details'])['reasoning_tokens'];
  return {
    input_tokens: prompt - cached,
    output_tokens: tokenCount(usage['completion_tokens']),
    cache_read_tokens: cached,
    cache_write_tokens: 0,
    reasoning_tokens: typeof reasoning === 'number' ? tokenCount(reasoning) : null,
  };
}

function reasoningOf(message: Fields): string {
  const plain = stringOf(message['reasoning_content']);
  if (plain !== '') return plain;
  const other = stringOf(message['reasoning']);
  if (other !== '') return other;
  // Mistral puts it among the parts of the content.
  const thoughts = listOf(message['content']).map(fieldsOf);
  return thoughts.map((part) => (part['type'] === 'thinking' ? textOf(part['thinking']) : '')).join('');
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const parts = listOf(content).map(fieldsOf);
  return parts.map(({ text }) => stringOf(text)).join('');
}

function parsed(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
