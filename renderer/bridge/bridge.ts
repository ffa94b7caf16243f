/** How the window reaches the control plane: one interface, whatever carries it. */
import type { AnyEvent, CallInput, CallName, CallOutput } from '../../shared/contract/contract.ts';
import type { Reply } from '../../shared/contract/reply.ts';

/** `lost`: the instance does not answer and is tried again; `signed_out`: it answers, and this browser may not ask. */
export type Connection = 'connecting' | 'live' | 'lost' | 'signed_out';

export interface BridgeListener {
  readonly onEvent: (event: AnyEvent) => void;
  /** Told at once and with each change. With `live`, events may have been missed before. */
  readonly onConnection: (connection: Connection) => void;
}

export interface Bridge {
  /** Never rejects: what goes wrong on the way is a reply with `bridge.unreachable` or `bridge.signed_out`. */
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Reply<CallOutput<Name>>>;
  /** Returns what ends it. */
  subscribe(listener: BridgeListener): () => void;
}

/** Codes of what goes wrong between window and instance; all others are the instance's. */
export const bridgeCodes = { unreachable: 'bridge.unreachable', signedOut: 'bridge.signed_out' } as const;

export function unreachable(message: string): Reply<never> {
  return { ok: false, error: { code: bridgeCodes.unreachable, message, requestId: 'none' } };
}
