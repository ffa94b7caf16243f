// One simulated provider with a price, behind a gateway with budgets; and what its answers have really cost.
import { startFake, type Fake, type FakeOptions } from '../../fakes/fake.ts';
import { startTestGateway, type TestGateway } from './support.ts';

export type Kind = 'chat' | 'responses' | 'anthropic' | 'gemini' | 'bedrock';

/** A provider of each wire format. */
export const kinds: Readonly<Record<Kind, { readonly fake: FakeOptions; readonly yaml: (url: string) => string }>> = {
  chat: { fake: { dialect: 'openai' }, yaml: (url) => `kind: openai-compatible, base_url: "${url}/v1"` },
  responses: {
    fake: { dialect: 'openai' },
    yaml: (url) => `kind: openai, base_url: "${url}/v1", dialects: [openai-responses]`,
  },
  anthropic: { fake: { dialect: 'anthropic' }, yaml: (url) => `kind: anthropic, base_url: "${url}"` },
  gemini: { fake: { dialect: 'gemini' }, yaml: (url) => `kind: gemini, base_url: "${url}"` },
  bedrock: {
    fake: { dialect: 'bedrock', key: 'sk-of-up' },
    yaml: (url) => `kind: bedrock, region: us-east-1, base_url: "${url}"`,
  },
};

/** Pico-dollars a token of `up/some`: 3 and 15 dollars a million. */
export const rates = { input: 3_000_000n, output: 15_000_000n };
export const pricing = 'pricing: { input: "3", output: "15" }';

export function costOfTokens(input: number, output: number): bigint {
  return BigInt(input) * rates.input + BigInt(output) * rates.output;
}

export interface MoneySetup {
  readonly kind?: Kind;
  /** More of the provider. */
  readonly provider?: string;
  /** More of the file: budgets, limits, routes, keys. */
  readonly more?: string;
  readonly ports?: Parameters<typeof startTestGateway>[1];
}

export interface Money {
  readonly fake: Fake;
  readonly gateway: TestGateway;
  /** The file with other things in `more`. */
  readonly yaml: (more: string) => string;
  /** Of the first budget. */
  readonly spent: () => bigint;
  readonly reserved: () => bigint;
  close(): Promise<void>;
}

/** `up/some` costs 3 and 15 dollars a million tokens, `up/free` nothing. */
export async function startMoney({ kind = 'chat', provider = '', more = '', ports }: MoneySetup = {}): Promise<Money> {
  const { fake: options, yaml: address } = kinds[kind];
  const fake = await startFake(options);
  const free = 'pricing: { input: "0", output: "0" }';
  const models = `[{ id: some, max_output_tokens: 4000, ${pricing} }, { id: free, ${free} }]`;
  const rest = `local: true, keys: [{ name: main, value: sk-of-up }], models: ${models}, ${provider || 'retry: { attempts: 1 }'}`;
  const yaml = (added: string): string => `
providers:
  - { id: up, ${address(fake.url)}, ${rest} }
${added}
`;
  const gateway = await startTestGateway(yaml(more), ports);
  const first = (): { readonly spent: bigint; readonly reserved: bigint } => {
    const [standing] = gateway.gateway.budgets.standings();
    if (standing === undefined) throw new Error('There is no budget.');
    return standing;
  };
  return {
    ...{ fake, gateway, yaml },
    spent: () => first().spent,
    reserved: () => first().reserved,
    async close() {
      await gateway.stop();
      await fake.close();
    },
  };
}
