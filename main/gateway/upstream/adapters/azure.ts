/** Azure OpenAI: deployments in the path with `api-version`, or the versionless `/openai/v1` surface; `api-key` header. */
import { keyOf, type Adapter, type CallSpec } from './adapter.ts';

/** Used when the provider names none. The GA version of the deployments API (learn.microsoft.com, API lifecycle). */
const defaultApiVersion = '2024-10-21';

export const azureAdapter: Adapter = {
  shape(spec) {
    const root = spec.provider.baseUrl.replace(/\/+$/, '').replace(/\/openai(?:\/v1)*$/, '');
    const apiVersion = spec.provider.options['apiVersion'];
    // The v1 surface takes the deployment as `model`; Responses lives only there.
    const useV1 =
      apiVersion === 'v1' ||
      apiVersion === 'preview' ||
      /\/openai\/v1\/?$/.test(spec.provider.baseUrl) ||
      spec.dialect === 'openai-responses';
    const url = useV1
      ? new URL(`${root}/openai/v1${pathOf(spec)}`)
      : new URL(`${root}/openai/deployments/${encodeURIComponent(spec.model)}${pathOf(spec)}`);
    for (const [name, value] of spec.query) url.searchParams.append(name, value);
    if (!useV1) url.searchParams.set('api-version', apiVersion ?? defaultApiVersion);
    else if (apiVersion === 'preview') url.searchParams.set('api-version', 'preview');
    return { url, framing: 'sse' };
  },
  authorize(spec) {
    const key = keyOf(spec.credential);
    if (key === undefined) return {};
    // Entra ID tokens are JWTs and travel as bearer tokens.
    return key.startsWith('eyJ') ? { authorization: `Bearer ${key}` } : { 'api-key': key };
  },
};

function pathOf(spec: CallSpec): string {
  if (spec.dialect === 'openai-chat') return '/chat/completions';
  if (spec.dialect === 'openai-responses' && spec.operation === 'generate') return '/responses';
  return spec.surfacePath;
}
