/** Turns that a vendor keeps hold placeholders: what these stood for, so that a later turn that only names them is told as well. Memory only. */
import { GenerationMap } from '../../../kit/generations.ts';
import type { JsonDocument } from '../../dialects/document.ts';
import type { Replaced } from './body-scan.ts';

/** Some ten thousand turns, each with the values of its conversation so far. */
const maxBytes = 32 * 1024 * 1024;
const turnBytes = 200;
const valueBytes = 160;

/** A turn with all before it. */
export interface KeptTurn {
  /** What tells its conversation apart: later turns have the same placeholders. */
  readonly session: string;
  readonly replaced: readonly Replaced[];
}

export class KeptTurns {
  readonly #turns = new GenerationMap<KeptTurn>(maxBytes);

  /** `scope`: the virtual key's id; nobody finds another's. `id`: by which later requests name it. */
  keep(scope: string, id: string, turn: KeptTurn): void {
    const chars = turn.replaced.reduce((sum, { text }) => sum + text.length, 0);
    this.#turns.set(nameOf(scope, id), turn, turnBytes + 2 * chars + turn.replaced.length * valueBytes);
  }

  /** The first one that is known. */
  find(scope: string, ids: readonly string[]): KeptTurn | undefined {
    for (const id of ids) {
      const turn = this.#turns.get(nameOf(scope, id));
      if (turn !== undefined) return turn;
    }
    return undefined;
  }
}

function nameOf(scope: string, id: string): string {
  return `${String(scope.length)}:${scope}${id}`;
}

/** What a request says came before it and does not hold itself: OpenAI's answers and conversations, Anthropic's threads. */
export function namedTurns(document: JsonDocument): readonly string[] {
  const ids: unknown[] = [document.value('previous_response_id'), ...conversationOf(document)];
  const thread = document.value('thread');
  if (typeof thread === 'object' && thread !== null && 'previous_message_id' in thread)
    ids.push(thread.previous_message_id);
  return ids.filter((id) => typeof id === 'string');
}

/** Of answers that are to be found later: the conversation they are added to. */
export function conversationOf(document: JsonDocument): readonly string[] {
  const conversation = document.value('conversation');
  const id =
    typeof conversation === 'object' && conversation !== null && 'id' in conversation ? conversation.id : conversation;
  return typeof id === 'string' ? [`conversation ${id}`] : [];
}

/** What a vendor sealed of earlier turns for itself: reasoning, and conversations made short. */
const seals = ['"encrypted_content"', '"redacted_thinking"', '"thoughtSignature"', '"thought_signature"'];

/** Whether the request carries earlier turns that nobody here can read: what they say may come up in the answer. */
export function holdsSealed(document: JsonDocument): boolean {
  return seals.some((name) => document.bytes.includes(name));
}
