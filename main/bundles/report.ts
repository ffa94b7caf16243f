/** Telling a publisher which version is in force here, where somebody agreed: what is in it, and how it is sent (BND-91). */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Clock } from '../kit/clock.ts';
import { statusProblem } from './fetch.ts';
import { defaultLimits, placeOf, problemOf, send, webAddress, type Route, type TransportLimits } from './transport.ts';

export interface ReportedBundle {
  readonly id: string;
  readonly epoch: number;
  readonly version: number;
  readonly sha256: string;
  /** Milliseconds since 1970. */
  readonly activeSince: number;
  readonly lastOk: number | null;
  /** A code: a message may name what only this machine knows. */
  readonly error?: string | undefined;
}

export interface ReportFacts {
  /** Random, made for this alone: it says that two reports are of one machine, and not of which. */
  readonly pseudonym: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly appVersion: string;
  readonly platform: string;
  readonly bundles: readonly ReportedBundle[];
  readonly effectiveHash: string;
}

/** Word for word what is sent: nothing of prompts, users or usage. */
export function reportBody({ pseudonym, labels, appVersion, platform, bundles, effectiveHash }: ReportFacts): string {
  return JSON.stringify({
    v: 1,
    install: pseudonym,
    labels: Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))),
    app: appVersion,
    os: platform,
    bundles: bundles.map(({ id, epoch, version, sha256, activeSince, lastOk, error }) => ({
      ...{ id, epoch, version, sha256, active_since: moment(activeSince) },
      last_ok: lastOk === null ? null : moment(lastOk),
      ...(error === undefined ? {} : { error }),
    })),
    effective_hash: effectiveHash,
  });
}

function moment(ms: number): string {
  return new Date(ms).toISOString();
}

export interface SendReportOptions extends Route {
  readonly url: string;
  readonly body: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<TransportLimits> | undefined;
}

/**
 * Of the answer only the status is read; it is followed nowhere. Rejects as `fetchObject` does, `bundle.http_status` of anything but a
 * success.
 */
export async function sendReport(options: SendReportOptions): Promise<{ readonly status: number }> {
  const { body, proxyFor, proxyOnly, authorities, clock, signal = new AbortController().signal } = options;
  const { connectMs, totalMs } = { ...defaultLimits, ...options.limits };
  signal.throwIfAborted();
  const url = webAddress(options.url);
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort(new GatewayError('bundle.too_slow', `${placeOf(url)} did not answer a report in time.`));
  }, totalMs);
  try {
    const answer = await send({
      ...{ url, method: 'POST', body, connectMs, proxyFor, proxyOnly, authorities },
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.any([signal, deadline.signal]),
    });
    const status = answer.statusCode ?? 0;
    answer.destroy();
    if (status < 200 || status > 299) throw statusProblem(url, answer, clock);
    return { status };
  } catch (error) {
    signal.throwIfAborted();
    deadline.signal.throwIfAborted();
    throw problemOf(error, url);
  } finally {
    clearTimeout(timer);
  }
}
