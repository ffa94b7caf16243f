/** The conversation as Converse demands it: user first, then in alternation, every tool call answered in the turn behind it. */
import type {
  CanonicalMessage,
  CanonicalPart,
  CanonicalRequest,
  JsonObject,
  TextPart,
  ToolResultPart,
} from '../canonical.ts';
import { append, type EncodeRequestContext } from '../dialect.ts';
import {
  cachePoint,
  encodeParts,
  encodeResultBlocks,
  isBlank,
  CallIds,
  type ContentContext,
  type SentCall,
} from './encode-content.ts';
import { DocumentNames } from './media.ts';
import { cachesPrompts } from './models.ts';

/** One message of Converse in the making. */
interface Turn {
  readonly role: 'user' | 'assistant';
  /** Tool results, which must stand before everything else of a user turn. */
  readonly results: { readonly part: ToolResultPart; readonly toolUseId: string; readonly path: string }[];
  blocks: JsonObject[];
  /** Calls of an assistant turn that have no result yet. */
  readonly open: SentCall[];
}

export interface Conversation {
  readonly system: JsonObject[];
  readonly messages: JsonObject[];
  /** Tools the history speaks of, by name. */
  readonly usedTools: ReadonlySet<string>;
}

/** `instructions` are added at the end of the system prompt. */
export function encodeConversation(
  request: CanonicalRequest,
  instructions: readonly string[],
  context: EncodeRequestContext,
): Conversation {
  const { losses, rules } = context;
  const content: ContentContext = {
    model: request.model,
    losses,
    names: new DocumentNames(),
    ids: new CallIds(),
    usedTools: new Set(),
    noTools: rules.noTools === true,
  };
  const leading = request.messages.findIndex((message) => message.role !== 'system');
  const count = leading === -1 ? request.messages.length : leading;
  const system = encodeSystem(request.messages.slice(0, count), instructions, content);
  const turns: Turn[] = [];
  request.messages.slice(count).forEach((message, index) => {
    addMessage(turns, message, `/messages/${String(count + index)}`, content);
  });
  const holdsSystem = system.length > 0 && (rules.noSystem === true || turns.length === 0);
  if (holdsSystem) {
    losses(
      'system',
      rules.noSystem === true
        ? 'this model takes no system prompt: it was put into the first message'
        : 'a conversation needs a message: the system prompt was sent as one',
    );
    prepend(
      turns,
      system.filter((block) => block['text'] !== undefined),
    );
  }
  if (turns[0]?.role !== 'user') {
    losses('messages', 'a conversation of Converse starts with the user: an opening was added');
    prepend(turns, [{ text: '(The conversation begins.)' }]);
  }
  return { system: holdsSystem ? [] : system, messages: encodeTurns(turns, content), usedTools: content.usedTools };
}

function prepend(turns: Turn[], blocks: JsonObject[]): void {
  const first = turns[0];
  if (first?.role === 'user') first.blocks = [...blocks, ...first.blocks];
  else turns.unshift({ role: 'user', results: [], blocks: [...blocks], open: [] });
}

function encodeSystem(
  messages: readonly CanonicalMessage[],
  instructions: readonly string[],
  context: ContentContext,
): JsonObject[] {
  const blocks: JsonObject[] = [];
  messages.forEach((message, index) => {
    for (const part of message.parts) {
      if (part.type !== 'text') {
        context.losses(`/messages/${String(index)}/${part.type}`, 'the system prompt of Converse is text only');
        continue;
      }
      if (isBlank(part.text)) continue;
      blocks.push({ text: part.text });
      if (part.cache !== undefined && cachesPrompts(context.model)) blocks.push(cachePoint(part.cache, context.model));
    }
  });
  return [...blocks, ...instructions.map((text) => ({ text }))];
}

function turnOf(turns: Turn[], role: Turn['role']): Turn {
  const last = turns.at(-1);
  if (last?.role === role) return last;
  const turn: Turn = { role, results: [], blocks: [], open: [] };
  turns.push(turn);
  return turn;
}

function addMessage(turns: Turn[], message: CanonicalMessage, path: string, context: ContentContext): void {
  if (message.name !== undefined) context.losses(`${path}/name`, 'Converse has no names of authors');
  switch (message.role) {
    case 'system': {
      const text = message.parts
        .filter((part): part is TextPart => part.type === 'text')
        .map((part) => part.text)
        .join('\n');
      if (isBlank(text)) return;
      context.losses(path, 'Converse has no system messages inside a conversation: it was put into the user turn');
      turnOf(turns, 'user').blocks.push({ text: `<system-message>\n${text}\n</system-message>` });
      return;
    }
    case 'tool':
      addResults(turns, message.parts, path, context);
      return;
    case 'user':
    case 'assistant': {
      const blocks = encodeParts(message.parts, message.role, path, context);
      if (blocks.length > 0) {
        const turn = turnOf(turns, message.role);
        append(turn.blocks, blocks);
        append(turn.open, context.ids.drain());
      }
      // A message whose content could not cross is still a turn: without it the model would answer something else.
      else if (
        message.parts.some((part) => part.type !== 'reasoning' && !(part.type === 'text' && isBlank(part.text)))
      ) {
        turnOf(turns, message.role).blocks.push({ text: '(Content that could not be passed on was left out here.)' });
      }
    }
  }
}

/** A result whose call is not in the turn before cannot be one to Converse: it is told as text. */
function addResults(turns: Turn[], parts: readonly CanonicalPart[], path: string, context: ContentContext): void {
  const before = turns.at(-1)?.role === 'user' ? turns.at(-2) : turns.at(-1);
  const open = before?.role === 'assistant' ? before.open : [];
  const turn = turnOf(turns, 'user');
  for (const part of parts) {
    if (part.type !== 'tool-result') {
      append(turn.blocks, encodeParts([part], 'user', path, context));
      continue;
    }
    const at = open.findIndex((call) => call.id === part.callId);
    const [call] = at === -1 ? [] : open.splice(at, 1);
    if (call !== undefined) turn.results.push({ part, toolUseId: call.toolUseId, path });
    else {
      if (!context.noTools)
        context.losses(`${path}/${part.callId}`, 'no open tool call has this id: the result was passed on as text');
      turn.blocks.push(
        { text: `[Result of ${part.name ?? part.callId}]` },
        ...encodeParts(part.parts, 'user', path, context),
      );
    }
  }
}

function encodeTurns(turns: readonly Turn[], context: ContentContext): JsonObject[] {
  const messages: JsonObject[] = [];
  turns.forEach((turn, index) => {
    if (turn.role === 'assistant') {
      messages.push({ role: 'assistant', content: index === turns.length - 1 ? trimmedEnd(turn.blocks) : turn.blocks });
      return;
    }
    const results = turn.results.flatMap((one) => encodeResultBlocks(one.part, one.toolUseId, one.path, context));
    messages.push({
      role: 'user',
      content: introduceDocuments([...results, ...unanswered(turns[index - 1], context), ...turn.blocks]),
    });
  });
  const last = turns.at(-1);
  const missing = last?.role === 'assistant' ? unanswered(last, context) : [];
  if (missing.length > 0) messages.push({ role: 'user', content: missing });
  return messages;
}

/** Converse refuses a call without its result. */
function unanswered(turn: Turn | undefined, context: ContentContext): JsonObject[] {
  return (turn?.open ?? []).flatMap(({ id, toolUseId }) => {
    context.losses(`/tool_calls/${id}`, 'the tool call was never answered: an error was put in as its result');
    const text = 'Error: the tool call was interrupted and gave no result.';
    return encodeResultBlocks(
      { type: 'tool-result', callId: id, kind: 'function', isError: true, parts: [{ type: 'text', text }] },
      toolUseId,
      '',
      context,
    );
  });
}

/** Documents need a text beside them. */
function introduceDocuments(content: readonly JsonObject[]): readonly JsonObject[] {
  const isBare =
    content.some((block) => block['document'] !== undefined) && !content.some((block) => block['text'] !== undefined);
  return isBare ? [...content, { text: '(See the attached document.)' }] : content;
}

/** A last assistant text is continued by the model, and may not end in white space. */
function trimmedEnd(blocks: readonly JsonObject[]): readonly JsonObject[] {
  const last = blocks.at(-1);
  if (typeof last?.['text'] !== 'string') return blocks;
  return [...blocks.slice(0, -1), { text: last['text'].trimEnd() }];
}
