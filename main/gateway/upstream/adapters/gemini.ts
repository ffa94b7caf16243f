/** The Gemini API: `x-goog-api-key`, `/v1beta/models/{model}:{method}`. */
import { keyOf, versionedBase, withQuery, type Adapter, type CallSpec } from './adapter.ts';

/** Method by operation; passed-on surfaces name theirs in the path. */
export function geminiMethod(spec: CallSpec): string {
  if (spec.operation === 'generate') return spec.stream ? 'streamGenerateContent' : 'generateContent';
  if (spec.operation === 'count_tokens') return 'countTokens';
  return spec.surfacePath.slice(spec.surfacePath.lastIndexOf(':') + 1);
}

/** Streams are always asked for as SSE; a client that wants a JSON array gets one from us. */
export function geminiQuery(spec: CallSpec): URLSearchParams {
  const query = new URLSearchParams(spec.query);
  query.delete('alt');
  if (spec.operation === 'generate' && spec.stream) query.set('alt', 'sse');
  return query;
}

export const geminiAdapter: Adapter = {
  shape(spec) {
    const base = versionedBase(spec.provider.baseUrl, 'v1beta');
    const model = spec.model.replace(/^models\//, '');
    const path = `${base}/models/${encodeURIComponent(model)}:${geminiMethod(spec)}`;
    return { url: withQuery(path, geminiQuery(spec)), framing: 'sse' };
  },
  authorize(spec) {
    const key = keyOf(spec.credential);
    return key === undefined ? {} : { 'x-goog-api-key': key };
  },
};
