/** What the page holds: the prompt that all columns share, and the columns with what was said in each. */
import type { PromptContent, RunResult } from '../../../shared/contract/playground.ts';
import type { CallError } from '../../../shared/contract/reply.ts';

/** A picture that goes along with a turn, as a data URL. */
export interface Picture {
  readonly id: string;
  readonly name: string;
  readonly url: string;
}

export interface Turn {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly pictures: readonly Picture[];
}

export interface Draft {
  readonly system: string;
  readonly turns: readonly Turn[];
  /** Values by name; also of names that the texts do not hold any more. */
  readonly variables: Readonly<Record<string, string>>;
  /** JSON text; empty: none. */
  readonly tools: string;
  readonly schema: string;
}

/** As they were typed; empty ones are not sent. */
export interface Parameters {
  readonly temperature: string;
  readonly top_p: string;
  readonly max_tokens: string;
}

export const noParameters: Parameters = { temperature: '', top_p: '', max_tokens: '' };

export type WireMessage = Readonly<Record<string, unknown>>;

export interface Answer {
  /** `null` until the run has a name, and where it never got one. */
  readonly run: string | null;
  readonly text: string;
  readonly reasoning: string;
  /** `null` while it runs, and where its end is not known. */
  readonly result: RunResult | null;
  /** It could not be started, or its end cannot be told any more. */
  readonly failure: CallError | null;
}

export const newAnswer: Answer = { run: null, text: '', reasoning: '', result: null, failure: null };

export type Step =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'user'; readonly text: string }
  /** What people said that the tools gave. */
  | { readonly kind: 'results'; readonly results: readonly ToolResult[] };

export interface ToolResult {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

export interface Column {
  readonly id: string;
  /** `provider/model` or an alias. */
  readonly model: string;
  readonly parameters: Parameters;
  /** The shared prompt as it was when the conversation began; `null`: pictures in it were not kept. */
  readonly base: readonly WireMessage[] | null;
  readonly steps: readonly Step[];
}

export const maxColumns = 4;

export function isRunning({ result, failure }: Answer): boolean {
  return result === null && failure === null;
}

export function lastAnswer({ steps }: Pick<Column, 'steps'>): Answer | undefined {
  const last = steps.at(-1);
  return last?.kind === 'answer' ? last.answer : undefined;
}

/** Another step can follow: something was said, and the prompt it began with is there. */
export function canContinue(column: Column): boolean {
  const answer = lastAnswer(column);
  if (answer === undefined || isRunning(answer) || column.base === null) return false;
  return answer.text !== '' || (answer.result?.tool_calls.length ?? 0) > 0;
}

let made = 0;

/** Unique in this window, also after it was loaded again. */
export function newId(): string {
  made += 1;
  return `${Date.now().toString(36)}-${String(made)}`;
}

export function newTurn(role: Turn['role'] = 'user', text = ''): Turn {
  return { id: newId(), role, text, pictures: [] };
}

export function emptyDraft(): Draft {
  return { system: '', turns: [newTurn()], variables: {}, tools: '', schema: '' };
}

export function newColumn(model: string, parameters = noParameters): Column {
  return { id: newId(), model, parameters, base: [], steps: [] };
}

export function isEmptyDraft({ system, turns }: Draft): boolean {
  return system === '' && turns.every(({ text, pictures }) => text === '' && pictures.length === 0);
}

/** The draft as the library keeps it: without pictures, and with the model and parameters of a column. */
export function contentOf(draft: Draft, names: readonly string[], column: Column | undefined): PromptContent {
  const { temperature, top_p, max_tokens } = column?.parameters ?? noParameters;
  const number = (text: string): number | null => {
    const value = Number(text);
    return text.trim() === '' || !Number.isFinite(value) ? null : value;
  };
  const most = number(max_tokens);
  return {
    system: draft.system,
    messages: draft.turns.map(({ role, text }) => ({ role, text })),
    variables: names.slice(0, 50).map((name) => ({ name, value: draft.variables[name] ?? '' })),
    model: column?.model ?? '',
    temperature: number(temperature),
    top_p: number(top_p),
    max_tokens: most === null ? null : Math.trunc(most),
    tools: draft.tools,
    json_schema: draft.schema,
  };
}

export function draftOf({ system, messages, variables, tools, json_schema }: PromptContent): Draft {
  const turns = messages.map(({ role, text }) => newTurn(role, text));
  return {
    system,
    turns: turns.length === 0 ? [newTurn()] : turns,
    variables: Object.fromEntries(variables.map(({ name, value }) => [name, value])),
    tools,
    schema: json_schema,
  };
}

export function parametersOf({
  temperature,
  top_p,
  max_tokens,
}: Pick<PromptContent, 'temperature' | 'top_p' | 'max_tokens'>): Parameters {
  const text = (value: number | null): string => (value === null ? '' : String(value));
  return { temperature: text(temperature), top_p: text(top_p), max_tokens: text(max_tokens) };
}
