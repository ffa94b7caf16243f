/** What a finished answer teaches: sizes of tokens, lengths of answers, and where a conversation is at home now. */
import type { Operation } from '../../shared/domain/dialect.ts';
import type { Usage } from '../../shared/domain/usage.ts';
import { totalInputTokens } from '../../shared/domain/usage.ts';
import type { AdmittedRequest, ReadFacts } from './plan-exchange.ts';
import type { PromptCounter } from './prompt-counter.ts';
import type { Seat } from './seat.ts';
import type { RouteFacts } from './routing/decision.ts';
import type { HealthBook } from './routing/health.ts';
import type { SessionStore } from './routing/sessions.ts';
import type { TokenRatios } from './token-ratios.ts';

export interface Learners {
  readonly health: Pick<HealthBook, 'learnOutput'>;
  readonly sessions: Pick<SessionStore, 'learn'>;
  readonly tokenRatios: TokenRatios;
  readonly counter: Pick<PromptCounter, 'learn' | 'wasCounted'>;
}

export interface Lesson {
  readonly input: AdmittedRequest;
  readonly read: ReadFacts;
  /** Known once the request is routed. */
  readonly facts: RouteFacts | undefined;
  readonly seat: Seat;
  /** The provider's own count; `undefined` where it gave none. */
  readonly usage: Usage | undefined;
}

export function learn({ input, read, facts, seat, usage }: Lesson, learners: Learners): void {
  const { health, sessions, tokenRatios, counter } = learners;
  const { surface, body, principal } = input;
  const { provider, model } = seat.target;
  if (facts === undefined || !conversations.has(surface.operation)) return;
  if (usage !== undefined && tokenRatios.isDue(body.length) && !isMoreThanText(facts))
    tokenRatios.learn(seat.name, body.length, totalInputTokens(usage));
  if (seat.end?.error !== undefined) return;
  const { promptType, session } = facts.known();
  if (usage !== undefined) tokenRatios.learnOutput(seat.name, seat.outputBytes, usage.outputTokens);
  if (usage !== undefined && counter.wasCounted(read) && !isMoreThanText(facts))
    void counter.learn(read, seat.target, totalInputTokens(usage));
  if (usage !== undefined)
    health.learnOutput({ providerId: provider.id, model, type: promptType?.type, outputTokens: usage.outputTokens });
  if (session === undefined) return;
  sessions.learn({
    keyId: principal.key.id,
    sessionKey: session.key,
    asked: facts.model,
    client: principal.client,
    provider,
    model,
    credential: seat.credential.name,
    usage,
  });
}

/** Only these have turns, and answers whose length tells of the next one's. */
const conversations: ReadonlySet<Operation> = new Set(['generate', 'compact', 'completions']);

/** The provider counted what does not stand in the body, or the body holds what is not counted by its bytes. */
function isMoreThanText(facts: RouteFacts): boolean {
  return facts.pins.providerIds || media.some((content) => facts.has(content));
}

const media = ['image', 'audio', 'pdf', 'video'] as const;
