/** The body that a target would be sent, as attempts make it: for requests that are only tried. */
import type { AnswerNotes, ClientRequest } from './client-request.ts';
import { clientDialectById } from './dialect-registry.ts';
import type { LossSink } from './dialects/canonical.ts';
import type { JsonDocument } from './dialects/document.ts';
import type { Permit, Surface, Target } from './exchange.ts';
import type { SentBody } from './protection.ts';
import type { Credential } from './ports.ts';
import { emptyAnswerFacts } from './relay/translate.ts';
import type { SideStore } from './side-store.ts';
import { keepToModel, outgoing, targetDialect } from './translation.ts';
import { adapterFor } from './upstream/adapters/registry.ts';

export interface TrialBodyInput {
  readonly surface: Surface;
  readonly target: Target;
  /** What is left of the client's words once masking and firewall have looked at them. */
  readonly sent: SentBody;
  /** As the client asked for it, by name. */
  readonly model: string;
  readonly stream: boolean;
  readonly scope: string;
  readonly permit: Pick<Permit, 'maxOutputTokens' | 'limitReason'>;
  /** An empty one. */
  readonly store: SideStore;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly newId: (prefix: string) => string;
  readonly losses: LossSink;
}

/** Whoever signs a call is not asked here: bodies are the same with any key. */
const anyCredential: Credential = { name: 'trial', weight: 1, models: ['*'], secret: { kind: 'none' } };

/** Throws as an attempt would that cannot be made. */
export function trialBody(input: TrialBodyInput): Buffer {
  const { document } = input.sent;
  if (document === undefined) return input.sent.body;
  const { surface } = input;
  const dialect = surface.operation === 'count_tokens' ? undefined : surface.dialect;
  return dialect === undefined
    ? passedOn(document, input)
    : conversation({ ...input, dialect: clientDialectById(dialect), document });
}

function conversation(
  input: TrialBodyInput & { readonly dialect: ClientRequest['dialect']; readonly document: JsonDocument },
): Buffer {
  const { target, surface, model, stream, dialect, document, permit } = input;
  const client: ClientRequest = {
    ...{ surface, dialect, document, model, stream },
    ...{ rewrite: undefined, requestId: 'trial', createdAt: Math.floor(input.at / 1_000), newId: input.newId },
    keeper: { store: input.store, scope: input.scope, client: dialect, newHandle: () => input.newId('') },
  };
  const notes: AnswerNotes = {
    facts: emptyAnswerFacts(),
    losses: input.losses,
    meter: undefined,
    onFirstContent: () => undefined,
    onSkipped: () => undefined,
    onTerminal: () => undefined,
  };
  const shape = adapterFor(target.provider).shape({
    ...{ provider: target.provider, model: target.model, credential: anyCredential, operation: 'generate' },
    ...{ dialect: targetDialect(target, dialect.id), surfacePath: surface.path, stream, query: surface.query },
  });
  const { maxOutputTokens, limitReason } = permit;
  return outgoing(client, target, notes, { ...shape, maxOutputTokens, limitReason }).body;
}

/** Surfaces without a conversation: the body with the model's name replaced. */
function passedOn(document: JsonDocument, { target, losses }: TrialBodyInput): Buffer {
  document.resetEdits();
  if (document.has('model') && document.value('model') !== target.model)
    document.set('model', JSON.stringify(target.model));
  keepToModel(document, losses);
  return document.render();
}
