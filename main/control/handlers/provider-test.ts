/** Tests a provider with one real call for one token, through everything a client's call goes through. */
import type { CallOutput, ParsedInput } from '../../../shared/contract/contract.ts';
import type { ProviderEntry, TestOutcome } from '../../../shared/contract/providers.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { ChatAnswer } from '../chat-answer.ts';
import type { ControlNeeds } from '../needs.ts';
import { answeredError, failureOf, headOf, readText, settledEntry, type AnswerHead } from '../own-answer.ts';
import { failureOfTest, isAboutLimit, nameOf, type Failure } from '../provider-failure.ts';
import type { ModelsNeed, OwnAnswer } from '../window-needs.ts';
import type { Handlers } from './handler.ts';

/** A local model may be read from a disk first; people do not wait longer for a test. */
const patienceMs = 120_000;
/** One token and what surrounds it, or the page of a proxy. */
const maxAnswerBytes = 1024 * 1024;
const maxRunning = 8;
const oneToken = { max_tokens: 1 };
/** Models that think refuse that field, or to end before a thought does. */
const aThought = { max_completion_tokens: 1_024 };

export function providerTestHandlers(needs: ControlNeeds): Handlers {
  const { config, running } = needs;
  const own = running?.own;
  if (running === undefined || own === undefined) return {};
  let count = 0;
  return {
    'providers.test': async ({ id, model }) => {
      const provider = config.providers.list().find((one) => one.id === id);
      if (provider === undefined)
        throw new GatewayError('control.not_found', `There is no provider "${id}": it was removed, or never in force.`);
      const asked = modelFor(provider, config.models.list().models, model);
      if (count >= maxRunning)
        throw new GatewayError('control.refused', `${String(maxRunning)} tests run already: wait until one ends.`);
      count += 1;
      try {
        return await test({ ...needs, own, uptimeMs: () => running.instance.uptimeMs() }, provider, asked);
      } finally {
        count -= 1;
      }
    },
  };
}

type Models = ReturnType<ModelsNeed['list']>['models'];

/** `provider/model`: the one that is given, else the cheapest that chats. Throws `control.invalid_input` when one must be named. */
export function modelFor(
  { id, label }: Pick<ProviderEntry, 'id' | 'label'>,
  all: Models,
  given: ParsedInput<'providers.test'>['model'],
): string {
  const models = all.filter(({ provider }) => provider === id);
  if (given !== undefined) {
    // A vendor's own name of a model may begin as the provider is called here: `openrouter/auto`.
    if (models.some((model) => model.id === `${id}/${given}`)) return `${id}/${given}`;
    return given.startsWith(`${id}/`) ? given : `${id}/${given}`;
  }
  const chatting = models.filter(({ chat }) => chat);
  const cheapest = chatting
    .flatMap((model) => (model.price === null || model.unsettled ? [] : [{ model, usd: costOf(model.price) }]))
    .reduce<{ model: Models[number]; usd: number } | undefined>(
      (best, one) => (best && best.usd <= one.usd ? best : one),
      undefined,
    );
  const chosen = cheapest?.model ?? chatting[0];
  if (chosen !== undefined) return chosen.id;
  throw new GatewayError(
    'control.invalid_input',
    `Which models of ${label} hold conversations is not known here: name the one to test it with.`,
  );
}

/** Only to compare: a test reads about as much as it writes. */
function costOf({ input, output }: NonNullable<Models[number]['price']>): number {
  return Number(input ?? 0) + Number(output ?? 0);
}

interface TestNeeds extends ControlNeeds {
  readonly own: NonNullable<NonNullable<ControlNeeds['running']>['own']>;
  readonly uptimeMs: () => number;
}

async function test(
  needs: TestNeeds,
  provider: ProviderEntry,
  model: string,
  limit: typeof oneToken | typeof aThought = oneToken,
): Promise<CallOutput<'providers.test'>> {
  const { own, ledger, uptimeMs } = needs;
  const startedMs = uptimeMs();
  const signal = AbortSignal.timeout(patienceMs);
  const outcome = { provider: provider.id, model };
  let answer: OwnAnswer;
  try {
    answer = await own.send({
      path: '/v1/chat/completions',
      // What is remembered of an earlier test says nothing of the provider.
      headers: { 'content-type': 'application/json', accept: 'application/json', 'cache-control': 'no-cache' },
      body: JSON.stringify({ model, ...limit, messages: [{ role: 'user', content: 'Say OK.' }] }),
      client: 'Provider test',
      signal,
    });
  } catch (error) {
    const { code, message } = failureOf(error);
    const failure = signal.aborted ? tooSlow(provider) : { code: code ?? 'internal.bug', message };
    const nothing = { status: null, ttfb_ms: null, usage: null, cost_usd: null, request_id: null };
    return { ok: false, ...outcome, ...nothing, error: failure };
  }
  const ttfbMs = uptimeMs() - startedMs;
  const head = headOf(answer.headers);
  const gathered = new ChatAnswer(maxAnswerBytes);
  const failure = await failureIn({ answer, head, gathered, provider, model, signal });
  if (failure?.isAboutLimit === true && limit === oneToken) return await test(needs, provider, model, aThought);
  const entry = await settledEntry(ledger, head.requestId);
  return {
    ok: failure === null,
    ...outcome,
    status: answer.status,
    ttfb_ms: ttfbMs,
    usage: entry?.usage ?? gathered.usage,
    cost_usd: head.costUsd ?? entry?.cost_usd ?? null,
    error: failure === null ? null : { code: failure.code, message: failure.message },
    request_id: head.requestId,
  } satisfies TestOutcome;
}

interface Answered {
  readonly answer: OwnAnswer;
  readonly head: AnswerHead;
  readonly gathered: ChatAnswer;
  readonly provider: ProviderEntry;
  readonly model: string;
  readonly signal: AbortSignal;
}

interface TestFailure extends Failure {
  /** It may answer where it is left more room. */
  readonly isAboutLimit?: boolean;
}

/** `null` when it answered as it should. */
async function failureIn({ answer, head, gathered, provider, model, signal }: Answered): Promise<TestFailure | null> {
  const { status, headers, body } = answer;
  const { label } = provider;
  let text: string;
  try {
    text = await readText(body, maxAnswerBytes);
  } catch {
    if (signal.aborted) return tooSlow(provider);
    return {
      code: 'relay.stream_cut',
      message: `${label} began to answer and broke off. That is its fault or the network's: test again in a while.`,
    };
  }
  if (status >= 400) {
    const error = answeredError(headers, text);
    const failure = failureOfTest({ provider, model, status, error });
    return { ...failure, isAboutLimit: isAboutLimit(status, error.message) };
  }
  const isAnswer = gathered.whole(text);
  if (gathered.error !== null) return failureOfTest({ provider, model, status: 502, error: gathered.error });
  if (!isAnswer || !gathered.isComplete)
    return {
      code: 'attempt.not_an_answer',
      message: `What came from ${label} is no answer of a model. Check the address ${provider.base_url}: something else may be there.`,
    };
  if (head.target === null || head.target.startsWith(`${provider.id}/`)) return null;
  return {
    code: 'route.no_target',
    message: `${label} did not answer for ${nameOf(provider.id, model)}: ${head.target} did in its place. Open the request to see why.`,
  };
}

function tooSlow({ label, local }: ProviderEntry): Failure {
  return {
    code: 'attempt.total_timeout',
    message: `${label} did not answer within ${String(patienceMs / 60_000)} minutes. ${local ? 'It may still be loading the model' : 'It may have trouble of its own'}: test again in a while.`,
  };
}
