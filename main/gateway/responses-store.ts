/** What the Responses surface needs beside its dialect: earlier turns from a local store, and compaction for targets that have none. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Usage } from '../../shared/domain/usage.ts';
import type { JsonObject } from './dialects/canonical.ts';
import { asString, isObject } from './dialects/dialect.ts';
import { JsonDocument } from './dialects/document.ts';
import {
  compactAnswer,
  compactPrompt,
  compactionResponse,
  compactionStream,
  expandCompactions,
  hasCompactionTrigger,
  summaryOf,
} from './dialects/openai-responses/compaction.ts';
import {
  conversationOf,
  outputItemsOf,
  withHistory,
  withReferences,
} from './dialects/openai-responses/responses-history.ts';
import type { Surface, Target } from './exchange.ts';
import type { SideStore } from './side-store.ts';

/** Replaces the answer's text: a compaction made of a summary. */
export interface AnswerRewrite {
  readonly contentType: string;
  text(answer: JsonObject, usage: Usage | undefined): string;
}

export interface ResponsesTurn {
  /** What is asked: the request itself, or that for the summary. */
  readonly document: JsonDocument;
  /** Those that can answer it. */
  readonly targets: readonly Target[];
  readonly stream: boolean;
  /** `/responses/compact` of a target that has it. */
  isPassedOn(target: Target): boolean;
  readonly rewrite: AnswerRewrite | undefined;
  readonly onClientText: ((text: string) => void) | undefined;
  /** After a complete answer: what a next turn may refer to. */
  keep(): void;
}

export interface PrepareInput {
  readonly surface: Surface;
  /** With the earlier turns that are kept here. */
  readonly document: JsonDocument;
  readonly model: string;
  readonly stream: boolean;
  /** The virtual key's id. */
  readonly scope: string;
  readonly store: SideStore;
  readonly targets: readonly Target[];
  readonly createdAt: number;
  readonly newId: (prefix: string) => string;
}

/** Vendors whose Responses API keeps conversations and compacts them. */
function keepsConversations(target: Target): boolean {
  return (
    (target.provider.kind === 'openai' || target.provider.kind === 'azure-openai') &&
    target.provider.dialects.includes('openai-responses')
  );
}

/** Whether its requests are turns of a conversation that a vendor would keep. */
function keepsTurns({ id }: Surface): boolean {
  return id === 'responses' || id === 'responses_compact';
}

/**
 * The request with all of its conversation that is kept here: earlier turns it names, items it refers to, compactions of ours. The
 * client's own document where there is nothing to join. Done before a target is chosen, because the choice rests on the whole.
 */
export function withEarlierTurns(input: {
  readonly surface: Surface;
  readonly document: JsonDocument;
  /** The virtual key's id. */
  readonly scope: string;
  readonly store: SideStore;
}): JsonDocument {
  const { surface, document, scope, store } = input;
  if (!keepsTurns(surface)) return document;
  const previous = document.value('previous_response_id');
  const needsWork =
    typeof previous === 'string' ||
    document.bytes.includes('"item_reference"') ||
    document.bytes.includes('compaction');
  if (!needsWork) return document;
  let body = expandCompactions(document.root());
  const earlier = typeof previous === 'string' ? store.get(scope, `response:${previous}`) : undefined;
  if (earlier !== undefined) body = withHistory(body, earlier as readonly JsonObject[]);
  body = withReferences(body, (id) => store.get(scope, `item:${id}`) as JsonObject | undefined);
  return body === document.root() ? document : documentOf(body);
}

/** `undefined` for other surfaces. Throws `read.previous_response_not_found` when neither we nor a target can know the earlier turn. */
export function prepareResponses(input: PrepareInput): ResponsesTurn | undefined {
  const { surface, document } = input;
  if (!keepsTurns(surface)) return undefined;
  const targets = knowing(input);
  const isCompact = surface.id === 'responses_compact';
  if (!isCompact && !asksToCompact(document)) return plainTurn(input, targets);
  // A compaction made here can be read by any target, a vendor's own only by itself.
  if (!targets.every(keepsConversations)) return compactTurn(input, targets, isCompact);
  return {
    ...plainTurn(input, targets),
    isPassedOn: () => isCompact,
    onClientText: undefined,
    keep: () => undefined,
  };
}

function asksToCompact(document: JsonDocument): boolean {
  return (
    document.has('input') && document.bytes.includes('compaction_trigger') && hasCompactionTrigger(document.root())
  );
}

/** The targets that can know what came before: of an earlier turn that is not kept here, vendors that keep them. */
function knowing({ document, targets }: PrepareInput): readonly Target[] {
  const previous = document.value('previous_response_id');
  if (typeof previous !== 'string') return targets;
  const vendors = targets.filter(keepsConversations);
  if (vendors.length > 0) return vendors;
  throw new GatewayError(
    'read.previous_response_not_found',
    `Previous response with id '${previous.slice(0, 100)}' not found: this target keeps no conversations and Sluice has none by that id. Send the whole input again.`,
    { param: 'previous_response_id' },
  );
}

function plainTurn(input: PrepareInput, targets: readonly Target[]): ResponsesTurn {
  const { document } = input;
  let last: string | undefined;
  return {
    document,
    targets,
    stream: input.stream,
    isPassedOn: () => false,
    rewrite: undefined,
    onClientText: (text) => {
      if (!input.stream || text.includes('event: response.completed') || text.includes('event: response.incomplete'))
        last = text;
    },
    keep() {
      if (last === undefined || document.value('store') === false) return;
      const answer = finalAnswerIn(last, input.stream);
      const id = asString(answer?.['id']);
      if (answer === undefined || id === undefined) return;
      const items = conversationOf(document.root(), answer);
      // What is counted is what is kept: the text of all items.
      input.store.put(input.scope, `response:${id}`, items, document.bytes.length + last.length);
      for (const item of outputItemsOf(answer)) {
        const itemId = asString(item['id']);
        if (itemId !== undefined) input.store.put(input.scope, `item:${itemId}`, item, JSON.stringify(item).length);
      }
    },
  };
}

/** The response object in a client's wire text: the whole of it, or the terminal event of a stream. */
function finalAnswerIn(text: string, stream: boolean): JsonObject | undefined {
  if (!stream) return parsed(text);
  for (const block of text.split('\n\n')) {
    if (!block.startsWith('event: response.completed') && !block.startsWith('event: response.incomplete')) continue;
    const data = block.slice(block.indexOf('data: ') + 'data: '.length);
    const response = parsed(data)?.['response'];
    if (isObject(response)) return response;
  }
  return undefined;
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // Only text of our own encoder comes here; anything else is simply not kept.
    return undefined;
  }
}

function compactTurn(input: PrepareInput, targets: readonly Target[], isCompact: boolean): ResponsesTurn {
  const body = input.document.root();
  const wantsStream = !isCompact && input.stream;
  const rewrite: AnswerRewrite = {
    contentType: wantsStream ? 'text/event-stream; charset=utf-8' : 'application/json',
    text(answer, usage) {
      const options = {
        body,
        summary: summaryOf(answer),
        usage,
        model: input.model,
        createdAt: input.createdAt,
        newId: input.newId,
      };
      if (isCompact) return JSON.stringify(compactAnswer(options));
      const response = compactionResponse(options);
      return wantsStream ? compactionStream(response) : JSON.stringify(response);
    },
  };
  return {
    document: documentOf(compactPrompt(body)),
    targets,
    stream: false,
    isPassedOn: () => false,
    rewrite,
    onClientText: undefined,
    keep: () => undefined,
  };
}

function documentOf(body: JsonObject): JsonDocument {
  return JsonDocument.read(Buffer.from(JSON.stringify(body), 'utf8'));
}
