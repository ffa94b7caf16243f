/** Vertex AI: Gemini and Claude models below a project and location, with a Google access token. */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type { Secret } from '../../../kit/secret.ts';
import { isObject } from '../../dialects/dialect.ts';
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
  const { GoogleAuth, JWT } = await import('google-auth-library');
  const { secret } = credential;
  if (secret.kind !== 'google')
    throw new GatewayError('attempt.credential', `Key "${credential.name}" needs service_account or adc: true.`);
  if (secret.serviceAccount === undefined) return new GoogleAuth({ scopes: [scope] });
  const { client_email: email, private_key: key } = readAccount(secret.serviceAccount, credential.name);
  // Only this kind of account is taken: others name addresses and programs of their own to get a token from.
  const account = new JWT({ email, key, scopes: [scope] });
  return { getAccessToken: async () => (await account.getAccessToken()).token };
}

/** The parser's own words are not passed on: they quote what they could not read. */
function readAccount(text: Secret, name: string): { client_email: string; private_key: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.reveal());
  } catch {
    parsed = undefined;
  }
  const { client_email: email, private_key: key } = isObject(parsed) ? parsed : {};
  if (typeof email === 'string' && typeof key === 'string') return { client_email: email, private_key: key };
  throw new GatewayError(
    'attempt.credential',
    `The service_account of key "${name}" is not the JSON of one, with client_email and private_key. Give the whole key file, best as file:/path.`,
  );
}

async function tokenOf(credential: Credential): Promise<string> {
  let source = tokenSources.get(credential);
  if (source === undefined) {
    source = createTokenSource(credential);
    tokenSources.set(credential, source);
  }
  try {
    const token = await (await source).getAccessToken();
    if (token !== null && token !== undefined && token !== '') return token;
  } catch (error) {
    // What failed once may be put right while we run: the account enabled, the network back.
    tokenSources.delete(credential);
    if (error instanceof GatewayError) throw error;
    throw noToken(credential, error instanceof Error ? error.message : String(error), error);
  }
  throw noToken(credential, 'it gave none', undefined);
}

/** Longest cut of Google's words that is shown. */
const maxReason = 300;

function noToken({ name }: Credential, reason: string, cause: unknown): GatewayError {
  return new GatewayError(
    'attempt.credential',
    `Google gave no access token for key "${name}": ${reason.slice(0, maxReason)}. Check the service account, or the application default credentials of this machine.`,
    { cause },
  );
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
    return { authorization: `Bearer ${await tokenOf(credential)}` };
  },
};
