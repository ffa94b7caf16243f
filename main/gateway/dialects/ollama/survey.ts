/** What routing wants to know of an Ollama request: chat and generate. */
import type { Json, JsonObject } from '../canonical.ts';
import { asArray, asNumber, asObject, asString, isObject, type Survey } from '../dialect.ts';
import type { JsonDocument } from '../document.ts';
import { entries, entriesFromEnd } from '../entries.ts';
import { createSurvey, newTurn, type SurveyReader, type Turn } from '../survey.ts';

const reader: SurveyReader = {
  words: {
    image: ['images'],
    audio: [],
    pdf: [],
    video: [],
    cached: [],
    calls: ['tool_calls'],
    results: ['tool'],
    signed: [],
    stored: [],
    tools: [],
  },
  turns: (document) => turnsOf(document, entries(document, 'messages')),
  turnsFromEnd: (document) => turnsOf(document, entriesFromEnd(document, 'messages')),
  system: (document) => {
    const text = asString(document.value('system'));
    return text === undefined ? undefined : { ...newTurn('system'), texts: [text] };
  },
  toolFields: ['tools'],
  isCached: () => false,
  namesStored: () => false,
  hasSchema: (document) => isObject(document.value('format')),
  asksReasoning: (document) => {
    const think = document.value('think');
    return think === true || (typeof think === 'string' && think !== '');
  },
  isStreamed: (document) => document.value('stream') !== false,
  maxTokens: (document) => {
    const limit = asNumber(asObject(document.value('options'))['num_predict']);
    // Below zero means without limit.
    return limit !== undefined && limit > 0 ? limit : undefined;
  },
  isDeterministic: (document) => {
    const options = asObject(document.value('options'));
    return options['temperature'] === 0 || typeof options['seed'] === 'number';
  },
  sessionId: () => undefined,
};

export function survey(document: JsonDocument): Survey {
  return createSurvey(document, reader);
}

function* turnsOf(document: JsonDocument, messages: Iterable<Json>): Generator<Turn> {
  // `generate` has a prompt in place of messages.
  const prompt = document.value('prompt');
  if (typeof prompt === 'string') {
    yield turnOf({ role: 'user', content: prompt, images: document.value('images') });
    return;
  }
  for (const message of messages) if (isObject(message)) yield turnOf(message);
}

function turnOf(message: JsonObject): Turn {
  const { role, content } = message;
  const turn = newTurn(role === 'system' || role === 'assistant' || role === 'tool' ? role : 'user');
  turn.hasResult = turn.role === 'tool';
  if (typeof content === 'string') (turn.hasResult ? turn.tool : turn.texts).push(content);
  for (const image of asArray(message['images']))
    if (typeof image === 'string') turn.media.push({ kind: 'image', bytes: image.length });
  for (const call of asArray(message['tool_calls']).map(asObject)) {
    turn.hasCall = true;
    turn.tool.push(asObject(call['function'])['arguments'] ?? {});
  }
  return turn;
}
