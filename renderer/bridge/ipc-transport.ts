/** The bridge over messages that are cloned, for the desktop window: the preload script offers the two functions. */
import type { AnyEvent, CallInput, CallName, CallOutput } from '../../shared/contract/contract.ts';
import type { Reply } from '../../shared/contract/reply.ts';
import { unreachable, type Bridge } from './bridge.ts';

/** What the preload script puts on `window.sluice`. */
export interface IpcBinding {
  /** Resolves with the reply; rejects only when the other side is gone. */
  call(name: string, input: unknown): Promise<unknown>;
  /** Returns what ends it. */
  onEvent(listener: (event: unknown) => void): () => void;
}

export function createIpcTransport(binding: IpcBinding): Bridge {
  return {
    async call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Reply<CallOutput<Name>>> {
      try {
        return (await binding.call(name, input)) as Reply<CallOutput<Name>>;
      } catch (error) {
        return unreachable(error instanceof Error ? error.message : String(error));
      }
    },
    subscribe({ onEvent, onConnection }) {
      const end = binding.onEvent((event) => onEvent(event as AnyEvent));
      onConnection('live');
      return end;
    },
  };
}
