/** Anthropic's own API: `x-api-key` (or a bearer token for OAuth and gateways), `/v1/messages`. */
import { keyOf, versionedBase, withQuery, type Adapter } from './adapter.ts';

/** Sent when the client named no version (platform.claude.com, API versioning). */
export const defaultAnthropicVersion = '2023-06-01';

export const anthropicAdapter: Adapter = {
  shape(spec) {
    const path = spec.operation === 'count_tokens' ? '/v1/messages/count_tokens' : '/v1/messages';
    return { url: withQuery(`${versionedBase(spec.provider.baseUrl, undefined)}${path}`, spec.query), framing: 'sse' };
  },
  authorize(spec) {
    const key = keyOf(spec.credential);
    if (key === undefined) return {};
    // OAuth access tokens are bearer tokens; API keys go by their own header, which every compatible server knows.
    return key.startsWith('sk-ant-oat') ? { authorization: `Bearer ${key}` } : { 'x-api-key': key };
  },
};
