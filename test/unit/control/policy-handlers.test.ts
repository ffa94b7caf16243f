// What the control plane answers about masking and firewall, over a ledger and rules that say what the test says.
import { expect, it } from 'vitest';
import { policyHandlers } from '../../../main/control/handlers/policy.ts';
import type { ControlNeeds, PolicyNeed, SimulatedRequest } from '../../../main/control/needs.ts';
import type { LedgerQueries } from '../../../main/ledger/ledger.ts';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { policyCalls, type OutcomeEntry } from '../../../shared/contract/policy.ts';
import type { ExchangeEntry, SafetyEntry } from '../../../shared/contract/traffic.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { entry } from '../cli/terminal.ts';

interface Exchange extends Partial<ExchangeEntry> {
  /** What was recorded of its request; `null`: it is there and cannot be opened. */
  readonly body?: string | null;
  readonly safety?: readonly SafetyEntry[];
}

interface World {
  /** The newest first. */
  readonly exchanges: readonly Exchange[];
  /** What rules make of a request: the running ones, or those of the file. */
  readonly judge: (request: SimulatedRequest, isTried: boolean) => Partial<OutcomeEntry>;
  readonly answerRules?: readonly string[];
}

type Backtest = (input?: object) => Promise<CallOutput<'policy.backtest'>>;

const rules = { file: 'other.yaml', text: 'firewall: []' };

function world({ exchanges, judge, answerRules = [] }: World): { backtest: Backtest; examined: SimulatedRequest[] } {
  const examined: SimulatedRequest[] = [];
  const policy: PolicyNeed = {
    mask: () => Promise.reject(new Error('nobody asks for that')),
    async examine(request, given) {
      examined.push(request);
      const outcome = {
        masked: 0,
        masked_kinds: {},
        safety: [],
        refusal: null,
        ...judge(request, given !== undefined),
      };
      return { enabled: true, target: 'demo/echo', body: '', ...outcome };
    },
    rulesWith: async ({ file }) => ({ file }),
    answerRules: () => new Set(answerRules),
  };
  const needs = { ledger: ledgerOf(exchanges), running: { policy } } as unknown as ControlNeeds;
  const handler = policyHandlers(needs)['policy.backtest'];
  if (handler === undefined) throw new Error('nobody answers');
  const { input, output } = policyCalls['policy.backtest'];
  return {
    examined,
    // What is answered is what the contract says.
    backtest: async (given = {}) => output.parse(await handler(input.parse({ rules: null, ...given }))),
  };
}

function ledgerOf(exchanges: readonly Exchange[]): LedgerQueries {
  const entries = exchanges.map(({ body: _body, safety: _safety, ...given }, index) =>
    entry({ request_id: `req-${index}`, ...given }),
  );
  const numberOf = (id: string): number => entries.findIndex(({ request_id }) => request_id === id);
  const queries: Partial<LedgerQueries> = {
    log: async ({ limit, before = '0' }) => {
      const end = Number(before) + limit;
      return { entries: entries.slice(Number(before), end), next: end < entries.length ? String(end) : null };
    },
    bodiesOf: async (id) => {
      const body = exchanges[numberOf(id)]?.body;
      if (body === undefined) return [];
      const bytes = body === null ? undefined : new TextEncoder().encode(body);
      return [
        { part: 'request', at: 0, bytes },
        { part: 'answer', at: 0, bytes: new TextEncoder().encode('{"said":"an answer"}') },
      ];
    },
    byRequestId: async (id) => {
      const found = entries[numberOf(id)];
      return found && { entry: found, raw_usage: null, safety: [...(exchanges[numberOf(id)]?.safety ?? [])] };
    },
  };
  return queries as LedgerQueries;
}

const changes = ({ changed }: CallOutput<'policy.backtest'>): string[][] => changed.map((one) => one.changes);
const firewall = (rule: string, action: SafetyEntry['action']): SafetyEntry => ({
  ...{ source: 'firewall', rule, action, detail: 'a word' },
});

it('a request that the rules of a file treat as the running ones do is not told of', async () => {
  const { backtest } = world({ exchanges: [{ body: '{}' }], judge: () => ({ masked: 1, masked_kinds: { email: 1 } }) });
  expect(await backtest({ rules })).toEqual({ examined: 1, not_recorded: 0, unusable: 0, changed: [], next: null });
});

it('a request of which more, or less, would be replaced is told of by kind', async () => {
  const { backtest } = world({
    exchanges: [{ body: '{}', request_id: 'req-x', client: 'codex', model_asked: 'demo/echo' }],
    judge: (_request, isTried) => ({ masked_kinds: isTried ? { email: 3, iban: 1 } : { email: 1, person: 2 } }),
  });
  expect(await backtest({ rules })).toMatchObject({
    examined: 1,
    changed: [
      {
        ...{ request_id: 'req-x', client: 'codex', model_asked: 'demo/echo', key: 'ide' },
        changes: ['+2 masked: email', '+1 masked: iban', '-2 masked: person'],
        before: { masked_kinds: { email: 1, person: 2 } },
        after: { masked_kinds: { email: 3, iban: 1 } },
      },
    ],
  });
});

it('a request that would be refused is told of with the code and the rule, not with what is not replaced any more', async () => {
  const { backtest } = world({
    exchanges: [{ body: '{}' }],
    judge: (_request, isTried) =>
      isTried
        ? { refusal: { code: 'admit.firewall_blocked', message: 'No.' }, safety: [firewall('codename', 'block')] }
        : { masked_kinds: { email: 1 }, safety: [firewall('codename', 'warn')] },
  });
  expect(changes(await backtest({ rules }))).toEqual([['refused: admit.firewall_blocked', 'codename: block']]);
});

it('a request that would be refused no longer is told of, and a rule that says nothing any more', async () => {
  const { backtest } = world({
    exchanges: [{ body: '{}' }],
    judge: (_request, isTried) =>
      isTried
        ? { masked_kinds: { email: 1 } }
        : { refusal: { code: 'admit.firewall_blocked', message: 'No.' }, safety: [firewall('codename', 'block')] },
  });
  expect(changes(await backtest({ rules }))).toEqual([
    ['no longer refused: admit.firewall_blocked', 'codename: silent'],
  ]);
});

it('the running rules are held against what was recorded: counts, refusals, and what each rule said of the request', async () => {
  const { backtest } = world({
    exchanges: [
      { body: '{"n":0}', masked: 1, masked_kinds: { email: 1 } },
      { body: '{"n":1}', masked: 0, masked_kinds: null },
      { body: '{"n":2}', attempts: [], status: 403, error: 'admit.firewall_blocked', safety: [firewall('a', 'block')] },
      { body: '{"n":3}', safety: [firewall('a', 'warn'), firewall('b', 'log')] },
      { body: '{"n":4}', attempts: [], status: 403, error: 'admit.masking_blocked' },
    ],
    judge: ({ body }) => {
      switch (textOf(body)) {
        case '{"n":0}':
          return { masked_kinds: { email: 1 } };
        case '{"n":1}':
          return { masked_kinds: { email: 1 } };
        case '{"n":3}':
          return { safety: [firewall('a', 'warn'), firewall('b', 'log')] };
        default:
          return {};
      }
    },
  });
  const found = await backtest();
  expect(found).toMatchObject({ examined: 5, unusable: 0 });
  expect(found.changed.map(({ request_id, changes: told }) => [request_id, told])).toEqual([
    ['req-1', ['+1 masked: email']],
    ['req-2', ['no longer refused: admit.firewall_blocked', 'a: silent']],
    ['req-4', ['no longer refused: admit.masking_blocked']],
  ]);
});

it('what a rule said of an answer is no change of what it says of the request', async () => {
  const safety = [
    firewall('leak', 'warn'),
    { source: 'answer' as const, rule: 'secrets', action: 'warn' as const, detail: '1' },
  ];
  const silent = world({ exchanges: [{ body: '{}', safety }], judge: () => ({}), answerRules: ['leak'] });
  expect(changes(await silent.backtest())).toEqual([]);
  const speaking = world({
    exchanges: [{ body: '{}', safety }],
    judge: () => ({ safety: [firewall('leak', 'warn')] }),
    answerRules: ['leak'],
  });
  expect(changes(await speaking.backtest())).toEqual([]);
});

it('placeholders in what was recorded as it left count for what they stand for', async () => {
  const body = '{"text":"PERSON7kq2mb wrote to EMAIL4k7q2m and EMAIL4k7q2m"}';
  const recorded = { masked: 3, masked_kinds: { email: 2, person: 1 }, safety: [firewall('cards', 'warn')] };
  const same = world({ exchanges: [{ body, ...recorded }], judge: () => ({}) });
  expect(changes(await same.backtest())).toEqual([]);
  const more = world({ exchanges: [{ body, ...recorded }], judge: () => ({ masked_kinds: { terms: 1 } }) });
  expect(changes(await more.backtest())).toEqual([['+1 masked: terms']]);
  const less = world({
    exchanges: [{ body: '{"text":"Anna wrote to a@b.io"}', ...recorded }],
    judge: () => ({ masked_kinds: { email: 2 } }),
  });
  expect(changes(await less.backtest())).toEqual([['-1 masked: person', 'cards: silent']]);
});

it('secrets that the recorder took out count for what became of them', async () => {
  const body = '{"text":"the key is ***"}';
  const masked = world({ exchanges: [{ body, masked: 1, masked_kinds: { secrets: 1 } }], judge: () => ({}) });
  expect(changes(await masked.backtest())).toEqual([]);
  const refused = {
    ...{ attempts: [], status: 403, error: 'admit.masking_blocked' },
    safety: [{ source: 'masking' as const, rule: 'secrets', action: 'block' as const, detail: '1 × token' }],
  };
  const blocked = world({ exchanges: [{ body, ...refused }], judge: () => ({}) });
  expect(changes(await blocked.backtest())).toEqual([]);
  const whole = world({ exchanges: [{ body: '{"text":"the key is here"}', ...refused }], judge: () => ({}) });
  expect(changes(await whole.backtest())).toEqual([['no longer refused: admit.masking_blocked']]);
});

it('what is not recorded, and what cannot be opened or tried, is counted apart', async () => {
  const { backtest, examined } = world({
    exchanges: [
      {},
      { body: null },
      { body: '{', model_asked: 'broken' },
      { body: '{}', model_asked: 'gone' },
      { body: '{}', surface: 'ollama_chat' },
      { body: '{}', surface: 'gemini_generate', model_asked: null },
      { body: '{}' },
    ],
    judge: ({ body, key }) => {
      expect(key).toBe('ide');
      if (textOf(body) === '{') throw new GatewayError('read.invalid_json', 'No JSON.');
      if (examined.length === 2) throw new GatewayError('route.no_target', 'Nobody has it.');
      return {};
    },
  });
  expect(await backtest({ rules })).toMatchObject({ examined: 1, not_recorded: 1, unusable: 5, changed: [] });
});

it('what never came as far as the rules is held against nothing', async () => {
  const exchanges: readonly Exchange[] = [
    { body: '{}', attempts: [], status: 429, error: 'admit.budget_exhausted' },
    { body: '{}', attempts: [], cache: { hit: true, saved_usd: '0.1' } },
    { body: '{}', attempts: [], outcome: 'open', status: null },
  ];
  const { backtest } = world({ exchanges, judge: () => ({ masked_kinds: { email: 1 } }) });
  expect(await backtest()).toMatchObject({ examined: 0, unusable: 3, changed: [] });
  // Other rules can be tried with them all the same.
  expect(await backtest({ rules })).toMatchObject({ examined: 3, unusable: 0, changed: [] });
});

it('a bug is no request that cannot be tried', async () => {
  const { backtest } = world({
    exchanges: [{ body: '{}' }],
    judge: () => {
      throw new TypeError('a bug');
    },
  });
  await expect(backtest({ rules })).rejects.toThrow('a bug');
});

it.each([
  ['chat', 'demo/echo', '/v1/chat/completions'],
  ['messages', 'demo/echo', '/v1/messages'],
  ['messages_count_tokens', 'demo/echo', '/v1/messages/count_tokens'],
  ['responses_compact', 'demo/echo', '/v1/responses'],
  ['gemini_generate', 'gemini/flash-x', '/v1beta/models/gemini/flash-x:generateContent'],
  ['gemini_stream', 'models/flash x', '/v1beta/models/flash%20x:generateContent'],
])('a request of %s for %s goes by %s, byte for byte', async (surface, model_asked, path) => {
  const body = '{"a": 1.0, "b":"\\u0061"}';
  const { backtest, examined } = world({ exchanges: [{ body, surface, model_asked }], judge: () => ({}) });
  await backtest();
  expect(examined).toMatchObject([{ method: 'POST', path, key: 'ide', client: 'claude-code' }]);
  expect(textOf(examined[0]?.body)).toBe(body);
});

it('a page looks at so many, and the next goes on behind it', async () => {
  const exchanges = Array.from({ length: 5 }, () => ({ body: '{}' }));
  const { backtest } = world({
    exchanges,
    judge: (_request, isTried) => ({ masked_kinds: isTried ? { url: 1 } : {} }),
  });
  const first = await backtest({ rules, limit: 2 });
  expect([first.changed.map(({ request_id }) => request_id), first.next]).toEqual([['req-0', 'req-1'], '2']);
  const second = await backtest({ rules, limit: 100, before: '2' });
  expect(second.changed.map(({ request_id }) => request_id)).toEqual(['req-2', 'req-3', 'req-4']);
  expect(second.next).toBeNull();
});

it('long requests make a short page', async () => {
  const body = `{"text":"${'x'.repeat(5 * 1024 * 1024)}"}`;
  const { backtest } = world({ exchanges: [{ body }, { body }, { body }, {}], judge: () => ({}) });
  expect(await backtest({ rules })).toMatchObject({ examined: 2, next: '2' });
  expect(await backtest({ rules, before: '2' })).toMatchObject({ examined: 1, not_recorded: 1, next: null });
});

function textOf(body: unknown): string {
  if (!(body instanceof Uint8Array)) throw new Error('The body is not what was recorded.');
  return new TextDecoder().decode(body);
}
