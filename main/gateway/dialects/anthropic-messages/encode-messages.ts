/**
 * A conversation as the turns the Messages API takes.
 *
 * The API is stricter than the dialects that are led here: the first turn is the user's, a turn with tool calls is followed by a
 * user turn that starts with one result for each call, ids are unique, a `system` turn stands between a user's and an assistant's.
 * Turns are therefore built block by block, equal neighbours joined, and the calls paired at the end.
 */
import type { CanonicalMessage, CanonicalPart, ToolResultPart } from '../canonical.ts';
import { append, asString, type TargetRules } from '../dialect.ts';
import {
  assistantBlocks,
  cacheControl,
  orphanBlocks,
  resultBlock,
  textBlocks,
  toolInput,
  userBlocks,
  type Block,
  type BlockWriter,
} from './encode-blocks.ts';

export interface Turn {
  readonly role: 'user' | 'assistant' | 'system';
  blocks: Block[];
}

export interface Conversation {
  readonly system: Block[];
  readonly turns: Turn[];
}

export function encodeConversation(
  messages: readonly CanonicalMessage[],
  rules: TargetRules,
  writer: BlockWriter,
): Conversation {
  let lead = 0;
  while (messages[lead]?.role === 'system') lead++;
  const system = messages
    .slice(0, lead)
    .flatMap((message, index) => systemBlocks(message, `/messages/${String(index)}`, writer));
  const builder = new TurnBuilder(rules, writer);
  messages.slice(lead).forEach((message, index) => {
    builder.add(message, `/messages/${String(lead + index)}`);
  });
  return { system, turns: builder.finish() };
}

function systemBlocks(message: CanonicalMessage, path: string, writer: BlockWriter): Block[] {
  return message.parts.flatMap((part) => {
    if (part.type === 'text') return textBlocks(part.text, part.cache);
    writer.losses(`${path}/${part.type}`, 'a system prompt holds text only');
    return [];
  });
}

/** A tool result waiting for its place: which call it answers is known only when the turn before it is whole. */
interface OpenCalls {
  readonly turn: Turn;
  /** Wire ids without a result, by the id the client knows. */
  readonly ids: Map<string, string[]>;
}

class TurnBuilder {
  readonly #rules: TargetRules;
  readonly #writer: BlockWriter;
  readonly #turns: Turn[] = [];
  readonly #usedIds = new Set<string>();
  /** How often an id came: some clients give all their calls the same. */
  readonly #idCounts = new Map<string, number>();
  #open: OpenCalls | undefined;
  #heldSystem: Block[] = [];

  constructor(rules: TargetRules, writer: BlockWriter) {
    this.#rules = rules;
    this.#writer = writer;
  }

  add(message: CanonicalMessage, path: string): void {
    switch (message.role) {
      case 'system':
        this.#addSystem(systemBlocks(message, path, this.#writer), path);
        return;
      case 'assistant':
        for (const part of message.parts) this.#addAssistant(part, path);
        return;
      case 'user':
      case 'tool':
        for (const part of message.parts) {
          if (part.type === 'tool-result') this.#addResult(part, path);
          else this.#push('user', userBlocks(part, path, this.#writer));
        }
    }
  }

  finish(): Turn[] {
    this.#placeSystem();
    this.#closeCalls();
    const first = this.#turns[0];
    if (first?.role !== 'user') {
      this.#writer.losses('messages', 'the conversation must start with the user: a turn was put before it');
      this.#turns.unshift({
        role: 'user',
        blocks: [{ type: 'text', text: first === undefined ? 'Please begin.' : '(The assistant speaks first.)' }],
      });
    }
    for (const turn of this.#turns)
      if (turn.role === 'user')
        turn.blocks = [...turn.blocks.filter(isResult), ...turn.blocks.filter((block) => !isResult(block))];
    return this.#turns;
  }

  #push(role: Turn['role'], blocks: readonly Block[]): void {
    if (blocks.length === 0) return;
    if (role === 'assistant') this.#placeSystem();
    const last = this.#turns[this.#turns.length - 1];
    if (last?.role === role) append(last.blocks, blocks);
    else {
      if (role === 'assistant') this.#closeCalls();
      this.#turns.push({ role, blocks: [...blocks] });
    }
  }

  #addSystem(blocks: readonly Block[], path: string): void {
    if (blocks.length === 0) return;
    if (this.#rules.midConversationSystem === true) {
      append(this.#heldSystem, blocks);
      return;
    }
    this.#fold(blocks, path);
  }

  #fold(blocks: readonly Block[], path: string): void {
    this.#writer.losses(path, 'an instruction in mid-conversation was told in a user turn');
    this.#push(
      'user',
      blocks.map((block) => ({ ...block, text: `<system>\n${asString(block['text']) ?? ''}\n</system>` })),
    );
  }

  /** A `system` turn must stand behind a user's and before an assistant's or at the end, so it waits for such a place. */
  #placeSystem(): void {
    if (this.#heldSystem.length === 0) return;
    const held = this.#heldSystem;
    this.#heldSystem = [];
    if (this.#turns[this.#turns.length - 1]?.role !== 'user') {
      this.#fold(held, 'messages');
      return;
    }
    // A call without a result may still be open: its result belongs into the user turn before.
    this.#closeCalls();
    this.#push('system', held);
  }

  #addAssistant(part: CanonicalPart, path: string): void {
    if (part.type !== 'tool-call') {
      this.#push('assistant', assistantBlocks(part, path, this.#writer));
      return;
    }
    const input = toolInput(part.input, `${path}/${part.id}`, this.#writer.losses);
    const id = this.#wireId(part.id);
    this.#push('assistant', [{ type: 'tool_use', id, name: part.name, input, ...cacheControl(part.cache) }]);
    const turn = this.#turns[this.#turns.length - 1] as Turn;
    if (this.#open?.turn !== turn) this.#open = { turn, ids: new Map() };
    const waiting = this.#open.ids.get(part.id);
    if (waiting === undefined) this.#open.ids.set(part.id, [id]);
    else waiting.push(id);
  }

  /** The same id for call and result, in the API's letters, and never twice in a conversation. */
  #wireId(id: string): string {
    const clean = id.replace(/[^a-zA-Z0-9_-]/g, '_');
    const base = clean === '' ? 'toolu' : clean;
    let unique = base;
    let count = this.#idCounts.get(base) ?? 1;
    while (this.#usedIds.has(unique)) unique = `${base}_${String(++count)}`;
    this.#idCounts.set(base, count);
    this.#usedIds.add(unique);
    return unique;
  }

  #addResult(part: ToolResultPart, path: string): void {
    const waiting = this.#open?.ids.get(part.callId);
    const id = waiting?.shift();
    this.#push(
      'user',
      id === undefined ? orphanBlocks(part, path, this.#writer) : [resultBlock(part, id, path, this.#writer)],
    );
  }

  /** Called when the user turn behind a turn with calls is whole. */
  #closeCalls(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const missing = [...open.ids].flatMap(([callId, ids]) => ids.map((id) => ({ callId, id })));
    if (missing.length === 0) return;
    const blocks: Block[] = missing.map(({ callId, id }) => {
      this.#writer.losses(`/messages/${callId}`, 'a tool call without a result was answered with an error');
      return { type: 'tool_result', tool_use_id: id, content: 'No result was recorded for this call.', is_error: true };
    });
    const at = this.#turns.indexOf(open.turn);
    const next = this.#turns[at + 1];
    if (next?.role === 'user') append(next.blocks, blocks);
    else this.#turns.splice(at + 1, 0, { role: 'user', blocks });
  }
}

export function isResult(block: Block): boolean {
  return block['type'] === 'tool_result';
}
