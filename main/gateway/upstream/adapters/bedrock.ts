/** Amazon Bedrock runtime: Converse and ConverseStream, signed with SigV4 or with a Bedrock API key as bearer token. */
import { AwsV4Signer } from 'aws4fetch';
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type { Adapter, CallSpec } from './adapter.ts';

export const bedrockAdapter: Adapter = {
  shape(spec) {
    const base = spec.provider.baseUrl.replace(/\/+$/, '');
    const method = spec.stream ? 'converse-stream' : 'converse';
    return {
      url: new URL(`${base}/model/${encodeURIComponent(spec.model)}/${method}`),
      framing: spec.stream ? 'aws' : 'sse',
    };
  },
  async authorize(spec, url, body) {
    const { secret, name } = spec.credential;
    if (secret.kind === 'key') return { authorization: `Bearer ${secret.value.reveal()}` };
    if (secret.kind !== 'aws') {
      throw new GatewayError(
        'attempt.credential',
        `Key "${name}" needs access_key_id and secret_access_key, or a Bedrock API key as value.`,
      );
    }
    const signer = new AwsV4Signer({
      method: 'POST',
      url: url.href,
      body: body === undefined ? '' : new Uint8Array(body),
      headers: { 'content-type': 'application/json' },
      accessKeyId: secret.accessKeyId.reveal(),
      secretAccessKey: secret.secretAccessKey.reveal(),
      ...(secret.sessionToken === undefined ? {} : { sessionToken: secret.sessionToken.reveal() }),
      service: 'bedrock',
      region: regionOf(spec, url),
    });
    const signed = await signer.sign();
    const headers: Record<string, string> = {};
    signed.headers.forEach((value, key) => {
      // Content-type is ours to send; host is the connection's.
      if (key !== 'host' && key !== 'content-type') headers[key] = value;
    });
    return headers;
  },
};

function regionOf(spec: CallSpec, url: URL): string {
  return (
    spec.provider.options['region'] ??
    /^bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\./.exec(url.hostname)?.[1] ??
    'us-east-1'
  );
}
