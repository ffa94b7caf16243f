/** The types a request passes through, stage by stage, and the record it leaves behind. */
import type { ClientDialectId, DialectId, Family, Operation, SurfaceId } from '../../shared/domain/dialect.ts';
import type { Usage, UsageSource } from '../../shared/domain/usage.ts';
import type { Credential, Provider, Snapshot, VirtualKey } from './ports.ts';

/** What identify found: which of our paths this is and what the path itself says. */
export interface Surface {
  readonly id: SurfaceId;
  readonly family: Family;
  readonly operation: Operation;
  /** The conversation dialect, for surfaces that carry one. */
  readonly dialect: ClientDialectId | undefined;
  /** Path below the provider's version segment, e.g. `/chat/completions`, `/audio/speech`: where a same-family target is called. */
  readonly path: string;
  /** Model from the path (Gemini, `GET /v1/models/{id}`). */
  readonly pathModel: string | undefined;
  /** Stream from the path (Gemini). */
  readonly pathStream: boolean;
  /** Key from `/c/<key>/`. */
  readonly pathToken: string | undefined;
  /** Query without credentials. */
  readonly query: URLSearchParams;
}

/** Who is asking, after authentication. */
export interface Principal {
  readonly key: VirtualKey;
  /** Client name: the key's metadata, else the user agent's product. */
  readonly client: string | undefined;
}

/** One place a request may be served: provider, model, dialect and the credential travel together (RTE-13). */
export interface Target {
  readonly id: string;
  readonly provider: Provider;
  readonly model: string;
}

/** Ordered targets with the reason for the choice. */
export interface Plan {
  readonly targets: readonly Target[];
  readonly reason: string;
  readonly fallbackOn: readonly string[];
  readonly routeId: string | undefined;
}

/** One try at one target, as recorded. */
export interface AttemptRecord {
  readonly target: string;
  readonly credential: string | undefined;
  /** HTTP status of the upstream, `undefined` when none arrived. */
  readonly status: number | undefined;
  /** Our code when it failed. */
  readonly error: string | undefined;
  readonly ms: number;
}

export interface LossRecord {
  readonly path: string;
  readonly why: string;
}

/** One request, all of it, as the ledger keeps it. Metadata only: no prompt, no answer, no secret. */
export interface ExchangeRecord {
  readonly requestId: string;
  /** Milliseconds since 1970, when the head was read. */
  readonly at: number;
  readonly keyId: string | undefined;
  readonly client: string | undefined;
  readonly session: string | undefined;
  readonly surface: SurfaceId;
  readonly dialect: ClientDialectId | undefined;
  readonly modelAsked: string | undefined;
  readonly stream: boolean;
  readonly snapshotId: string;
  target: string | undefined;
  targetDialect: DialectId | undefined;
  routeReason: string | undefined;
  /** Status the client saw; `undefined` while open; 499 when the client left before a head was sent. */
  status: number | undefined;
  /** Error code, ours or `upstream.<status>`. */
  error: string | undefined;
  /** `complete`, `incomplete` (partial answer), `aborted` (client left), `failed`, `open`. */
  outcome: 'open' | 'complete' | 'incomplete' | 'aborted' | 'failed';
  attempts: AttemptRecord[];
  losses: LossRecord[];
  ttftMs: number | undefined;
  durationMs: number | undefined;
  usage: Usage | undefined;
  usageSource: UsageSource;
  /** Provider's own usage object, verbatim JSON text. */
  rawUsage: string | undefined;
  finishReason: string | undefined;
  requestBytes: number;
  responseBytes: number;
}

/** Facts handed from stage to stage about one running exchange. */
export interface ExchangeContext {
  readonly snapshot: Snapshot;
  readonly surface: Surface;
  readonly principal: Principal;
  readonly record: ExchangeRecord;
}

/** A credential chosen for one attempt. */
export interface ChosenCredential {
  readonly provider: Provider;
  readonly credential: Credential;
}
