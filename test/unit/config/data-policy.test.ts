import { describe, expect, it } from 'vitest';
import { dataPolicyOf, type DataPolicyInput } from '../../../main/config/data-policy.ts';

function known(more: Partial<DataPolicyInput>): ReturnType<typeof dataPolicyOf> {
  return dataPolicyOf({
    ...{
      kind: 'openai',
      baseUrl: 'https://api.openai.com/v1',
      location: 'global',
      runsHere: false,
      vouched: undefined,
    },
    ...more,
  });
}

describe('what becomes of the data a provider is sent', () => {
  it('is known by the vendor’s public terms, at its own address', () => {
    expect(known({})).toEqual({ training: false, retentionDays: 30, region: undefined });
    expect(known({ baseUrl: 'https://eu.api.openai.com/v1' })?.training).toBe(false);
  });

  it.each([
    'https://proxy.example/v1',
    'http://api.openai.com/v1',
    'https://api.openai.com.evil.example/v1',
    'https://evil.example/api.openai.com',
  ])('is not known at %s', (baseUrl) => {
    expect(known({ baseUrl })).toBeUndefined();
  });

  it('is not known of a vendor whose terms depend on the plan', () => {
    expect(known({ kind: 'gemini', baseUrl: 'https://generativelanguage.googleapis.com' })).toBeUndefined();
  });

  it('is none where it runs here', () => {
    expect(known({ kind: 'ollama', baseUrl: 'http://127.0.0.1:11434', runsHere: true })).toEqual({
      ...{ training: false, retentionDays: 0, region: 'local' },
    });
  });

  it('happens where the call goes to, whatever the settings say', () => {
    const bedrock = { kind: 'bedrock', baseUrl: 'https://bedrock-runtime.eu-central-1.amazonaws.com' } as const;
    expect(known(bedrock)?.region).toBe('eu-central-1');
    const vertex = (host: string, location: string): string | undefined =>
      known({ kind: 'vertex', baseUrl: `https://${host}aiplatform.googleapis.com`, location })?.region;
    expect(vertex('europe-west4-', 'europe-west4')).toBe('europe-west4');
    expect(vertex('', 'global')).toBe('global');
    expect(vertex('us-central1-', 'europe-west4')).toBeUndefined();
  });

  it('is what a bundle vouches for, which leaves the rest as it is known', () => {
    const vouched = { training: undefined, retentionDays: 0, region: 'eu' };
    expect(known({ vouched })).toEqual({ training: false, retentionDays: 0, region: 'eu' });
    expect(known({ vouched, baseUrl: 'https://proxy.example/v1' })).toEqual(vouched);
  });
});
