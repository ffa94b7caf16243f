// Two simulated providers that keep account of what they served: what each would bill, whether or not the answer arrived.
import { fault, startFake, type Fake, type Recorded } from '../../fakes/fake.ts';

export type ProviderName = 'a' | 'b';
export const providerNames = ['a', 'b'] as const;

export const models: Readonly<Record<ProviderName, string>> = { a: 'dear', b: 'claude-sonnet-4-5' };

/** Pico-USD a token: three dollars in and fifteen out for a million. */
const inputPrice = 3_000_000n;
const outputPrice = 15_000_000n;
export const pricing = 'pricing: { input: "3", output: "15" }';

/** What becomes of a request. It stands in the request's text, so that a provider needs to know nothing else. */
export const courses = ['plain', 'slow', 'late', 'flaky', 'down', 'cut'] as const;
export type Course = (typeof courses)[number];

const pieces = Array.from({ length: 20 }, (_, index) => `word ${String(index).padStart(2, '0')} `);
const inputTokens = 100;
/** A token for four bytes, so that what is billed of an answer can be told by its text. */
const bytesPerToken = 4;
const outputTokens = pieces.join('').length / bytesPerToken;
const turn = {
  text: pieces,
  usage: { input: inputTokens, cached: 0, cacheWrite: 0, output: outputTokens, reasoning: 0 },
};

export const answerText = pieces.join('');

/** What is billed for an answer of which so much was seen; all of it where nothing is said. */
export function billOf(seenBytes = answerText.length): bigint {
  return BigInt(inputTokens) * inputPrice + BigInt(Math.floor(seenBytes / bytesPerToken)) * outputPrice;
}

/** Long enough that no provider counts more input than there is. */
export function promptOf(n: number, course: Course): string {
  return `<request ${String(n)} ${course}> ${'some words to count '.repeat(20)}`;
}

function markIn({ body }: Recorded): { readonly n: number; readonly course: string } | undefined {
  const found = /<request (\d+) (\w+)>/.exec(body.toString('utf8'));
  return found === null ? undefined : { n: Number(found[1]), course: String(found[2]) };
}

export interface Provider {
  readonly name: ProviderName;
  readonly url: string;
  /** How often it took a request on, by number: each of these is billed. */
  readonly served: ReadonlyMap<number, number>;
  /** Told of each as it comes. */
  onServe: () => void;
  close(): Promise<void>;
}

export async function startProvider(name: ProviderName): Promise<Provider> {
  const fake = await startFake({ dialect: name === 'a' ? 'openai' : 'anthropic' });
  const served = new Map<number, number>();
  const provider: Provider = { name, url: urlOf(name, fake), served, onServe: () => {}, close: () => fake.close() };
  const failedOnce = new Set<number>();
  const refused = { status: 500, json: { error: { message: 'overloaded', type: 'server_error' } }, times: Infinity };
  const follows = (course: Course, serves = true) => ({
    times: Infinity,
    match: (request: Recorded): boolean => {
      const mark = markIn(request);
      if (mark?.course !== course) return false;
      if (!serves) return true;
      served.set(mark.n, (served.get(mark.n) ?? 0) + 1);
      provider.onServe();
      return true;
    },
  });
  fake.plan(
    { ...refused, ...(name === 'a' ? follows('down', false) : { match: () => false }) },
    {
      ...refused,
      match(request) {
        const mark = markIn(request);
        if (mark?.course !== 'flaky' || failedOnce.has(mark.n)) return false;
        failedOnce.add(mark.n);
        return true;
      },
    },
    { ...follows('down'), turn },
    { ...follows('flaky'), turn },
    { ...follows('plain'), turn },
    { ...follows('late'), turn, fault: fault.stall('start', 30) },
    { ...follows('slow'), turn, fault: fault.drip(5, 250) },
    { ...follows('cut'), turn, fault: fault.resetAfterEvents(8) },
  );
  return provider;
}

function urlOf(name: ProviderName, fake: Fake): string {
  return name === 'a' ? `${fake.url}/v1` : fake.url;
}
