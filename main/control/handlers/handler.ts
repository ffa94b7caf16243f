/** The shape of what answers a call. */
import type { CallName, CallOutput, ParsedInput } from '../../../shared/contract/contract.ts';

/** Gets parsed input; may throw a `GatewayError`, which becomes the reply. */
export type Handler<Name extends CallName> = (input: ParsedInput<Name>) => CallOutput<Name> | Promise<CallOutput<Name>>;

/** What is missing is answered with `control.unsupported`. */
export type Handlers = { readonly [Name in CallName]?: Handler<Name> };
