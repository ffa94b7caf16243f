/** Answers about single exchanges. */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import type { LedgerQueries } from '../../ledger/ledger.ts';
import { arithmeticOf } from '../cost-lines.ts';
import type { Handlers } from './handler.ts';

type Said = Pick<CallOutput<'traffic.get'>, 'bodies' | 'request_body' | 'answer_body'>;

export function trafficHandlers(ledger: LedgerQueries): Handlers {
  return {
    'traffic.list': (query) => ledger.log(query),
    'traffic.sessions': (query) => ledger.sessions(query),
    'traffic.get': async ({ request_id, arithmetic }) => {
      const found = await ledger.byRequestId(request_id);
      if (found === undefined) throw noSuchExchange(request_id);
      const trace = arithmetic ? await ledger.trace(request_id) : undefined;
      return {
        ...found,
        ...saidOf(await ledger.bodiesOf(request_id)),
        costs: arithmetic ? arithmeticOf(found.entry, trace?.snapshot) : [],
      };
    },
  };
}

function saidOf(bodies: Awaited<ReturnType<LedgerQueries['bodiesOf']>>): Said {
  const textOf = (part: 'request' | 'answer'): string | null => {
    const bytes = bodies.find((body) => body.part === part)?.bytes;
    return bytes === undefined ? null : Buffer.from(bytes).toString('utf8');
  };
  const isWhole = bodies.every(({ bytes }) => bytes !== undefined);
  return {
    bodies: bodies.length === 0 ? 'not_recorded' : isWhole ? 'recorded' : 'unreadable',
    request_body: textOf('request'),
    answer_body: textOf('answer'),
  };
}

export function noSuchExchange(requestId: string): GatewayError {
  return new GatewayError(
    'control.not_found',
    `There is no exchange "${requestId}", or it was deleted by retention. \`sluice log --json\` shows the ids of those that are kept.`,
  );
}
