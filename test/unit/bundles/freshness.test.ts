import { describe, expect, it } from 'vitest';
import { checkFresh, readFreshness } from '../../../main/bundles/freshness.ts';
import { freshKey, now, refusal, signed, signerKey } from './trust-fixtures.ts';

const dayMs = 86_400_000;
const statement = { id: 'acme-core', epoch: 2, version: 12, as_of: '2026-12-01T09:00:00Z' };
const options = { keys: [freshKey.publicKey], id: 'acme-core', now };

describe('readFreshness', () => {
  const code = (value: unknown): string =>
    refusal(() => readFreshness(signed('freshness', value, freshKey), options)).code;

  it('reads what a freshness key stated', () => {
    expect(readFreshness(signed('freshness', statement, freshKey), options)).toEqual(statement);
  });

  it('takes no statement of a key that signs bundles, and none that is signed as something else', () => {
    expect(refusal(() => readFreshness(signed('freshness', statement, signerKey), options)).code).toBe(
      'bundle.unknown_key',
    );
    expect(refusal(() => readFreshness(signed('bundle', statement, freshKey), options)).code).toBe(
      'bundle.payload_type',
    );
  });

  it('takes none about another bundle, from the future, or in another shape', () => {
    expect(code({ ...statement, id: 'acme-team' })).toBe('bundle.id_mismatch');
    expect(code({ ...statement, as_of: '2026-12-02T10:00:01Z' })).toBe('bundle.not_yet_valid');
    expect(code({ ...statement, more: 1 })).toBe('bundle.schema');
    expect(code({ ...statement, version: 0 })).toBe('bundle.schema');
    expect(code({ ...statement, as_of: { deep: [] } })).toBe('bundle.malformed');
  });

  it('passes over clocks that are a little apart', () => {
    const ahead = { ...statement, as_of: '2026-12-01T11:00:00Z' };
    expect(readFreshness(signed('freshness', ahead, freshKey), options)).toEqual(ahead);
  });
});

describe('checkFresh', () => {
  const check = { statement, required: true, maxAgeMs: dayMs, now, epoch: 2, version: 12 };

  it('is content with a young statement about this bundle, or about one before it', () => {
    expect(checkFresh(check)).toBe(true);
    expect(checkFresh({ ...check, version: 13 })).toBe(true);
    expect(checkFresh({ ...check, epoch: 3, version: 1 })).toBe(true);
  });

  it.each([
    ['there is none', { statement: undefined }],
    ['the last one is too old', { now: now + dayMs }],
    ['it is about a later version', { version: 11 }],
    ['it is about a later epoch', { epoch: 1, version: 9_000_000 }],
  ])('refuses where %s', (_, change) => {
    expect(refusal(() => checkFresh({ ...check, ...change })).code).toBe('bundle.stale');
  });

  it('asks for nothing that is not required, but believes what it is told of later versions', () => {
    expect(checkFresh({ ...check, required: false, statement: undefined })).toBe(false);
    expect(checkFresh({ ...check, required: false, now: now + dayMs })).toBe(false);
    expect(refusal(() => checkFresh({ ...check, required: false, version: 11 })).code).toBe('bundle.stale');
  });
});
