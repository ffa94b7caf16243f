import { describe, expect, it } from 'vitest';
import {
  appRulesOf,
  clientHintsOf,
  conflictsOf,
  createTeamLayer,
  explainPointer,
  templatesOf,
} from '../../../main/bundles/merge/merge.ts';
import { modesAt } from '../../../main/gateway/policies/masking/kind-modes.ts';
import type { Price } from '../../../shared/domain/price.ts';
import { selfSigned } from '../../fakes/certificate.ts';
import { apply, bundleOf, entryAt, run, setOf, type Saying } from './merge-support.ts';

const term = { more: { expires_at: '2027-02-18T00:00:00Z' } };
const core = (enforced: unknown, rest: Saying = {}): Saying => ({ ...term, enforced, ...rest });
const team = (enforced: unknown, rest: Saying = {}): Saying =>
  core(enforced, { id: 'acme-team', version: 3, layer: 'team', ...rest });
const suggesting = (defaults: unknown, rest: Saying = {}): Saying => ({
  id: 'acme-team',
  version: 3,
  layer: 'team',
  defaults,
  ...rest,
});
const own = (sections: object = {}): string =>
  JSON.stringify({
    version: 1,
    providers: [
      { id: 'anthropic', kind: 'anthropic', keys: [{ value: 'env:ANTHROPIC_API_KEY' }] },
      { id: 'openai', kind: 'openai', models: [{ id: 'gpt-5', pricing: { input: '9', output: '9' } }] },
    ],
    ...sections,
  });

describe('rules of access', () => {
  it('name the bundle, the line, the reason and whom to ask, one for each list', () => {
    const notes = new Map([['/enforced/models/deny', { reason: 'No previews', ref: 'ACME-12' }]]);
    const { policy } = apply(own(), core({ models: { deny: ['*/*-preview*'], allow: ['openai/*'] } }, { notes }));
    expect(policy.access).toMatchObject([
      {
        rule: 'acme-core@12:/models/deny',
        deniedModels: ['*/*-preview*'],
        allowedModels: ['*'],
        reason: 'No previews',
        contact: '#llm-platform',
      },
      { rule: 'acme-core@12:/models/allow', deniedModels: [], allowedModels: ['openai/*'] },
    ]);
    expect(policy.access[0]?.origin).toBe('team bundle acme-core@12, line 21');
    expect(policy.bundles).toEqual(['acme-core@12']);
  });

  it('take the least of maxima, with the bundle that sets it', () => {
    const { policy } = apply(
      own(),
      team({ models: { max_output_tokens: 100 } }),
      core({ models: { max_output_tokens: 500, max_context_tokens: 9 } }),
    );
    expect(policy.maxOutput).toMatchObject({ tokens: 100, rule: 'acme-team@3:/models/max_output_tokens' });
    expect(policy.maxContext).toMatchObject({ tokens: 9, rule: 'acme-core@12:/models/max_context_tokens' });
  });

  it('count what a bundle in mode audit would refuse apart', () => {
    const { policy, config, auditRules } = apply(
      own(),
      core(
        {
          models: { deny: ['openai/*'] },
          tools: { deny: ['rm*'] },
          firewall: [{ id: 'falcon', pattern: 'falcon', action: 'block' }],
          budgets: [{ id: 'day', scope: 'user', limit_usd: '1', period: 'day' }],
          rate_limits: [{ id: 'all', scope: 'global', rpm: 1 }],
          masking: { detectors: [{ id: 'iban', mode: 'block' }] },
          routes_default: 'deny',
        },
        { mode: 'audit' },
      ),
    );
    expect(policy).toMatchObject({ access: [], tools: [], routesOnly: undefined, holdsThroughPause: [] });
    expect(policy.audit).toMatchObject({ access: [{ deniedModels: ['openai/*'] }], tools: [{ deny: ['rm*'] }] });
    expect(config.firewall).toMatchObject([{ id: 'falcon', action: 'log' }]);
    expect([...(auditRules ?? [])]).toEqual(['falcon']);
    expect(config.budgets).toMatchObject([{ id: 'day', action: 'alert' }]);
    expect(config.rate_limits).toEqual([]);
    expect(config.masking).toMatchObject({
      enabled: true,
      detectors: [
        { id: 'iban', mode: 'warn' },
        { id: 'bank_account', mode: 'warn' },
      ],
    });
  });

  it('allow nothing once a bundle expired that says so, and its own list where it says that', () => {
    const blocked = apply(own(), core({}, { expired: 'block' })).policy;
    expect(blocked.access.map(({ rule, allowedModels }) => [rule, allowedModels])).toContainEqual([
      'acme-core@12:/offline/on_expiry',
      [],
    ]);
    const more = { ...term.more, offline: { restrict_to: { models: { allow: ['ollama/*'] } } } };
    const restricted = apply(own(), core({}, { expired: 'restrict', more })).policy;
    expect(restricted.access).toMatchObject([
      { rule: 'acme-core@12:/models/allow', allowedModels: ['ollama/*'], reason: 'This bundle expired' },
    ]);
  });

  it('leave out what nobody confirmed, and what waits for consent as it was before', () => {
    expect(apply(own(), core({ models: { deny: ['openai/*'] } }, { defaultsOnly: true })).policy.access).toEqual([]);
    const define = {
      eu: { kind: 'openai-compatible', base_url: 'https://new.example/v1' },
      us: { kind: 'openai-compatible', base_url: 'https://us.example/v1' },
    };
    const held = new Map<string, unknown>([
      ['/enforced/providers/define/eu/base_url', 'https://old.example/v1'],
      ['/enforced/providers/define/us', undefined],
    ]);
    const { config } = apply(own(), core({ providers: { define } }, { held }));
    expect(config.providers.map(({ id, base_url }) => [id, base_url])).toEqual([
      ['anthropic', undefined],
      ['openai', undefined],
      ['eu', 'https://old.example/v1'],
    ]);
  });

  it('fill what nobody wrote with what is suggested, the nearest first', () => {
    const { config, suggested } = apply(
      own({ models: { deny: ['x/*'] } }),
      core(undefined, { defaults: { models: { allow: ['anthropic/*'], max_output_tokens: 9 } }, more: {} }),
      suggesting({ models: { allow: ['openai/*'], deny: ['y/*'] } }),
    );
    expect(config.models).toMatchObject({ allow: ['openai/*'], deny: ['x/*'], max_output_tokens: 9 });
    expect(suggested.get('/models/allow')).toMatchObject({ mode: 'default', bundle: 'acme-team@3' });
  });
});

describe('providers', () => {
  const certificate = selfSigned('acme-eu.openai.azure.com').cert;
  const azure = {
    kind: 'azure-openai',
    base_url: 'https://acme-eu.openai.azure.com',
    region: 'eu',
    auth: { slot: 'main' },
    tls_ca: certificate,
    data_policy: { training: false },
  };

  it('of a bundle have the key of their slot and nobody else’s', async () => {
    const define = { 'azure-eu': azure, openai: { kind: 'openai', base_url: 'https://proxy.example/v1' } };
    const set = setOf(
      own({
        providers: [
          { id: 'mine', kind: 'openai' },
          { id: 'openai', kind: 'openai', keys: [{ value: 'env:MINE' }] },
        ],
      }),
      [bundleOf(core({ providers: { define } }))],
    );
    const { snapshot, problems } = await run(set, {
      OPENAI_API_KEY: ['sk', 'theirs'].join('-'),
      MINE: ['sk', 'mine'].join('-'),
    });
    expect(problems).toEqual([]);
    expect(set.applied.config.providers.find(({ id }) => id === 'azure-eu')).toMatchObject({
      keys: [{ value: 'secret:acme-core.main' }],
      tls_ca: certificate,
    });
    expect(snapshot?.providers.get('mine')?.credentials[0]?.secret.kind).toBe('key');
    expect(snapshot?.providers.get('openai')?.credentials[0]?.secret.kind).toBe('missing');
    expect(set.applied.dataPolicies.get('azure-eu')).toEqual({
      training: false,
      retentionDays: undefined,
      region: 'eu',
    });
    expect(set.applied.config.providers.map(({ id }) => id)).toEqual(['mine', 'openai', 'azure-eu']);
  });

  it('of the higher layer win, and a suggested one gives way to the user', () => {
    const at = (base_url: string): object => ({ kind: 'openai-compatible', base_url });
    const { config, provenance, dataPolicies } = apply(
      own(),
      team(
        { providers: { define: { eu: at('https://team.example/v1') } } },
        { defaults: { providers: { define: { openai: at('https://no.example/v1') } } } },
      ),
      core({ providers: { define: { eu: at('https://core.example/v1') } } }),
    );
    expect(config.providers.find(({ id }) => id === 'eu')?.base_url).toBe('https://core.example/v1');
    expect(config.providers.find(({ id }) => id === 'openai')?.kind).toBe('openai');
    expect(dataPolicies.has('openai')).toBe(false);
    expect(provenance.find(({ pointer }) => pointer === '/providers/define/eu')?.others).toEqual(['acme-team@3']);
  });

  it('are told of without their keys', () => {
    const secret = ['sk', 'a-literal-secret-of-the-file'].join('-');
    const text = own({
      providers: [{ id: 'eu', kind: 'openai', keys: [{ value: secret }], headers: { 'x-team': secret } }],
    });
    const { provenance } = apply(text, core({ providers: { define: { eu: azure } } }));
    expect(JSON.stringify(provenance)).not.toContain(secret);
  });
});

describe('routes', () => {
  const routes = (alias: string, ...targets: string[]): object[] => [{ id: alias.replace('-*', ''), alias, targets }];

  it('come in the order of layers, each with an id of its own', () => {
    const { config, policy } = apply(
      own({ routes: [{ id: 'cheap', alias: 'mine', targets: ['demo/echo'] }] }),
      suggesting({ routes: routes('smart', 'demo/echo') }),
      core(
        { routes: routes('cheap', 'openai/gpt-5'), models: { aliases: { quick: 'demo/echo' } } },
        { defaults: { routes: routes('late', 'demo/echo') } },
      ),
    );
    expect(config.routes.map(({ id }) => id)).toEqual(['cheap', 'quick', 'cheap-yours', 'smart', 'late']);
    expect(policy.enforcedRoutes).toEqual(['cheap', 'quick']);
  });

  it('of the user are not reached behind an enforced one of that alias, and that is told', () => {
    const { config, provenance, locked } = apply(
      own({ routes: routes('cheap', 'openai/gpt-5') }),
      core({ routes: routes('cheap', 'demo/echo') }),
    );
    expect(config.routes).toMatchObject([{ targets: ['demo/echo'] }]);
    expect(entryAt({ provenance } as never, '/routes/cheap')).toMatchObject({
      mode: 'enforced',
      yours: { targets: ['openai/gpt-5'] },
    });
    expect([...locked.keys()]).toContain('/routes/0');
  });

  it('that lead nowhere are left out, and give their alias to nobody else where they are enforced', async () => {
    const set = setOf(
      own({
        routes: routes('cheap', 'openai/gpt-5'),
        budgets: [{ id: 'b', scope: 'global', limit_usd: '1', period: 'day', action: 'downgrade:tiny' }],
      }).replace('downgrade:tiny', 'downgrade:cheap'),
      [bundleOf(core({ routes: routes('cheap', 'nowhere/model') }))],
    );
    expect(set.applied.config.routes).toEqual([]);
    expect(entryAt(set.applied, '/routes/cheap').value).toMatchObject({ targets: [] });
    expect((await run(set)).problems).toEqual([]);
  });

  it('lead round in no circle, where each file alone has none', async () => {
    const set = setOf(own({ routes: routes('cheap', 'fast') }), [
      bundleOf(suggesting({ routes: routes('fast', 'cheap', 'demo/echo') })),
    ]);
    expect((await run(set)).problems).toEqual([]);
    expect(set.applied.config.routes.map(({ targets }) => targets)).toEqual([['fast'], ['demo/echo']]);
  });

  it('alone answer where all else is denied, and what was chosen for every conversation does not', () => {
    const denied = apply(
      own({ use_model: 'openai/gpt-5' }),
      core({ routes: routes('cheap', 'demo/echo'), routes_default: 'deny' }),
    );
    expect(denied.policy.routesOnly).toMatchObject({ routes: ['cheap'], rule: 'acme-core@12:/routes_default' });
    expect(denied.config.use_model).toBeUndefined();
    expect(entryAt(denied, '/routes_default').yours).toEqual({ use_model: 'openai/gpt-5' });
    expect([...denied.locked.keys()]).toContain('/use_model');
    expect(
      apply(own({ use_model: 'cheap' }), core({ routes: routes('cheap', 'demo/echo'), routes_default: 'deny' })).config
        .use_model,
    ).toBe('cheap');
  });

  it('of a further bundle open nothing that one has closed', () => {
    const closed = core({ routes: routes('safe-*', 'demo/echo'), routes_default: 'deny' });
    const { policy } = apply(
      own(),
      closed,
      team({ routes: [...routes('safe-team', 'demo/slow'), ...routes('open', 'demo/echo')] }),
    );
    expect(policy.routesOnly?.routes).toEqual(['safe']);
  });

  it('that are left out leave their ids to nobody who may answer then', () => {
    const closed = core({ routes: [{ id: 'safe', alias: 'x', targets: ['nowhere/m'] }], routes_default: 'deny' });
    const { policy, config } = apply(own({ routes: [{ alias: 'safe', targets: ['openai/gpt-5'] }] }), closed);
    expect(config.routes).toMatchObject([{ alias: 'safe' }]);
    expect(policy.routesOnly?.routes).toEqual([]);
  });

  it('leave out a target whose pattern fits no model, with a word about it', async () => {
    const set = setOf(own(), [bundleOf(core({ routes: routes('cheap', 'openai/none-of-these-*', 'demo/echo') }))]);
    const { problems, warnings, snapshot } = await run(set);
    expect(problems).toEqual([]);
    expect(warnings.join('\n')).toContain(
      'team bundle acme-core@12:28:1: no known model of provider "openai" fits "none-of-these-*", so this target is left out',
    );
    expect(snapshot?.routes[0]?.targets).toMatchObject([{ providerId: 'demo' }]);
  });
});

describe('limits', () => {
  const budget = (rest: object = {}): object => ({ id: 'day', scope: 'user', limit_usd: '25', period: 'day', ...rest });

  it('of the same are the lowest and strictest', () => {
    const { config, provenance } = apply(
      own(),
      core({ budgets: [budget({ action: 'reject', alert_at: [0.5] })] }),
      team({ budgets: [budget({ limit_usd: '5', action: 'alert', alert_at: [0.8] })] }),
    );
    expect(config.budgets).toEqual([{ ...budget(), limit_usd: '5', action: 'reject', alert_at: [0.5, 0.8] }]);
    expect(provenance.find(({ pointer }) => pointer === '/budgets/day')).toMatchObject({
      bundle: 'acme-team@3',
      others: ['acme-core@12'],
    });
  });

  it('that are enforced are raised by nobody here, but where they are to ask or only watch', () => {
    const { enforcedBudgets } = apply(
      own({ budgets: [budget({ id: 'mine' })] }),
      core(
        { budgets: [budget(), budget({ id: 'asks', action: 'ask' })] },
        { defaults: { budgets: [budget({ id: 'd' })] } },
      ),
      team({ budgets: [budget({ id: 'watched' })] }, { mode: 'audit' }),
    );
    expect([...(enforcedBudgets ?? [])]).toMatchObject([['day', { rule: 'acme-core@12:/budgets/day' }]]);
  });

  it('of different things stand beside each other, the user’s under a name of their own', () => {
    const { config } = apply(
      own({ budgets: [budget({ limit_usd: '1000', action: 'alert' })] }),
      core({ budgets: [budget()] }, { defaults: { budgets: [budget({ limit_usd: '1' })] } }),
      team({ budgets: [budget({ period: 'week' })] }),
    );
    expect(config.budgets.map(({ id, limit_usd, period }) => [id, limit_usd, period])).toEqual([
      ['day', '25', 'day'],
      ['day-acme-team', '25', 'week'],
      ['day-yours', '1000', 'day'],
    ]);
  });

  it('refuse where a cheaper alias is not there', () => {
    const { config } = apply(
      own({ teams: [{ id: 'core' }] }),
      core({ budgets: [budget({ action: 'downgrade:tiny' })] }),
    );
    expect(config.budgets[0]?.action).toBe('reject');
  });

  it('of rates are the least of each', () => {
    const rate = (rest: object): object => ({ id: 'all', scope: 'global', ...rest });
    const { config } = apply(
      own({ rate_limits: [rate({ rpm: 1_000 })] }),
      core({ rate_limits: [rate({ rpm: 60, tpm: 100 })] }),
      team({ rate_limits: [rate({ rpm: 30, burst: 2 })] }),
    );
    expect(config.rate_limits).toMatchObject([
      { id: 'all', rpm: 30, tpm: 100, burst: 2 },
      { id: 'all-yours', rpm: 1_000 },
    ]);
  });
});

function raise(): never {
  throw new Error('nothing is masked');
}

describe('masking', () => {
  it('that is enforced is on whatever the user says, and is locked', () => {
    const applied = apply(
      own({ masking: { enabled: false, detectors: ['email'], terms: ['Kite'] } }),
      core({ masking: { detectors: ['iban'], terms: ['Falcon'] } }),
    );
    expect(applied.config.masking).toMatchObject({ enabled: true, terms: ['Falcon'] });
    expect(applied.config.masking.detectors.map((one) => (typeof one === 'string' ? one : one.id))).toEqual([
      'iban',
      'bank_account',
      'terms',
    ]);
    expect(entryAt(applied, '/masking/enabled')).toMatchObject({ mode: 'enforced', value: true, yours: false });
    expect(applied.locked.get('/masking/enabled')?.bundle).toBe('acme-core@12');
    expect(entryAt(applied, '/masking/terms').value).toEqual({ count: 1 });
    expect(applied.policy.holdsThroughPause).toMatchObject([{ rule: 'acme-core@12:/masking' }]);
  });

  it('says of a kind that a bundle did not name which one stands for it', () => {
    const iban = { masking: { detectors: ['iban'] } };
    const at = '/masking/detectors/bank_account';
    const why = { reason: 'iban stands for bank_account too', origin: 'team bundle acme-core@12, line 29' };
    const notes = new Map([['/enforced/masking', { reason: 'Audit of 2026', ref: undefined }]]);
    expect(entryAt(apply(own(), core(iban)), at)).toMatchObject({ mode: 'enforced', ...why });
    expect(entryAt(apply(own(), core(iban, { notes })), at).reason).toBe(`Audit of 2026 (${why.reason})`);
    expect(entryAt(apply(own(), core(iban)), '/masking/detectors/iban').reason).toBeNull();
    expect(entryAt(apply(own(), suggesting(iban)), at)).toMatchObject({ mode: 'default', reason: why.reason });
    const named = { masking: { detectors: ['iban', 'bank_account'] } };
    expect(entryAt(apply(own(), core(named)), at).reason).toBeNull();
    const usual = apply(own(), core({ masking: { enabled: true } }));
    expect(entryAt(usual, '/masking/detectors/secrets').reason).toBe('masking that names no kind means the usual ones');
  });

  it('is not exempted from by excludes, values and overrides that its bundles do not know', () => {
    const { config } = apply(
      own({
        masking: {
          enabled: true,
          detectors: ['email', { id: 'iban', mode: 'off' }],
          exclude: { providers: ['openai', 'anthropic'] },
          allow: ['support@acme.example'],
          overrides: [{ providers: ['openai'], mode: 'off' }],
          on_failure: 'warn',
        },
      }),
      core({ masking: { detectors: [{ id: 'iban', mode: 'block' }], exclude: { providers: ['anth*'] } } }),
    );
    expect(config.masking).toMatchObject({ exclude: { providers: ['anthropic'] }, allow: [], on_failure: 'block' });
    expect(config.masking.overrides.map(({ mode, detectors }) => [mode, detectors])).toEqual([
      ['off', ['email']],
      ['block', ['iban', 'bank_account']],
    ]);
  });

  it('raises what is found to the least level, and never brings back what one says must not come back', () => {
    const { config } = apply(
      own({
        masking: { enabled: true, detectors: [{ id: 'email', mode: 'warn' }], patterns: [{ id: 'p', pattern: 'X+' }] },
      }),
      core({
        masking: {
          min_level: 'mask',
          detectors: [{ id: 'email', replace: 'hash' }],
          patterns: [{ id: 'p', pattern: 'E-[0-9]+', flags: 'mi', replace: 'hash', in: ['logs'] }],
        },
      }),
    );
    expect(config.masking.detectors).toContainEqual({ id: 'email', mode: 'mask', restore: false, replace: 'tag' });
    expect(config.masking.patterns).toEqual([
      { id: 'p', pattern: '(?im)E-[0-9]+', mode: 'mask', restore: false },
      { id: 'p-yours', pattern: 'X+' },
    ]);
  });

  it('is loosened by no bundle that says off', () => {
    const text = own({
      masking: {
        enabled: true,
        detectors: ['iban'],
        overrides: [{ clients: ['ide'], detectors: ['iban'], mode: 'warn' }],
      },
    });
    const off = team({ masking: { detectors: [{ id: 'iban', mode: 'off' }] } });
    const level = core({ masking: { min_level: 'mask' } });
    for (const sayings of [[level], [level, off]]) {
      const { masking } = apply(text, ...sayings).config;
      expect(masking.detectors).toContainEqual(expect.objectContaining({ id: 'iban', mode: 'mask' }));
      expect(masking.overrides).toMatchObject([{ mode: 'mask' }]);
    }
  });

  it('takes nothing from a kind that was off, and that an override before one for all kinds names', async () => {
    const text = own({
      masking: {
        enabled: true,
        detectors: ['iban'],
        overrides: [
          { clients: ['ide'], detectors: ['email', 'national_id'], mode: 'block' },
          { providers: ['openai'], mode: 'warn' },
        ],
      },
    });
    const { snapshot } = await run(setOf(text, [bundleOf(core({ masking: { detectors: ['email', 'tax_id'] } }))]));
    const modes = modesAt(snapshot?.masking ?? raise(), { provider: 'openai', route: undefined, client: 'ide' });
    expect(Object.fromEntries(modes)).toMatchObject({ email: 'block', tax_id: 'block', passport: 'block' });
    expect(modes.get('iban')).toBe('warn');
  });

  it.each([
    [{ detectors: ['national_id', { id: 'tax_id', mode: 'off' }] }, { national_id: 'mask', passport: 'mask' }],
    [{ detectors: ['email', { id: 'terms', mode: 'off' }], terms: ['Falcon'] }, { email: 'mask' }],
    [
      { detectors: ['email', { id: 'patterns', mode: 'off' }], patterns: [{ id: 'p', pattern: 'E-[0-9]+' }] },
      { email: 'mask' },
    ],
  ])('leaves alone what it names as off: %j', async (masking, found) => {
    const { snapshot } = await run(setOf(own(), [bundleOf(core({ masking }))]));
    const modes = modesAt(snapshot?.masking ?? raise(), { provider: 'openai', route: undefined, client: undefined });
    expect(Object.fromEntries(modes)).toMatchObject(found);
    for (const kind of ['tax_id', 'terms', 'patterns'] as const) expect(modes.get(kind) ?? 'off').toBe('off');
  });

  it('of what is recorded keeps texts that are not masked from being recorded', () => {
    const logged = core({ masking: { detectors: [{ id: 'iban', in: ['request', 'logs'] }] } });
    const applied = apply(own({ logging: { content: 'full' } }), logged);
    expect(applied.config.logging.content).toBe('redacted');
    expect(entryAt(applied, '/logging/content')).toMatchObject({ mode: 'enforced', yours: 'full' });
  });

  it('that is suggested is on until the user switches it off, and joins the user’s own', () => {
    const defaults = suggesting({
      masking: { detectors: [{ id: 'email', mode: 'warn' }], terms: ['Falcon'], answers: 'block' },
    });
    expect(apply(own(), defaults).config.masking).toMatchObject({ enabled: true, terms: ['Falcon'], answers: 'block' });
    expect(apply(own({ masking: { enabled: false } }), defaults).config.masking.enabled).toBe(false);
    const { config } = apply(
      own({ masking: { enabled: true, detectors: ['email', 'iban'], answers: 'off' } }),
      defaults,
    );
    expect(config.masking).toMatchObject({ detectors: ['email', 'iban'], terms: ['Falcon'], answers: 'off' });
  });

  it('compiles a pattern with what becomes of it', async () => {
    const set = setOf(own(), [
      bundleOf(core({ masking: { patterns: [{ id: 'p', pattern: 'E-[0-9]+', mode: 'block' }] } })),
    ]);
    const { snapshot } = await run(set);
    expect(snapshot?.masking?.patterns).toMatchObject([{ id: 'p', policy: { mode: 'block', restore: true } }]);
  });

  it('of nine bundles may bring more terms than a file may have', async () => {
    const terms = (from: string): string[] => Array.from({ length: 20_000 }, (_, index) => `${from} ${index}`);
    const set = setOf(
      own(),
      ['one', 'two', 'three'].map((id) => bundleOf(core({ masking: { terms: terms(id) } }, { id }))),
    );
    expect((await run(set)).problems).toEqual([]);
    expect(set.applied.provenance.length).toBeLessThan(100);
  });
});

describe('the rest', () => {
  it('keeps the most severe action of a rule of the firewall, and rules that look for something else', () => {
    const rule = (pattern: string, action: string): object => ({ id: 'falcon', pattern, action });
    const { config } = apply(
      own({ firewall: [rule('mine', 'log')] }),
      core({ firewall: [rule('falcon', 'warn')] }),
      team({ firewall: [rule('falcon', 'block'), rule('heron', 'warn')] }),
    );
    expect(config.firewall.map(({ id, pattern, action }) => [id, pattern, action])).toEqual([
      ['falcon', 'falcon', 'block'],
      ['falcon-acme-team', 'heron', 'warn'],
      ['falcon-yours', 'mine', 'log'],
    ]);
  });

  it('is stretched by no price that the user writes below the list, where a budget is enforced', async () => {
    const free = { input: '0', output: '0' };
    const at = (id: string, model: unknown, kind = 'openai-compatible'): object => {
      const address = kind === 'openai' ? {} : { base_url: 'https://api.openai.com/v1' };
      return { id, kind, ...address, keys: [{ value: 'env:OPENAI_API_KEY' }], models: [model] };
    };
    const providers = [
      at('openai', { id: 'gpt-5', pricing: free }, 'openai'),
      at('renamed', { id: 'gpt-5', pricing: free }),
      at('dear', { id: 'gpt-5', pricing: { input: '900', output: '900' } }),
      at('tiered', { id: 'gpt-5', pricing: { input: '900', output: '900', flex: '0.0001' } }),
      at('listed', 'gpt-5'),
      at('unlisted', { id: 'own-model', pricing: { input: '1', output: '1' } }),
    ];
    const text = own({
      providers,
      pricing: [
        { model: 'listed/*', input: '900', output: '900', tiers: [{ above_tokens: 1, input: '0', output: '0' }] },
      ],
    });
    const budget = (action: string): Saying =>
      core({ budgets: [{ id: 'day', scope: 'global', limit_usd: '1', period: 'day', action }] });
    const inputOf = async (said: Saying): Promise<unknown[]> => {
      const { snapshot } = await run(setOf(text, [bundleOf(said)]));
      return ['openai', 'renamed', 'dear', 'tiered', 'listed', 'unlisted'].map((id) => {
        const model = id === 'unlisted' ? 'own-model' : 'gpt-5';
        return (snapshot?.providers.get(id)?.factsFor(model).price?.input ?? 0) / 1e6;
      });
    };
    const list = 1.25;
    expect(await inputOf(budget('reject'))).toEqual([list, list, 900, 900, 900, 1]);
    // Whoever may give himself more may say what it costs as well.
    expect(await inputOf(budget('ask'))).toEqual([0, 0, 900, 900, 900, 1]);
    const priced = core({ ...(budget('reject').enforced as object), pricing: [{ model: 'gpt-5', ...free }] });
    expect(await inputOf(priced)).toEqual([0, 0, 0, 0, 0, 1]);
    const { snapshot } = await run(setOf(text, [bundleOf(budget('reject'))]));
    const priceOf = (id: string): Price | undefined => snapshot?.providers.get(id)?.factsFor('gpt-5').price;
    expect(priceOf('tiered')?.service?.flex?.input).toBeGreaterThanOrEqual((list / 2) * 1e6);
    expect(priceOf('listed')?.above?.map(({ input }) => input)).toEqual([list * 1e6]);
    const told = apply(text, budget('reject')).provenance.find(({ pointer }) => pointer === '/pricing/listed~1*');
    expect(told).toMatchObject({ mode: 'user', others: ['acme-core@12'] });
  });

  it('counts what bundles limit by the vendor behind a provider', async () => {
    const limits = {
      budgets: [{ id: 'day', scope: 'provider', limit_usd: '1', period: 'day' }],
      rate_limits: [{ id: 'slow', scope: 'provider', rpm: 5 }],
    };
    const { snapshot } = await run(
      setOf(own({ budgets: [{ ...limits.budgets[0], id: 'mine' }] }), [bundleOf(core(limits))]),
    );
    expect(snapshot?.budgets.map(({ id, byVendor }) => [id, byVendor])).toEqual([
      ['day', true],
      ['mine', false],
    ]);
    expect(snapshot?.rateLimits.map(({ byVendor }) => byVendor)).toEqual([true]);
  });

  it('asks an enforced price before the user’s, whenever that took effect, and at a model', () => {
    const { config } = apply(
      own({ pricing: [{ model: '*', input: '7', effective_from: '2026-06-01' }] }),
      core(
        { pricing: [{ model: 'openai/*', input: '1', output: '2' }] },
        { defaults: { pricing: [{ model: '*', input: '5', effective_from: '2026-09-01' }] } },
      ),
    );
    const inForce = config.pricing.filter(({ effective_from }) => effective_from === '2026-09-01');
    expect(inForce.map(({ input }) => input)).toEqual(['1', '7', '5']);
    expect(config.providers.find(({ id }) => id === 'openai')?.models).toEqual([{ id: 'gpt-5', pricing: undefined }]);
  });

  it('keeps the listener on this machine where a bundle says so', async () => {
    const set = setOf(own({ listen: { host: '0.0.0.0', acknowledge_exposure: true } }), [
      bundleOf(core({ app: { allow_lan_bind: false, proxy_only: true }, logging: { export: 'none' } })),
    ]);
    expect(set.applied.config.listen.host).toBe('127.0.0.1');
    expect(entryAt(set.applied, '/app/allow_lan_bind').yours).toEqual({ 'listen.host': '0.0.0.0' });
    expect(set.applied.policy).toMatchObject({
      localOnly: { rule: 'acme-core@12:/app/allow_lan_bind' },
      proxyOnly: { rule: 'acme-core@12:/app/proxy_only' },
      noExport: { rule: 'acme-core@12:/logging/export' },
    });
    const { problems, snapshot } = await run(set);
    expect([problems, snapshot?.policy?.localOnly?.rule]).toEqual([[], 'acme-core@12:/app/allow_lan_bind']);
  });

  it('says what templates, hints and rules for the program there are, and whose', () => {
    const template = (body: string): object => ({ id: 'review', title: 'Review', body });
    const bundles = [
      bundleOf(
        suggesting({
          templates: [template('team')],
          clients: [{ client: 'cursor', model: 'fast' }],
          app: { auto_update: 'notify' },
        }),
      ),
      bundleOf(core({ templates: [template('core')], app: { allow_user_bundles: false } })),
    ];
    expect(templatesOf(bundles)).toMatchObject([
      { value: { body: 'core' }, entry: { mode: 'enforced', others: ['acme-team@3'], pointer: '/templates/review' } },
    ]);
    expect(clientHintsOf(bundles)).toMatchObject([{ value: { client: 'cursor' }, entry: { mode: 'default' } }]);
    expect(appRulesOf(bundles)).toMatchObject({ autoUpdate: 'notify', allowUserBundles: false, proxyOnly: false });
  });

  it('places what is found in a bundle there, and what the user wrote where he wrote it', () => {
    const applied = apply(
      own({ firewall: [{ id: 'mine', pattern: 'x' }] }),
      core({ firewall: [{ id: 'falcon', pattern: 'y' }] }),
    );
    expect(applied.place(['firewall', 0, 'pattern'])).toEqual({
      file: 'team bundle acme-core@12',
      line: '/enforced/firewall/0/pattern'.length,
      column: 1,
    });
    expect(applied.place(['firewall', 1, 'pattern'])).toBeUndefined();
    expect(applied.written(['firewall', 1, 'pattern'])).toEqual(['firewall', 0, 'pattern']);
  });

  it('explains a pointer, all that is below it, and one with the part of the bundle', () => {
    const { provenance } = apply(own({ models: { deny: ['x'] } }), core({ models: { deny: ['y'] } }));
    expect(explainPointer(provenance, '/models/deny').map(({ mode }) => mode)).toEqual(['enforced', 'user']);
    expect(explainPointer(provenance, '/enforced/models/deny').map(({ value }) => value)).toEqual([['y']]);
    expect(explainPointer(provenance, '/logging').map(({ pointer }) => pointer)).toEqual([
      '/logging/content',
      '/logging/retention_days',
      '/logging/export',
    ]);
  });

  it('has a hash that lines and order do not change, and meaning does', () => {
    const hash = (...sayings: Saying[]): string => apply(own(), ...sayings).policy.hash;
    const a = core({ models: { deny: ['a', 'b'] } });
    const b = core({ models: { deny: ['c'] }, logging: { content: 'off' } }, { id: 'other' });
    expect(hash(a, b)).toBe(hash(b, a));
    expect(hash(core({ models: { deny: ['b', 'a'] } }, { version: 13 }))).toBe(hash(a));
    expect(hash(a)).not.toBe(hash(b));
    expect(hash(a)).toMatch(/^[0-9a-f]{64}$/);
    expect(createTeamLayer([bundleOf(a)]).hash).not.toBe(
      createTeamLayer([bundleOf({ ...a, defaultsOnly: true })]).hash,
    );
  });
});

describe('lists that leave nothing', () => {
  const conflicts = (...sayings: Saying[]): string[] =>
    conflictsOf(sayings.map(bundleOf)).map(({ pointer }) => pointer);

  it('are told of, by pointer and bundles', () => {
    const [conflict] = conflictsOf([
      bundleOf(core({ models: { allow: ['a/*'] } })),
      bundleOf(team({ models: { allow: ['b/*'] } })),
    ]);
    expect(conflict).toEqual({
      pointer: '/models/allow',
      bundles: ['acme-core@12', 'acme-team@3'],
      text: 'acme-core@12 and acme-team@3 allow nothing together: no model is on all of their lists.',
    });
  });

  it('are seen where each two have something in common, and patterns only overlap', () => {
    const tools = (allow: string[], id: string): Saying => core({ tools: { allow } }, { id });
    expect(conflicts(tools(['a', 'b'], 'one'), tools(['b', 'c'], 'two'), tools(['a', 'c'], 'three'))).toEqual([
      '/tools/allow',
    ]);
    expect(conflicts(tools(['a*'], 'one'), tools(['*b'], 'two'), tools(['*x*'], 'three'))).toEqual([]);
    expect(conflicts(tools(['a*'], 'one'), tools(['*b'], 'two'), tools(['b*'], 'three'))).toEqual(['/tools/allow']);
    expect(conflicts(core({ models: { allow: ['openai/*'] } }), team({ models: { allow: ['gpt-5'] } }))).toEqual([]);
  });

  it('of regions and of routes that alone may answer count as well', () => {
    const regions = (region: string[], id: string): Saying => core({ models: { require: { region } } }, { id });
    expect(conflicts(regions(['eu'], 'one'), regions(['us'], 'two'))).toEqual(['/models/require/region']);
    const only = (alias: string, id: string): Saying =>
      core({ routes: [{ alias, targets: ['demo/echo'] }], routes_default: 'deny' }, { id });
    expect(conflicts(only('a', 'one'), only('b', 'two'))).toEqual(['/routes_default']);
    expect(conflicts(only('a*', 'one'), only('ab', 'two'))).toEqual([]);
  });
});
