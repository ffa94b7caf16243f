// Rules that ask for a reason and rules that take something out, over real sockets.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { clients, expectRefusal, question } from './refusals.ts';
import { send, startTestGateway, type TestGateway } from './support.ts';

let fake: Fake;
let gateway: TestGateway;

beforeAll(async () => {
  fake = await startFake({ dialect: 'openai' });
  gateway = await startTestGateway(`
providers:
  - { id: o, kind: openai-compatible, base_url: "${fake.url}/v1", keys: [{ value: sk-o }], local: true, retry: { attempts: 1 } }
firewall:
  - { id: codename, pattern: falcon, action: require_justification, message: Ask first. }
  - { id: budget-line, pattern: "ZZ-[0-9]+", action: strip }
`);
});

afterEach(() => {
  fake.requests.splice(0);
});

afterAll(async () => {
  await gateway.stop();
  await fake.close();
});

describe.each(clients)('a request of %s that needs a reason', (client) => {
  it('is refused, passes once when somebody gave one, and is refused again', async () => {
    const { releases } = gateway.gateway;
    const asked = question(client, 'o/gpt-4o', `falcon of ${client}`);
    const first = await send(gateway, asked);
    expectRefusal(first, client, {
      code: 'admit.justification_required',
      says: [/^Ask first\. /, '"codename"', 'Open Sluice', 'give a reason', 'send it again'],
    });
    expect(await gateway.closed()).toMatchObject({
      ...{ status: 403, rule: 'codename', attempts: [] },
      safety: [{ rule: 'codename', action: 'require_justification' }],
    });
    const [waiting] = releases.list();
    expect(waiting).toMatchObject({ key: 'test', model: 'o/gpt-4o', rule: 'codename', released: false });
    releases.release(waiting?.id ?? '', 'agreed with legal');
    expect((await send(gateway, question(client, 'o/gpt-4o', 'another falcon'))).status).toBe(403);
    await gateway.closed();
    const second = await send(gateway, asked);
    expect([second.status, second.headers['x-sluice-warnings'], fake.requests.length]).toEqual([200, 'codename', 1]);
    expect((await gateway.closed()).safety).toMatchObject([
      { rule: 'codename', action: 'warn', detail: expect.stringContaining('"agreed with legal"') as string },
    ]);
    expect((await send(gateway, asked)).status).toBe(403);
    await gateway.closed();
  });
});

describe('what a rule takes out', () => {
  it('does not leave, is told, and the answer comes as ever', async () => {
    const answer = await send(gateway, question('chat', 'o/gpt-4o', 'sum up ZZ-4711 for me'));
    expect(answer.status).toBe(200);
    expect(fake.requests[0]?.body.toString()).toContain('sum up [removed] for me');
    expect((await gateway.closed()).safety).toMatchObject([{ rule: 'budget-line', action: 'strip' }]);
  });

  it('is taken out of a form as well, and out of what is translated', async () => {
    const part = (name: string, text: string): string =>
      `--mark\r\nContent-Disposition: form-data; name="${name}"${name === 'file' ? '; filename="a.wav"' : ''}\r\n\r\n${text}\r\n`;
    const raw = `${part('model', 'o/whisper-1')}${part('file', 'RIFFdata')}${part('prompt', 'draw ZZ-12 big')}--mark--\r\n`;
    await send(gateway, {
      ...{ path: '/v1/audio/transcriptions', raw },
      headers: { 'content-type': 'multipart/form-data; boundary=mark' },
    });
    expect(fake.requests[0]?.body.toString()).toContain('draw [removed] big');
    await gateway.closed();
    await send(gateway, question('messages', 'o/gpt-4o', 'tell ZZ-99 all'));
    expect(fake.requests[1]?.body.toString()).toContain('tell [removed] all');
    await gateway.closed();
  });
});
