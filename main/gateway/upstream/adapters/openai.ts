/** OpenAI and everything that speaks like it: `Authorization: Bearer`, paths below `/v1`. */
import { kindFacts } from '../../../../shared/config/provider.ts';
import { demoOrigin } from '../demo.ts';
import { keyOf, versionedBase, withQuery, type Adapter, type CallSpec } from './adapter.ts';

/** Cohere speaks OpenAI's dialect below `/compatibility/v1` and reranks below `/v2` (docs.cohere.com). */
const cohereRerank = '/v2/rerank';

export const openaiAdapter: Adapter = {
  shape(spec) {
    return { url: withQuery(`${baseOf(spec)}${pathOf(spec)}`, spec.query), framing: 'sse' };
  },
  authorize(spec) {
    const key = keyOf(spec.credential);
    return key === undefined ? {} : { authorization: `Bearer ${key}` };
  },
};

function baseOf(spec: CallSpec): string {
  const { provider } = spec;
  if (provider.kind === 'cohere' && spec.operation === 'rerank') return new URL(provider.baseUrl).origin;
  if (kindFacts[provider.kind].unversioned === true) return versionedBase(provider.baseUrl, undefined);
  return versionedBase(provider.baseUrl, 'v1');
}

function pathOf(spec: CallSpec): string {
  if (spec.provider.kind === 'cohere' && spec.operation === 'rerank') return cohereRerank;
  if (spec.dialect === 'openai-chat') return '/chat/completions';
  if (spec.dialect === 'openai-responses' && spec.operation === 'generate') return '/responses';
  return spec.surfacePath;
}

/** The demo provider lives in this process; only its path matters. */
export const demoAdapter: Adapter = {
  shape(spec) {
    return { url: new URL(`${demoOrigin}/v1${pathOf(spec)}`), framing: 'sse' };
  },
  authorize() {
    return {};
  },
};
