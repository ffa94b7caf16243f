/** Canonical messages as Gemini turns: user first, roles alternating, every function call answered at once and in order. */
import type {
  CanonicalMessage,
  CanonicalPart,
  JsonObject,
  LossSink,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../canonical.ts';
import { append, type EncodeRequestContext, type TargetRules } from '../dialect.ts';
import { encodePart, resultText, type Placed, type TurnParts } from './parts-encode.ts';

/** Said by Google for function calls whose signature is not known (Gemini API guide, "Thought signatures"). */
const skipSignature = 'skip_thought_signature_validator';

/** Stands for a user's message of which nothing could cross: without it the model would answer something else. */
const leftOut = '(Content that could not be passed on was left out here.)';

interface Turn {
  readonly role: 'user' | 'model';
  placed: Placed[];
}

export interface EncodedContents {
  readonly systemInstruction: JsonObject | undefined;
  readonly contents: readonly JsonObject[];
}

/** `hint` is an instruction of ours, said after the client's own. */
export function encodeContents(
  messages: readonly CanonicalMessage[],
  hint: string | undefined,
  context: EncodeRequestContext,
): EncodedContents {
  const { losses, rules } = context;
  const firstOther = messages.findIndex((message) => message.role !== 'system');
  const leading = firstOther === -1 ? messages.length : firstOther;
  const system = messages
    .slice(0, leading)
    .flatMap((message, index) => systemTexts(message, `/messages/${String(index)}`, losses));
  const folds = rules.noSystem === true;
  if (folds && system.length > 0) losses('system', 'this model takes no system prompt: sent as user text');
  if (hint !== undefined) system.push(hint);
  const turns = turnsOf(messages, leading, folds ? system : [], context);
  completeCalls(turns, losses);
  startWithUser(turns, losses);
  const signed = rules.thinkingLevel === true ? currentTurn(turns) : turns.length;
  const contents = turns.map((turn, index) => encodeTurn(turn, index > signed, context));
  return {
    systemInstruction: folds || system.length === 0 ? undefined : { parts: system.map((text) => ({ text })) },
    contents: contents.filter((content) => content !== undefined),
  };
}

function systemTexts(message: CanonicalMessage, at: string, losses: LossSink): string[] {
  const texts: string[] = [];
  for (const [index, part] of message.parts.entries()) {
    if (part.type === 'text' && part.text !== '') texts.push(part.text);
    else if (part.type !== 'text') losses(`${at}/parts/${String(index)}`, 'Gemini takes text only as an instruction');
  }
  return texts;
}

function turnsOf(
  messages: readonly CanonicalMessage[],
  from: number,
  folded: readonly string[],
  { rules, losses }: EncodeRequestContext,
): Turn[] {
  const turns: Turn[] = [];
  const add = (role: Turn['role'], placed: readonly Placed[]): void => {
    const last = turns.at(-1);
    if (placed.length === 0) return;
    if (last?.role === role) append(last.placed, placed);
    else turns.push({ role, placed: [...placed] });
  };
  add(
    'user',
    folded.map((text) => ({ part: { type: 'text', text }, at: '/messages/0' })),
  );
  for (const [index, message] of messages.entries()) {
    if (index < from) continue;
    const at = `/messages/${String(index)}`;
    if (message.name !== undefined) losses(`${at}/name`, 'Gemini has no author names');
    if (message.role === 'system') {
      losses(at, 'Gemini has no instructions between messages: sent as user text');
      const texts = systemTexts(message, at, losses);
      add(
        'user',
        texts.map((text) => ({ part: { type: 'text', text: `<system>\n${text}\n</system>` }, at })),
      );
    } else {
      const placed = message.parts
        .map((part, number) => ({ part, at: `${at}/parts/${String(number)}` }))
        .flatMap((one) => withoutTools(one, rules, losses));
      add(
        message.role === 'assistant' ? 'model' : 'user',
        placed.filter(({ part }) => isSayable(part)),
      );
    }
  }
  return turns;
}

/** "Function calling is not enabled for this model": what was called and answered before is told as text. */
function withoutTools(placed: Placed, rules: TargetRules, losses: LossSink): Placed[] {
  const { part, at } = placed;
  if (rules.noTools !== true || (part.type !== 'tool-call' && part.type !== 'tool-result')) return [placed];
  losses(at, 'this model knows no tools: sent as text');
  if (part.type === 'tool-result') return toldResult(part, part.name ?? 'a tool', at);
  return [{ part: { type: 'text', text: `Called ${part.name} with ${part.input}` }, at }];
}

/** Google refuses empty text; what holds nothing else is left out. */
function isSayable(part: CanonicalPart): boolean {
  if (part.type === 'text' || part.type === 'reasoning') return part.text !== '' || part.opaque !== undefined;
  return part.type !== 'refusal' || part.text !== '';
}

/**
 * "The number of function response parts must be equal to the number of function call parts of the function call turn": results
 * move to the turn right after their calls, in the order of the calls; missing ones are made up; strangers become text.
 */
function completeCalls(turns: Turn[], losses: LossSink): void {
  const names = new Map<string, string>();
  for (let index = 0; index < turns.length; index++) {
    const turn = turns[index] as Turn;
    if (turn.role === 'model') {
      const calls = turn.placed.filter(isCall);
      for (const { part } of calls) names.set(part.id, part.name);
      if (calls.length === 0) continue;
      if (turns[index + 1] === undefined) {
        losses('/messages', 'Gemini wants a result for every function call: the last calls have none');
        turns.push({ role: 'user', placed: [] });
      }
      const next = turns[index + 1] as Turn;
      next.placed = answersFirst(calls, next.placed, names, losses);
      // The results of the next turn are in place now.
      index++;
    } else {
      turn.placed = turn.placed.flatMap((one) => asText(one, names, losses));
    }
  }
}

function isCall(placed: Placed): placed is Placed & { part: ToolCallPart } {
  return placed.part.type === 'tool-call';
}

function answersFirst(
  calls: readonly (Placed & { part: ToolCallPart })[],
  placed: readonly Placed[],
  names: ReadonlyMap<string, string>,
  losses: LossSink,
): Placed[] {
  const results = new Map<string, Placed & { part: ToolResultPart }>();
  const others: Placed[] = [];
  for (const one of placed) {
    const { part, at } = one;
    if (part.type !== 'tool-result') others.push(one);
    else if (calls.some((call) => call.part.id === part.callId) && !results.has(part.callId))
      results.set(part.callId, { part, at });
    else append(others, asText(one, names, losses));
  }
  const answers = calls.map(({ part, at }): Placed => {
    const result = results.get(part.id);
    if (result !== undefined) return { ...result, part: { ...result.part, name: part.name } };
    losses(at, 'Gemini wants a result for every function call: this call has none, so an error stands in');
    const text: TextPart = { type: 'text', text: 'No result was recorded for this call.' };
    return {
      part: { type: 'tool-result', callId: part.id, kind: part.kind, name: part.name, isError: true, parts: [text] },
      at,
    };
  });
  return [...answers, ...others];
}

/** A result without its call would be refused. */
function asText(placed: Placed, names: ReadonlyMap<string, string>, losses: LossSink): Placed[] {
  const { part, at } = placed;
  if (part.type !== 'tool-result') return [placed];
  losses(at, 'Gemini takes a result only right after its call: sent as text');
  return toldResult(part, part.name ?? names.get(part.callId) ?? 'a tool', at);
}

/** The text of a result with the images and documents it holds. */
function toldResult(part: ToolResultPart, name: string, at: string): Placed[] {
  const media = part.parts.filter((one) => one.type !== 'text' && one.source.kind !== 'text');
  const text: TextPart = { type: 'text', text: `Result of ${name}: ${resultText(part)}` };
  return [text, ...media].map((one) => ({ part: one, at }));
}

function startWithUser(turns: Turn[], losses: LossSink): void {
  if (turns.length > 0 && turns[0]?.role === 'user') return;
  losses('/messages', 'Gemini conversations start with the user: a short user text stands before');
  turns.unshift({ role: 'user', placed: [{ part: { type: 'text', text: 'Continue.' }, at: '/messages' }] });
}

/** Index of the user's last own turn. Calls after it belong to the current turn, whose signatures Gemini 3 checks. */
function currentTurn(turns: readonly Turn[]): number {
  return turns.findLastIndex(
    (turn) => turn.role === 'user' && !turn.placed.some(({ part }) => part.type === 'tool-result'),
  );
}

function encodeTurn(turn: Turn, needsSignature: boolean, context: EncodeRequestContext): JsonObject | undefined {
  const made: TurnParts = { parts: [], beside: [] };
  for (const placed of turn.placed) encodePart(placed, made, context);
  const behindResults = made.parts.findLastIndex((part) => part['functionResponse'] !== undefined) + 1;
  const parts = [...made.parts.slice(0, behindResults), ...made.beside, ...made.parts.slice(behindResults)];
  if (parts.length === 0 && turn.role === 'user') parts.push({ text: leftOut });
  const call = parts.findIndex((part) => part['functionCall'] !== undefined);
  if (needsSignature && call !== -1 && parts[call]?.['thoughtSignature'] === undefined) {
    context.losses('/messages', 'the signature of a function call is not known: Gemini is told not to check it');
    parts[call] = { ...parts[call], thoughtSignature: skipSignature };
  }
  return parts.length === 0 ? undefined : { role: turn.role, parts };
}
