/** Calls as React uses them: what is asked is kept, shared and asked again; what changes something tells how it went. */
import {
  keepPreviousData,
  QueryClient,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import { createContext, use } from 'react';
import type { CallInput, CallName, CallOutput } from '../../shared/contract/contract.ts';
import type { CallError, Reply } from '../../shared/contract/reply.ts';
import { currentText } from '../text/text.ts';
import { bridgeCodes, type Bridge } from './bridge.ts';

/** A reply that is an error, thrown where React Query expects it. */
export class CallFailure extends Error {
  readonly error: CallError;

  constructor(error: CallError) {
    // What a browser says of a way that is cut helps nobody: it goes into the detail.
    const isCut = error.code === bridgeCodes.unreachable;
    const told = isCut ? { ...error, message: currentText().t('error.unreachable'), detail: error.message } : error;
    super(told.message);
    this.name = 'CallFailure';
    this.error = told;
  }
}

export const BridgeContext = createContext<Bridge | undefined>(undefined);

export function useBridge(): Bridge {
  const bridge = use(BridgeContext);
  if (bridge === undefined) throw new Error('there is no bridge around this component');
  return bridge;
}

/** Nothing is asked again by itself: events say when something is old. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        staleTime: Infinity,
        gcTime: 5 * 60_000,
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

export function valueOf<Value>(reply: Reply<Value>): Value {
  if (reply.ok) return reply.value;
  throw new CallFailure(reply.error);
}

interface CallOptions {
  /** `false`: not asked yet. */
  readonly enabled?: boolean;
  /** While another input is asked for, show what the one before gave. */
  readonly keepPrevious?: boolean;
}

/** The value of a call that changes nothing. The key begins with its name, so that `queryClient.invalidateQueries` finds it. */
export function useCall<Name extends CallName>(
  name: Name,
  input: CallInput<Name>,
  { enabled = true, keepPrevious = false }: CallOptions = {},
): UseQueryResult<CallOutput<Name>, CallFailure> {
  const bridge = useBridge();
  return useQuery<CallOutput<Name>, CallFailure>({
    queryKey: [name, input],
    queryFn: async () => valueOf(await bridge.call(name, input)),
    enabled,
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
  });
}

/** A call that changes something. `asksAgain`: names of calls whose values it makes old. */
export function useAction<Name extends CallName>(
  name: Name,
  asksAgain: readonly CallName[] = [],
): UseMutationResult<CallOutput<Name>, CallFailure, CallInput<Name>> {
  const bridge = useBridge();
  const queries = useQueryClient();
  return useMutation<CallOutput<Name>, CallFailure, CallInput<Name>>({
    mutationFn: async (input) => valueOf(await bridge.call(name, input)),
    onSuccess: async () => {
      await Promise.all(asksAgain.map((one) => queries.invalidateQueries({ queryKey: [one] })));
    },
  });
}
