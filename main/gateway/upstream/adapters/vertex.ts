/** Vertex AI: Gemini and Claude models below a project and location, with a Google access token. */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type { Credential } from '../../ports.ts';
import type { Adapter, CallShape, CallSpec } from './adapter.ts';
import { geminiMethod, geminiQuery } from './gemini.ts';

/** Claude on Vertex names its version in the body (docs.claude.com, Claude on Vertex AI). */
const vertexAnthropicVersion = '"vertex-2023-10-16"';
const scope = 'https://www.googleapis.com/auth/cloud-platform';

interface TokenSource {
  getAccessToken(): Promise<string | null | undefined>;
}

/** One token source per credential: it caches and refreshes by itself. */
const tokenSources = new WeakMap<Credential, Promise<TokenSource>>();

async function createTokenSource(credential: Credential): Promise<TokenSource> {
  // Loaded when the first Vertex call needs it: it is large, and most installations never do.
  const { GoogleAuth } = await import('google-auth-library');
  const { secret } = credential;
  if (secret.kind !== 'google')
    throw new GatewayError('attempt.credential', `Key "${credential.name}" needs service_account or adc: true.`);
  if (secret.serviceAccount === undefined) return new GoogleAuth({ scopes: [scope] });
  const parsed = JSON.parse(secret.serviceAccount.reveal()) as { client_email?: string; private_key?: string };
  return new GoogleAuth({ scopes: [scope], credentials: parsed });
}

export const vertexAdapter: Adapter = {
  shape(spec): CallShape {
    const location = spec.provider.options['location'] ?? 'us-central1';
    const project = spec.provider.options['project'];
    if (project === undefined)
      throw new GatewayError('attempt.credential', `Provider "${spec.provider.id}" needs project.`);
    const base = spec.provider.baseUrl
      .replace('{location}', location)
      .replace(/\/+$/, '')
      .replace(/(?:\/v1)+$/, '');
    const parent = `${base}/v1/projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(location)}`;
    if (spec.dialect === 'anthropic-messages') {
      if (spec.operation === 'count_tokens')
        return { url: new URL(`${parent}/publishers/anthropic/models/count-tokens:rawPredict`), framing: 'sse' };
      const method = spec.stream ? 'streamRawPredict' : 'rawPredict';
      return {
        url: new URL(`${parent}/publishers/anthropic/models/${encodeURIComponent(spec.model)}:${method}`),
        setFields: { anthropic_version: vertexAnthropicVersion },
        removeFields: ['model'],
        framing: 'sse',
      };
    }
    const url = new URL(
      `${parent}/publishers/google/models/${encodeURIComponent(spec.model.replace(/^models\//, ''))}:${geminiMethod(spec)}`,
    );
    for (const [name, value] of geminiQuery(spec)) url.searchParams.set(name, value);
    return { url, framing: 'sse' };
  },
  async authorize(spec: CallSpec) {
    const { credential } = spec;
    // A ready access token may be given as a plain key.
    if (credential.secret.kind === 'key') return { authorization: `Bearer ${credential.secret.value.reveal()}` };
    let source = tokenSources.get(credential);
    if (source === undefined) {
      source = createTokenSource(credential);
      tokenSources.set(credential, source);
    }
    const token = await (await source).getAccessToken();
    if (token === null || token === undefined || token === '') {
      throw new GatewayError('attempt.credential', `Google gave no access token for key "${credential.name}".`);
    }
    return { authorization: `Bearer ${token}` };
  },
};
