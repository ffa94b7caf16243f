/** Tool calls of a chunk stream, told apart where ids and indexes cannot be trusted. */
import type { JsonObject, Opaque, StreamPart } from '../canonical.ts';
import { asNumber, asObject, isObject, type DecodeAnswerContext } from '../dialect.ts';
import { nonEmpty, signatureOf } from './message-fields.ts';

interface OpenCall {
  readonly block: number;
  readonly isCustom: boolean;
  /** The id as the provider said it; the call goes out with another when it is missing or taken. */
  wireId: string | undefined;
  name: string;
  /** All of it, sent or not. */
  input: string;
  isStarted: boolean;
  readonly hasIndex: boolean;
  opaque: Opaque | undefined;
}

/** One entry of `delta.tool_calls`, read. */
interface Piece {
  readonly index: number | undefined;
  readonly wireId: string | undefined;
  readonly name: string | undefined;
  readonly input: string;
  readonly isCustom: boolean;
}

/**
 * Servers leave out the index, send 0 for every call (ollama#15457, bifrost#1961), repeat one id for all, leave ids empty, or make a
 * new id for every piece. So: only a piece with a name may begin another call, and what has been said so far decides whether it
 * does. A call goes out once its name is known and its id is, or its arguments begin.
 */
export class StreamCalls {
  readonly #context: DecodeAnswerContext;
  readonly #nextBlock: () => number;
  readonly #calls: OpenCall[] = [];
  readonly #atIndex = new Map<number, OpenCall>();
  readonly #taken = new Set<string>();

  constructor(context: DecodeAnswerContext, nextBlock: () => number) {
    this.#context = context;
    this.#nextBlock = nextBlock;
  }

  get hasAny(): boolean {
    return this.#calls.some((call) => call.isStarted);
  }

  add(entry: JsonObject, parts: StreamPart[]): void {
    const piece = pieceOf(entry);
    const known = this.#known(piece);
    if (known !== undefined && isRepetition(known, piece)) return;
    const call = known === undefined || beginsAnother(known, piece) ? this.#create(piece) : known;
    call.wireId ??= piece.wireId;
    if (piece.index !== undefined) this.#atIndex.set(piece.index, call);
    const signature = signatureOf(entry);
    if (signature !== undefined) call.opaque = { mint: this.#context.mint, form: 'thought_signature', data: signature };
    if (!call.isStarted && piece.name !== undefined && piece.name !== call.name) call.name += piece.name;
    call.input += piece.input;
    if (call.isStarted) {
      if (piece.input !== '') parts.push({ type: 'tool-call-delta', block: call.block, input: piece.input });
    } else if (call.name !== '' && (call.wireId !== undefined || call.input !== '')) this.#start(call, parts);
  }

  /** Ends every call, in the order they began. */
  end(parts: StreamPart[]): void {
    for (const call of this.#calls) {
      if (!call.isStarted && call.name === '') {
        this.#context.losses('tool_calls', 'a tool call without a name cannot cross');
        continue;
      }
      if (!call.isStarted) this.#start(call, parts);
      parts.push({ type: 'tool-call-end', block: call.block, opaque: call.opaque });
    }
  }

  #known({ index, wireId, name }: Piece): OpenCall | undefined {
    const last = this.#calls.at(-1);
    const sameId = wireId === undefined ? undefined : this.#calls.findLast((call) => call.wireId === wireId);
    const slot = index === undefined ? undefined : this.#atIndex.get(index);
    if (slot !== undefined) return sameId !== undefined && slot.wireId !== wireId ? sameId : slot;
    if (index === undefined) return sameId ?? (wireId === undefined || name === undefined ? last : undefined);
    // A new index begins a call, unless it only goes on with one.
    if (name !== undefined) return undefined;
    return sameId ?? (wireId === undefined && last?.hasIndex === false ? last : undefined);
  }

  #create(piece: Piece): OpenCall {
    const call: OpenCall = {
      block: this.#nextBlock(),
      isCustom: piece.isCustom,
      wireId: piece.wireId,
      name: '',
      input: '',
      isStarted: false,
      hasIndex: piece.index !== undefined,
      opaque: undefined,
    };
    this.#calls.push(call);
    return call;
  }

  #start(call: OpenCall, parts: StreamPart[]): void {
    call.isStarted = true;
    const id = call.wireId === undefined || this.#taken.has(call.wireId) ? this.#context.newId('call_') : call.wireId;
    this.#taken.add(id);
    parts.push({
      type: 'tool-call-start',
      block: call.block,
      id,
      name: call.name,
      kind: call.isCustom ? 'custom' : 'function',
    });
    if (call.input !== '') parts.push({ type: 'tool-call-delta', block: call.block, input: call.input });
  }
}

function pieceOf(entry: JsonObject): Piece {
  const called = asObject(entry['function'] ?? entry['custom']);
  const given = called['arguments'] ?? called['input'];
  return {
    index: asNumber(entry['index']),
    wireId: nonEmpty(entry['id']),
    name: nonEmpty(called['name']),
    input: typeof given === 'string' ? given : isObject(given) ? JSON.stringify(given) : '',
    isCustom: entry['type'] === 'custom' || isObject(entry['custom']),
  };
}

/** A call said whole a second time, as servers do that close with a summary. */
function isRepetition(call: OpenCall, piece: Piece): boolean {
  return (
    piece.wireId !== undefined &&
    piece.wireId === call.wireId &&
    piece.name === call.name &&
    piece.input === call.input &&
    isWhole(call)
  );
}

function beginsAnother(call: OpenCall, piece: Piece): boolean {
  if (piece.name === undefined) return false;
  const differs = piece.wireId !== undefined && call.wireId !== undefined && piece.wireId !== call.wireId;
  if (differs || !call.isStarted) return differs;
  const isSame = piece.wireId !== undefined && piece.wireId === call.wireId;
  if (isSame) return piece.input.trim() !== '' && isWhole(call);
  return piece.name !== call.name || isWhole(call);
}

/** A whole JSON object is never the beginning of a longer one. */
function isWhole(call: OpenCall): boolean {
  const input = call.input.trim();
  if (call.isCustom || !input.startsWith('{') || !input.endsWith('}')) return false;
  try {
    JSON.parse(input);
    return true;
  } catch {
    return false;
  }
}
