/** Parses a call, has it handled, replies. Transports are thin over this: socket, browser, desktop window, in process. */
import { calls, isCallName, type CallInput, type CallName, type CallOutput } from '../../shared/contract/contract.ts';
import { failed, succeeded, type Reply } from '../../shared/contract/reply.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Handlers } from './handlers/handler.ts';
import { createHandlers } from './handlers/handlers.ts';
import type { ControlNeeds } from './needs.ts';

export interface DispatchNeeds extends ControlNeeds {
  /** `count` random letters and digits, to name a call in log and reply. */
  readonly randomId: (count: number) => string;
  readonly log: { error(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

export interface Dispatch {
  /** Answers a call of any name with any input. Never rejects. */
  call(name: string, input: unknown): Promise<Reply<unknown>>;
  /** The same for callers in this process, whom the compiler knows. */
  ask<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Reply<CallOutput<Name>>>;
}

export function createDispatch(needs: DispatchNeeds): Dispatch {
  const handlers = createHandlers(needs);

  async function call(name: string, input: unknown): Promise<Reply<unknown>> {
    const requestId = `call-${needs.randomId(12)}`;
    const refuse = (code: ErrorCode, message: string, detail?: unknown): Reply<never> =>
      failed({ code, message, requestId, ...(detail === undefined ? {} : { detail }) });
    try {
      if (!isCallName(name)) return refuse('control.unknown_call', `There is no call "${name.slice(0, 64)}".`);
      const handler = handlers[name];
      if (handler === undefined) return refuse('control.unsupported', 'That needs a running instance: `sluice serve`.');
      const parsed = calls[name].input.safeParse(input);
      if (!parsed.success) {
        const problems = parsed.error.issues.map(({ path, message }) => ({
          path: path.map(String).join('.'),
          message,
        }));
        const first = problems[0];
        return refuse(
          'control.invalid_input',
          `The input of ${name} is not right: ${first === undefined || first.path === '' ? '' : `${first.path}: `}${first?.message ?? ''}`,
          problems,
        );
      }
      return succeeded(await handle(handler, parsed.data));
    } catch (error) {
      if (error instanceof GatewayError) return refuse(error.code, error.message, error.details);
      needs.log.error('A call failed.', { call: name, request_id: requestId, error });
      return refuse('internal.bug', `${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  return {
    call,
    ask: async <Name extends CallName>(name: Name, input: CallInput<Name>) =>
      (await call(name, input)) as Reply<CallOutput<Name>>,
  };
}

/** The table pairs each handler with the input its schema gives; that pairing is lost when it is looked up by name. */
function handle(handler: NonNullable<Handlers[CallName]>, input: unknown): unknown {
  return (handler as (input: unknown) => unknown)(input);
}
