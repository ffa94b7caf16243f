/** What "Try a request" sends to be explained. */
import { describe, expect, it } from 'vitest';
import { surfaceOf } from '../../../../shared/domain/request-shape.ts';
import { calls } from '../../../../shared/contract/contract.ts';
import {
  bodyOf,
  emptyForm,
  requestOf,
  requestOfJson,
  trySurfaces,
} from '../../../../renderer/features/routes/request-form.ts';

const full = { ...emptyForm, tools: true, image: true, schema: true, text: 'Say hi' };

describe('the form', () => {
  it('makes a request of every endpoint that the call takes', () => {
    for (const surface of trySurfaces)
      expect(calls['route.simulate'].input.safeParse(requestOf({ ...full, surface })).success).toBe(true);
  });

  it('makes bodies whose shape tells their endpoint', () => {
    for (const surface of ['chat', 'messages', 'responses'] as const)
      expect(surfaceOf(bodyOf({ ...full, surface }))).toBe(surface);
  });

  it('makes the prompt as long as was asked for', () => {
    const size = (tokens: string): number => JSON.stringify(bodyOf({ ...emptyForm, tokens })).length;
    expect(size('200000') - size('')).toBeGreaterThan(200_000);
    expect(size('99999999999')).toBeLessThan(11_000_000);
  });

  it('names key and client only where they are given', () => {
    expect(requestOf(emptyForm)).not.toHaveProperty('key');
    expect(requestOf({ ...emptyForm, key: 'ide', client: ' codex ' })).toMatchObject({ key: 'ide', client: 'codex' });
  });
});

describe('pasted JSON', () => {
  it('is a body, or a request with its path and headers', () => {
    expect(requestOfJson('{"model":"x"}', emptyForm)).toEqual({ request: { body: { model: 'x' } } });
    expect(requestOfJson('{"path":"/v1/messages","body":{"model":"x"}}', emptyForm)).toEqual({
      request: { path: '/v1/messages', body: { model: 'x' } },
    });
    expect(() => requestOfJson('{', emptyForm)).toThrow(SyntaxError);
  });
});
