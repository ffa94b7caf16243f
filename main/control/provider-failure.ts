/** Turns what a test of a provider failed with into a sentence: what happened, whose fault it is, what mends it. */
import type { ProviderEntry } from '../../shared/contract/providers.ts';
import { errorCodes } from '../../shared/errors/codes.ts';
import type { AnswerError } from './chat-answer.ts';

export interface Failure {
  readonly code: string;
  readonly message: string;
}

export interface FailedTest {
  readonly provider: ProviderEntry;
  /** `provider/model`. */
  readonly model: string;
  readonly status: number;
  readonly error: AnswerError;
}

/** Never holds a key: of a provider's words only those that cannot speak of it. */
export function failureOfTest(test: FailedTest): Failure {
  const { error, status } = test;
  // Our own say in their sentence what happened and what mends it.
  if (error.code !== null && Object.hasOwn(errorCodes, error.code)) return { code: error.code, message: error.message };
  return { code: `upstream.${String(status)}`, message: sentenceOf(test) };
}

const limitWords = /max_(completion_)?tokens|output limit|token limit|minimum.{0,30}tokens/i;

/** The model was not let to answer by the limit of the test request, or does not know the field. */
export function isAboutLimit(status: number, message: string): boolean {
  return status === 400 && limitWords.test(message);
}

const creditWords = /insufficient[_ ](quota|balance|credit|funds)|credit balance|exceeded your current quota|billing/i;

function sentenceOf({ provider, model, status, error }: FailedTest): string {
  const { label } = provider;
  const name = nameOf(provider.id, model);
  const words = wordsOf(error.message);
  const number = `(${String(status)})`;
  if (status === 401) return rejected(provider, number);
  if (status === 402 || (status === 429 && creditWords.test(`${error.code ?? ''} ${error.message}`)))
    return `${label} accepted your key but has no credit left for it ${number}. Add credit or a payment method to your account there.`;
  if (status === 403)
    return `${label} does not let your key${keyOf(provider)} use ${name} ${number}.${words} Check what the key and its project may do there, or test another model.`;
  if (status === 404)
    return `${label} does not know the model ${name} ${number}. Test another model, or check the address ${provider.base_url}.`;
  if (status === 429)
    return `${label} takes no more requests from you just now ${number}: a limit of your account is reached. Wait a minute and test again, or raise the limit there.`;
  if (status === 408 || status === 504)
    return `${label} did not answer in time ${number}. That is its fault or your network's: test again in a while.`;
  if (status >= 500)
    return provider.local
      ? `${label} failed on your machine ${number}.${words} Look at its own log, and whether ${name} is loaded.`
      : `${label} has trouble of its own ${number}.${words} Nothing here needs mending: test again in a while.`;
  if (limitWords.test(error.message))
    return `${label} accepted your key, but ${name} does not answer in one token ${number}.${words} Test another model, or just use it.`;
  return `${label} did not take the test request to ${name} ${number}.${words} Test another model.`;
}

function rejected(provider: ProviderEntry, number: string): string {
  const { label, keys, base_url } = provider;
  if (keys.length === 0) return `${label} at ${base_url} wants a key ${number}, and there is none for it. Add one.`;
  return `${label} rejected your key${keyOf(provider)} ${number}. It may be revoked, mistyped, or meant for another address. Replace the key.`;
}

/** ` …9fA2`; nothing where it may have been another of several. */
function keyOf({ keys }: ProviderEntry): string {
  const hint = keys.length === 1 ? keys[0]?.hint : null;
  return hint === null || hint === undefined || hint === '' ? '' : ` …${hint.replace(/^(…|\.{3})/, '')}`;
}

const maxWords = 300;

/** What the provider says, as a sentence to stand between two others. */
function wordsOf(message: string): string {
  const text = message.replace(/\s+/g, ' ').trim();
  if (text === '') return '';
  return ` It says: “${text.length > maxWords ? `${text.slice(0, maxWords)}…` : text}”`;
}

/** The model without its provider. */
export function nameOf(provider: string, model: string): string {
  return model.startsWith(`${provider}/`) ? model.slice(provider.length + 1) : model;
}
