// What becomes of what was planted in a request or an answer, found out by sending it through a gateway to simulated providers.
import { startFake, type Fake, type Recorded } from '../../fakes/fake.ts';
import { send, startTestGateway, type Answer, type Call, type TestGateway } from './support.ts';

const key = 'sk-upstream-of-the-coverage';

/** Providers of all dialects, and a gateway in front of them for each set of rules. */
export interface Bench {
  readonly fakes: readonly Fake[];
  gateway(rules: string): Promise<TestGateway>;
  close(): Promise<void>;
}

export async function startBench(): Promise<Bench> {
  const fakes = await Promise.all([
    startFake({ dialect: 'openai', key }),
    startFake({ dialect: 'anthropic', key }),
    startFake({ dialect: 'gemini', key }),
    startFake({ dialect: 'cohere', key }),
  ]);
  const [openai, anthropic, gemini, cohere] = fakes.map(({ url }) => url);
  const more = `keys: [{ name: main, value: ${key} }], retry: { attempts: 1, backoff_ms: 1 }, local: true`;
  const gateways = new Map<string, TestGateway>();
  return {
    fakes,
    async gateway(rules) {
      const known = gateways.get(rules);
      if (known !== undefined) return known;
      const made = await startTestGateway(`
listen: { ollama: true }
providers:
  - { id: up, kind: openai, base_url: "${openai}/v1", ${more} }
  - { id: plain, kind: openai-compatible, base_url: "${openai}/v1", ${more} }
  - { id: claude, kind: anthropic, base_url: "${anthropic}", ${more} }
  - { id: gem, kind: gemini, base_url: "${gemini}", ${more} }
  - { id: co, kind: cohere, base_url: "${cohere}/compatibility/v1", ${more} }
${rules}`);
      gateways.set(rules, made);
      return made;
    },
    async close() {
      for (const made of gateways.values()) await made.stop();
      for (const fake of fakes) await fake.close();
    },
  };
}

export interface Sent {
  readonly answer: Answer;
  /** What reached a provider. */
  readonly upstream: readonly Recorded[];
}

export async function sendTo({ fakes }: Bench, gateway: TestGateway, call: Call): Promise<Sent> {
  const before = fakes.map(({ requests }) => requests.length);
  const answer = await send(gateway, call);
  return { answer, upstream: fakes.flatMap(({ requests }, index) => requests.slice(before[index])) };
}

const refusals: ReadonlyMap<string, string> = new Map([
  ['admit.masking_blocked', 'refused'],
  ['admit.firewall_blocked', 'refused'],
  ['admit.masking_uncovered', 'refused, uncovered'],
  ['read.invalid_field', 'refused, unreadable'],
]);

/** In a word: what became of `value` on its way out. */
export function outcomeOf({ answer, upstream }: Sent, value: string, placeholder: RegExp): string {
  if (upstream.length === 0) {
    const code = answer.headers['x-sluice-error'];
    return code === undefined ? 'not sent' : (refusals.get(String(code)) ?? `refused: ${String(code)}`);
  }
  const bodies = upstream.map(({ body, url }) => `${decodeURIComponent(url)}\n${body.toString('latin1')}`);
  if (bodies.some((body) => spellings(value).some((form) => body.includes(form)))) return 'passes';
  if (bodies.some((body) => placeholder.test(readable(body)))) return 'masked';
  return 'left out';
}

/** As it may stand in a body: plain, escaped as JSON, and in base64, wherever in its bytes it begins. */
function spellings(value: string): string[] {
  const inBase64 = [0, 1, 2].map((shift) => {
    const coded = Buffer.from(`${' '.repeat(shift)}${value}`).toString('base64');
    // Characters that the neighbours have a part in say nothing.
    return coded.slice(shift === 0 ? 0 : 4, -4);
  });
  return [value, JSON.stringify(value).slice(1, -1), ...inBase64];
}

/** With what it says in base64 behind it. */
function readable(body: string): string {
  const coded = body.match(/[A-Za-z0-9+/]{24,}={0,2}/g) ?? [];
  return [body, ...coded.map((one) => Buffer.from(one, 'base64').toString('latin1'))].join('\n');
}

/** In a word: whether an original came back where the provider said its placeholder. */
export function restoredIn({ text, status }: Answer, original: string, placeholder: string): string {
  if (status !== 200) return `failed: ${text}`;
  const isBack = original !== placeholder && text.includes(original);
  if (text.toLowerCase().includes(placeholder.toLowerCase())) return isBack ? 'in part' : 'placeholder stays';
  return isBack ? 'restored' : 'lost';
}

/** In a word: whether the client was kept from what an answer holds. */
export function keptBack({ text, headers, status }: Answer, value: string): string {
  if (text.includes(value)) return 'passes';
  const isTold = headers['x-sluice-error'] !== undefined || text.includes('_blocked');
  return isTold ? 'kept back' : `lost: ${String(status)} ${text}`;
}
