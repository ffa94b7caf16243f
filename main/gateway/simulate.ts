/** What would become of a request: the whole of its routing and nothing of its sending (RTE-62). */
import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Principal } from './exchange.ts';
import { identify, splitUrl } from './identify.ts';
import { planFor, readFacts, rulesOf, type PlanDeps, type PlannableRequest } from './plan-exchange.ts';
import type { Snapshot, VirtualKey } from './ports.ts';
import { productOf, speakerHints } from './receive.ts';
import type { Decision } from './routing/decision.ts';
import { RouteRefusal } from './routing/refusals.ts';
import { decisionAgain } from './routing/replay.ts';
import { thawRouting } from './routing/routing-snapshot.ts';

export interface SimulatedRequest {
  readonly method: string;
  /** With query, as a client sends it. */
  readonly path: string;
  /** Without credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, or the bytes of JSON. */
  readonly body: unknown;
  /** Id of the virtual key it comes with; `undefined`: one that may use everything. */
  readonly key: string | undefined;
  /** Name of the client; `undefined`: what the key or the user agent says. */
  readonly client: string | undefined;
}

/** A key as good as any, for questions that name none. */
export const anyone: VirtualKey = {
  id: '(any key)',
  name: '(any key)',
  ...{ allowedModels: ['*'], allowedProviders: ['*'], allowedSurfaces: ['*'] },
  ...{ deniedModels: [], deniedProviders: [], deniedSurfaces: [] },
  ...{ disabled: false, team: undefined, expiresAt: undefined },
  ...{ budgets: [], rateLimits: [], metadata: {}, allowedOrigins: [] },
  origin: 'built in',
};

/**
 * Also the decision to refuse it. Throws what the client would be told before there is one: `identify.*`, `read.*`, a model
 * that nobody knows; `control.not_found` for a key that does not exist.
 */
export function simulate(asked: SimulatedRequest, snapshot: Snapshot, deps: PlanDeps): Decision {
  const request = askedRequest(asked, snapshot);
  const read = readFacts(request);
  try {
    return planFor(request, read, deps).plan.decision;
  } catch (error) {
    if (error instanceof RouteRefusal) return error.decision;
    throw error;
  }
}

/** The request as it would be once its key is known. Throws `identify.*` and `control.not_found`. */
export function askedRequest(asked: SimulatedRequest, snapshot: Snapshot): PlannableRequest {
  const headers: IncomingHttpHeaders = Object.fromEntries(
    Object.entries(asked.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const surface = identify({
    method: asked.method,
    url: splitUrl(asked.path),
    hints: speakerHints({ headers }),
    ollama: true,
  });
  return {
    request: { headers },
    body: bytesOf(asked.body),
    snapshot,
    surface,
    principal: principalOf(asked, snapshot, headers['user-agent']),
    foreignCredential: undefined,
  };
}

function bytesOf(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return Buffer.from(JSON.stringify(body) ?? '', 'utf8');
}

function principalOf(asked: SimulatedRequest, snapshot: Snapshot, userAgent: string | undefined): Principal {
  const key = asked.key === undefined ? anyone : snapshot.keys.byId(asked.key);
  if (key === undefined)
    throw new GatewayError(
      'control.not_found',
      `There is no key "${String(asked.key)}": sluice keys list shows the ids.`,
    );
  return { key, client: asked.client ?? key.metadata['client'] ?? productOf(userAgent) };
}

export interface Verification {
  /** `unknown`: the configuration it was made with is not kept any more. */
  readonly verified: 'same' | 'different' | 'unknown';
  /** A sentence for people. */
  readonly note: string;
}

/** Derives a decision again from what it kept of itself and from the snapshot it was made with (RTE-61). Never throws. */
export function verify(decision: Decision, frozenSnapshot: unknown): Verification {
  if (frozenSnapshot === undefined || frozenSnapshot === null)
    return { verified: 'unknown', note: 'The configuration of that moment is not kept any more.' };
  try {
    const snapshot = thawRouting(frozenSnapshot);
    const again = decisionAgain(decision, snapshot, rulesOf(decision.principal, snapshot));
    return canonical(again) === canonical(decision)
      ? {
          verified: 'same',
          note: 'Derived again from the facts and the configuration of that moment: the same, bit for bit.',
        }
      : {
          verified: 'different',
          note: 'Derived again, it comes out differently: this version decides in another way.',
        };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { verified: 'different', note: `It could not be derived again: ${why}` };
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
