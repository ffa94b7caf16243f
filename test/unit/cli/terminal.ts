// A shell whose output is kept, in front of an instance that answers what the test says.
import { failed, succeeded, type Reply } from '../../../shared/contract/reply.ts';
import type { AttemptEntry, ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { run } from '../../../main/cli/run.ts';
import type { ConfigFindings, ServeOptions, Shell } from '../../../main/cli/shell.ts';

export interface Terminal {
  readonly shell: Shell;
  readonly out: string[];
  readonly err: string[];
  /** Calls that were asked, with their input. */
  readonly asked: [string, unknown][];
  readonly served: ServeOptions[];
  readonly run: (...argv: string[]) => Promise<number>;
}

export interface TerminalOptions {
  readonly answers?: Readonly<Record<string, unknown>> | undefined;
  /** Calls that fail, with code and message. */
  readonly failures?: Readonly<Record<string, { readonly code: string; readonly message: string }>> | undefined;
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly findings?: ConfigFindings | undefined;
  /** What stdin gives. */
  readonly input?: string | undefined;
  /** What opening the data directory rejects with. */
  readonly openError?: Error | undefined;
}

/** 25 November 2026, noon UTC. */
export const noon = Date.UTC(2026, 10, 25, 12);

export function terminal(options: TerminalOptions = {}): Terminal {
  const { answers = {}, failures = {}, env = {}, findings, input = '', openError } = options;
  const [out, err]: [string[], string[]] = [[], []];
  const asked: [string, unknown][] = [];
  const served: ServeOptions[] = [];
  const call = async (name: string, input: unknown): Promise<Reply<unknown>> => {
    asked.push([name, input]);
    if (name in answers) return succeeded(answers[name]);
    const failure = failures[name];
    if (failure !== undefined) return failed({ ...failure, requestId: 'call-1' });
    return failed({ code: 'control.not_found', message: `There is no ${name} here.`, requestId: 'call-1' });
  };
  const shell: Shell = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    readSecret: () => Promise.resolve(input),
    readInput: () => Promise.resolve(input),
    env,
    cwd: options.cwd ?? '/nowhere',
    platform: 'linux',
    home: '/nowhere/home',
    temporary: '/nowhere/tmp',
    userId: 1000,
    now: () => noon,
    randomId: (count) => 'a'.repeat(count),
    timezone: 'Europe/Berlin',
    version: '1.2.3',
    product: {
      startHeadless: async (options) => {
        served.push(options);
        return 0;
      },
      openOffline: async () => {
        if (openError !== undefined) throw openError;
        return { call, close: async () => undefined };
      },
      checkConfig: async () => findings ?? { problems: [], warnings: [] },
    },
  };
  return { shell, out, err, asked, served, run: (...argv) => run(argv, shell) };
}

/** An exchange as the contract has it; give what matters to the test. */
export function entry(given: Partial<ExchangeEntry> = {}): ExchangeEntry {
  return {
    request_id: 'req-1',
    at: '2026-11-25T12:00:00.000Z',
    key: 'ide',
    client: 'claude-code',
    session: null,
    surface: 'messages',
    dialect: 'anthropic-messages',
    model_asked: 'smart',
    target: 'demo/echo',
    target_dialect: 'openai-chat',
    status: 200,
    error: null,
    outcome: 'complete',
    attempts: [attempt()],
    ttft_ms: 5.5,
    duration_ms: 1_500,
    usage: {
      input_tokens: 1_200,
      output_tokens: 5,
      cache_read_tokens: 30,
      cache_write_tokens: 4,
      reasoning_tokens: null,
    },
    usage_source: 'provider',
    cost_usd: null,
    cache: null,
    masked: 0,
    masked_kinds: null,
    firewall: null,
    route_reason: 'exact',
    stream: true,
    losses: [],
    finish_reason: 'stop',
    request_bytes: 10,
    response_bytes: 20,
    user: null,
    team: null,
    rule: null,
    downgrade: null,
    ...given,
  };
}

export function attempt(given: Partial<AttemptEntry> = {}): AttemptEntry {
  return {
    target: 'demo/echo',
    status: 200,
    error: null,
    ms: 12.5,
    kind: 'first',
    started_ms: 0.5,
    ttft_ms: 5,
    usage: null,
    usage_source: 'none',
    cost_usd: null,
    state: 'settled',
    bound_usd: null,
    counted_usd: null,
    basis: null,
    ...given,
  };
}
