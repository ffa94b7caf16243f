// One conversation that moves between providers: what one of them signed goes back to it alone.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { send, startTestGateway, type TestGateway } from '../component/gateway/support.ts';
import { startFake, type Fake } from '../fakes/fake.ts';
import { address, clients } from './clients/clients.ts';
import { clientNames, listOf, type Body } from './conversation.ts';

const conversation = {
  turns: [{ user: [{ text: 'think, then call get_weather {"city":"X"}' }] }],
  tools: [{ name: 'get_weather', schema: { type: 'object', properties: { city: { type: 'string' } } } }],
  reasoning: true,
  maxTokens: 4000,
};

let fakes: { readonly claude: Fake; readonly google: Fake; readonly openai: Fake };
let gateway: TestGateway;

beforeEach(async () => {
  fakes = {
    claude: await startFake({ dialect: 'anthropic' }),
    google: await startFake({ dialect: 'gemini' }),
    openai: await startFake({ dialect: 'openai' }),
  };
  gateway = await startTestGateway(`providers:
  - { id: claude, kind: anthropic, base_url: "${fakes.claude.url}", keys: [{ value: k }], retry: { attempts: 1 } }
  - { id: google, kind: gemini, base_url: "${fakes.google.url}", keys: [{ value: k }], retry: { attempts: 1 } }
  - { id: openai, kind: openai, base_url: "${fakes.openai.url}/v1", dialects: [openai-responses], keys: [{ value: k }], retry: { attempts: 1 } }
`);
});
afterEach(async () => {
  await gateway.stop();
  for (const fake of Object.values(fakes)) await fake.close();
});

const stations = [
  { model: 'claude/claude-sonnet-4-5', fake: () => fakes.claude },
  { model: 'google/gemini-3.8-flash', fake: () => fakes.google },
  { model: 'openai/gpt-5.2', fake: () => fakes.openai },
] as const;

/** Every signature in a request, wherever its dialect keeps them. */
function signatures(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(signatures);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) =>
    /^(?:signature|encrypted_content|thoughtSignature)$/.test(name) && typeof one === 'string'
      ? [one]
      : signatures(one),
  );
}

describe.each(clientNames)('%s', (client) => {
  const list = { chat: 'messages', responses: 'input', anthropic: 'messages', gemini: 'contents' }[client];
  const say = (text: string): Body[] => listOf(clients[client].write({ turns: [{ user: [{ text }] }] })[list]);

  it('takes its reasoning from one provider to the next and back', async () => {
    let body = clients[client].write(conversation);
    const turn = async (model: string): Promise<void> => {
      const answer = await send(gateway, address(client, body, model, false));
      expect(answer.status === 200 ? '' : `${model}: ${answer.text}`).toBe('');
      body = clients[client].goOn(body, answer.json(), 'sunny');
    };
    // Each of them calls the tool and signs what it thought, then answers the result.
    for (const { model } of stations) {
      await turn(model);
      await turn(model);
      body = { ...body, [list]: [...listOf(body[list]), ...say('think, then call get_weather {"city":"Y"}')] };
    }
    for (const { model, fake } of stations) {
      await turn(model);
      // The strict provider refuses what it has not minted itself.
      expect(fake().requests.map((request) => request.refusal)).toEqual(fake().requests.map(() => undefined));
      const own = signatures(fake().requests.at(-1)?.json).filter((one) => one !== 'skip_thought_signature_validator');
      expect(own.length).toBeGreaterThan(0);
    }
  });
});
