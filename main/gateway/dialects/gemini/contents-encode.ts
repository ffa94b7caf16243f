/** Canonical messages as Gemini turns: user first, roles alternating, every function call answered at once and in order. */
import type {
  CanonicalMessage,
  CanonicalPart,
  JsonObject,
  LossSink,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../canonical.ts';
import type { EncodeRequestContext } from '../dialect.ts';
import { isObject } from '../dialect.ts';
import { toMediaPart } from './media.ts';

/** Said by Google for function calls whose signature is not known (Gemini API guide, "Thought signatures"). */
export const skipSignature = 'skip_thought_signature_validator';

/** `thoughtSignature` is a bytes field: base64, either alphabet. Google answers anything else with 400. */
const base64Pattern = /^[A-Za-z0-9+/_-]+={0,2}$/;

interface Placed {
  readonly part: CanonicalPart;
  /** JSON pointer in the canonical request, for losses. */
  readonly at: string;
}

interface Turn {
  readonly role: 'user' | 'model';
  readonly placed: Placed[];
}

export interface EncodedContents {
  readonly systemInstruction: JsonObject | undefined;
  readonly contents: readonly JsonObject[];
}

export function encodeContents(messages: readonly CanonicalMessage[], context: EncodeRequestContext): EncodedContents {
  const { losses, rules } = context;
  const firstOther = messages.findIndex((message) => message.role !== 'system');
  const leading = firstOther === -1 ? messages.length : firstOther;
  const system = messages
    .slice(0, leading)
    .flatMap((message, index) => systemTexts(message, `/messages/${String(index)}`, losses));
  const folds = rules.noSystem === true && system.length > 0;
  if (folds) losses('system', 'this model takes no system prompt: sent as user text');
  const turns = turnsOf(messages, leading, folds ? system : [], losses);
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
  losses: LossSink,
): Turn[] {
  const turns: Turn[] = [];
  const add = (role: Turn['role'], placed: readonly Placed[]): void => {
    const last = turns.at(-1);
    if (placed.length === 0) return;
    if (last?.role === role) last.placed.push(...placed);
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
      const placed = message.parts.map((part, number) => ({ part, at: `${at}/parts/${String(number)}` }));
      add(
        message.role === 'assistant' ? 'model' : 'user',
        placed.filter(({ part }) => isSayable(part)),
      );
    }
  }
  return turns;
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
      next.placed.splice(0, next.placed.length, ...answersFirst(calls, next.placed, names, losses));
      // The results of the next turn are in place now.
      index++;
    } else {
      turn.placed.splice(0, turn.placed.length, ...turn.placed.map((one) => asText(one, names, losses)));
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
    else others.push(asText(one, names, losses));
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
function asText(placed: Placed, names: ReadonlyMap<string, string>, losses: LossSink): Placed {
  const { part, at } = placed;
  if (part.type !== 'tool-result') return placed;
  losses(at, 'Gemini takes a result only right after its call: sent as text');
  const name = part.name ?? names.get(part.callId) ?? 'a tool';
  return { part: { type: 'text', text: `Result of ${name}: ${resultText(part)}` }, at };
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
  const parts: JsonObject[] = [];
  const beside: JsonObject[] = [];
  for (const placed of turn.placed) encodePart(placed, parts, beside, context);
  // Media taken out of results stand after all of them: results must not be interrupted.
  const lastResult = parts.findLastIndex((part) => part['functionResponse'] !== undefined);
  parts.splice(lastResult + 1, 0, ...beside);
  const call = parts.findIndex((part) => part['functionCall'] !== undefined);
  if (needsSignature && call !== -1 && parts[call]?.['thoughtSignature'] === undefined) {
    context.losses('/messages', 'the signature of a function call is not known: Gemini is told not to check it');
    parts[call] = { ...parts[call], thoughtSignature: skipSignature };
  }
  return parts.length === 0 ? undefined : { role: turn.role, parts };
}

function encodePart(
  { part, at }: Placed,
  parts: JsonObject[],
  beside: JsonObject[],
  context: EncodeRequestContext,
): void {
  const { losses } = context;
  switch (part.type) {
    case 'text':
      if (part.citations !== undefined && part.citations.length > 0)
        losses(`${at}/citations`, 'Gemini takes no citations back');
      push(parts, part.text === '' ? undefined : { text: part.text }, part, at, losses);
      return;
    case 'reasoning':
      push(parts, part.text === '' ? undefined : { text: part.text, thought: true }, part, at, losses);
      return;
    case 'refusal':
      parts.push({ text: part.text });
      return;
    case 'tool-call':
      push(
        parts,
        { functionCall: { id: part.id, name: part.name, args: argsOf(part.input, at, losses) } },
        part,
        at,
        losses,
      );
      return;
    case 'tool-result':
      parts.push(encodeResult(part, at, beside, context));
      return;
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto')
        losses(`${at}/detail`, 'Gemini has no detail of a single image');
      pushDefined(parts, toMediaPart(part, at, losses));
      return;
    case 'audio':
    case 'document':
      pushDefined(parts, toMediaPart(part, at, losses));
  }
}

function pushDefined(parts: JsonObject[], part: JsonObject | undefined): void {
  if (part !== undefined) parts.push(part);
}

function push(
  parts: JsonObject[],
  data: JsonObject | undefined,
  part: TextPart | ReasoningPart | ToolCallPart,
  at: string,
  losses: LossSink,
): void {
  const opaque = part.opaque?.form === 'thought_signature' ? part.opaque.data : undefined;
  const isUsable = opaque !== undefined && base64Pattern.test(opaque);
  if (opaque !== undefined && !isUsable) losses(at, 'the thought signature is not base64, which Gemini would refuse');
  if (isUsable) parts.push({ ...(data ?? emptyOf(part)), thoughtSignature: opaque });
  else if (data !== undefined) parts.push(data);
}

/** A signature alone travels on an empty text, as Gemini itself sends it. */
function emptyOf(part: TextPart | ReasoningPart | ToolCallPart): JsonObject {
  return part.type === 'reasoning' ? { text: '', thought: true } : { text: '' };
}

function argsOf(input: string, at: string, losses: LossSink): JsonObject {
  try {
    const args: unknown = JSON.parse(input === '' ? '{}' : input);
    if (isObject(args)) return args;
  } catch {
    // Not JSON: handled as any other input that is no object.
  }
  losses(at, 'the arguments are no JSON object: sent as the field "input"');
  return { input };
}

function resultText(part: ToolResultPart): string {
  const texts = part.parts.flatMap((one) =>
    one.type === 'text' ? [one.text] : one.source.kind === 'text' ? [one.source.text] : [],
  );
  return texts.join('\n');
}

/**
 * The text goes under `output` (or `error`) as one string: objects holding `$ref` keys, as JSON Schemas do, are refused inside a
 * response. Images travel inside it only for Gemini 3.
 */
function encodeResult(
  part: ToolResultPart,
  at: string,
  beside: JsonObject[],
  { rules, losses }: EncodeRequestContext,
): JsonObject {
  const media = part.parts
    .flatMap((one) => (one.type === 'text' || one.source.kind === 'text' ? [] : [toMediaPart(one, at, losses)]))
    .filter((one) => one !== undefined);
  const isInside = rules.thinkingLevel === true;
  if (media.length > 0 && !isInside) {
    losses(at, 'this model takes no images inside a function response: they stand after it');
    beside.push(...media);
  }
  const text = resultText(part);
  return {
    functionResponse: {
      id: part.callId,
      name: part.name ?? '',
      response: part.isError === true ? { error: text } : { output: text },
      ...(isInside && media.length > 0 ? { parts: media } : {}),
    },
  };
}
