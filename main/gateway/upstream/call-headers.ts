/** Headers every upstream call carries besides the client's own and the credential. */
import type { IncomingMessage } from 'node:http';
import type { DialectId } from '../../../shared/domain/dialect.ts';
import type { Target } from '../exchange.ts';
import { defaultAnthropicVersion } from './adapters/anthropic.ts';

export interface CallHeadersInput {
  readonly target: Target;
  readonly dialect: DialectId | undefined;
  readonly isSame: boolean;
  readonly request: IncomingMessage;
  readonly contentType: string;
}

export function callHeaders(input: CallHeadersInput): Record<string, string> {
  const incoming = input.request.headers;
  const hop = Number(incoming['x-sluice-hop'] ?? 0);
  const headers: Record<string, string> = {
    'content-type': input.contentType,
    accept: typeof incoming.accept === 'string' && input.isSame ? incoming.accept : '*/*',
    // Bytes pass as they come; an encoding would have to be undone to be read.
    'accept-encoding': 'identity',
    'x-sluice-hop': String((Number.isFinite(hop) ? hop : 0) + 1),
  };
  if (!input.isSame) headers['user-agent'] = 'sluice';
  if (input.dialect === 'anthropic-messages' && input.target.provider.kind !== 'vertex') {
    const asked = incoming['anthropic-version'];
    headers['anthropic-version'] = input.isSame && typeof asked === 'string' ? asked : defaultAnthropicVersion;
  }
  return headers;
}
