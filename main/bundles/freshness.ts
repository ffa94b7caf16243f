/** Statements that a bundle still is the newest one, against hosts that go on serving an old one (BND-16). */
import { freshnessPayload, type FreshnessPayload } from '../../shared/bundle/payload.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { checkedShape } from './check-shape.ts';
import { readEnvelope, verifyEnvelope } from './envelope.ts';
import { jsonLines } from './json-lines.ts';
import { parseStrictJson } from './strict-json.ts';

const what = 'the freshness statement';
/** Clocks are apart, by some minutes or a time zone; what lies further ahead would be taken for fresh for too long. */
const aheadMs = 86_400_000;

/**
 * A statement about the bundle `id`, verified. Throws as reading and verifying an envelope does, `bundle.id_mismatch` for one about
 * another bundle, and `bundle.not_yet_valid` for one from the future.
 */
export function readFreshness(
  bytes: Uint8Array,
  options: { readonly keys: readonly string[]; readonly id: string; readonly now: number },
): FreshnessPayload {
  const envelope = readEnvelope(bytes, what);
  verifyEnvelope(envelope, { type: 'freshness', keys: options.keys, threshold: 1, what: 'The freshness statement' });
  const value = parseStrictJson(envelope.payload, { maxDepth: 2, what });
  const statement = checkedShape(freshnessPayload, value, what, jsonLines(envelope.payload.toString('utf8')));
  if (statement.id !== options.id) {
    throw new GatewayError(
      'bundle.id_mismatch',
      `The freshness statement is about the bundle ${statement.id}, and not about ${options.id}.`,
    );
  }
  if (!(Date.parse(statement.as_of) <= options.now + aheadMs)) {
    throw new GatewayError(
      'bundle.not_yet_valid',
      `The freshness statement was made at ${statement.as_of}, which is still to come here. Set the clock of this machine, or of whoever publishes.`,
    );
  }
  return statement;
}

export interface FreshnessCheck {
  /** `undefined`: there is none. */
  readonly statement: FreshnessPayload | undefined;
  /** The trust document or the bundle asks for one. */
  readonly required: boolean;
  readonly maxAgeMs: number;
  readonly now: number;
  /** Of the bundle at hand. */
  readonly epoch: number;
  readonly version: number;
}

/**
 * Whether the bundle is proved to be the newest. A statement about a newer one, required or not, and the lack of a young one where
 * it is required, throw `bundle.stale`. One about an older version proves as much for this one: it came out since.
 */
export function checkFresh(check: FreshnessCheck): boolean {
  const { statement, required, epoch, version } = check;
  if (statement === undefined) {
    if (!required) return false;
    throw stale('There is no statement that this bundle still is the newest, and it needs one beside it');
  }
  if (statement.epoch > epoch || (statement.epoch === epoch && statement.version > version)) {
    throw stale(
      `Its host serves version ${version} of epoch ${epoch}, and says itself that ${statement.version} of epoch ${statement.epoch} is out: it holds back the newer one`,
    );
  }
  const isYoung = check.now - Date.parse(statement.as_of) <= check.maxAgeMs;
  if (isYoung || !required) return isYoung;
  throw stale(`That this bundle is the newest was last stated at ${statement.as_of}, too long ago`);
}

function stale(problem: string): GatewayError {
  return new GatewayError(
    'bundle.stale',
    `${problem}. Its publisher runs \`sluice bundle freshness\` to state it anew.`,
  );
}
