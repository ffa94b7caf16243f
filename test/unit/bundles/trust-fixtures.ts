/** Publishers for tests: keys, trust documents and bundles, signed for real. */
import type { KeyObject } from 'node:crypto';
import { expect } from 'vitest';
import { envelopeJson, readEnvelope, signEnvelope } from '../../../main/bundles/envelope.ts';
import { generateSigningKey, type NewSigningKey } from '../../../main/bundles/keys.ts';
import type { PayloadType } from '../../../shared/bundle/payload.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';

export const rootKey = generateSigningKey();
export const nextRootKey = generateSigningKey();
export const signerKey = generateSigningKey();
export const freshKey = generateSigningKey();
export const strangerKey = generateSigningKey();

export const now = Date.parse('2026-12-01T10:00:00Z');

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value, null, 1), 'utf8');
}

export function signed(type: PayloadType, value: unknown, ...keys: readonly NewSigningKey[]): Buffer {
  return signEnvelope(type, json(value), keyObjects(keys));
}

export function keyObjects(keys: readonly NewSigningKey[]): KeyObject[] {
  return keys.map(({ privateKey }) => privateKey);
}

type Fields = Readonly<Record<string, unknown>>;

export function trustDocument(epoch: number, root: NewSigningKey, change: Fields = {}): Fields {
  return {
    schema: 'sluice.trust/1',
    org: 'acme',
    epoch,
    expires: '2027-11-01T00:00:00Z',
    root: { threshold: 1, keys: [root.publicKey] },
    signers: { threshold: 1, keys: [signerKey.publicKey], bundles: ['acme-core', 'acme-team-*'] },
    ...change,
  };
}

/** A trust file of several envelopes. */
export function chain(...envelopes: readonly Uint8Array[]): Buffer {
  return json(envelopes.map((one) => envelopeJson(readEnvelope(one))));
}

export function bundleDocument(change: Fields = {}): Fields {
  return {
    schema: 'sluice.bundle/1',
    id: 'acme-core',
    version: 12,
    epoch: 1,
    issued_at: '2026-11-20T09:00:00Z',
    expires_at: '2027-02-18T00:00:00Z',
    enforced: { models: { deny: ['*/*-preview*'] } },
    ...change,
  };
}

/** What was thrown, which has to be one of ours. */
export function refusal(run: () => unknown): GatewayError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    if (error instanceof GatewayError) return error;
  }
  throw new Error('nothing was refused');
}

/** A value, or a refusal with a code of bundles: nothing else may come of any input. */
export function harmless(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof GatewayError) || !error.code.startsWith('bundle.')) throw error;
  }
}
