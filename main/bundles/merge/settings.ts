/** What is recorded, and what the program itself may do. */
import type { BundleSections } from '../../../shared/bundle/sections.ts';
import { isLoopbackHost } from '../../config/addresses.ts';
import type { AccessPolicy } from '../../gateway/ports.ts';
import { firstSaying } from './access.ts';
import type { Draft } from './draft.ts';
import { ruleOf, sourceAt, type Source } from './parts.ts';
import { inStrictness, settle } from './settle.ts';

const contents = ['off', 'metadata', 'redacted', 'full'] as const;

/** `inLogs`: who says that what is recorded must be masked. */
export function applyLogging(draft: Draft, inLogs: Source | undefined): Pick<AccessPolicy, 'noExport'> {
  const { logging, masking } = draft.config;
  const content = settle(draft, {
    path: ['logging', 'content'],
    own: logging.content,
    saidBy: (says) => says.logging?.content,
    isStricter: inStrictness(contents),
  });
  const retention_days = settle(draft, {
    path: ['logging', 'retention_days'],
    own: logging.retention_days,
    saidBy: (says) => says.logging?.retention_days,
    isStricter: (a, b) => a < b,
  });
  const masked = content === 'full' && inLogs !== undefined ? tellMasked(draft, inLogs) : content;
  // Where nothing is masked nothing can be recorded in its masked form: less is.
  const recorded = masked === 'redacted' && !masking.enabled ? 'metadata' : masked;
  if (recorded !== masked) retell(draft, recorded);
  draft.config = { ...draft.config, logging: { ...logging, content: recorded, retention_days } };
  const silent = firstSaying(draft.parts.enforced, (says) => says.logging?.export === 'none');
  if (silent === undefined) {
    draft.told.app('/logging/export', 'local');
    return { noExport: undefined };
  }
  const source = sourceAt(silent, 'logging', 'export');
  draft.told.bundle(source, 'none');
  return { noExport: ruleOf(source) };
}

function tellMasked(draft: Draft, inLogs: Source): 'redacted' {
  const index = draft.told.entries.findIndex(({ pointer }) => pointer === '/logging/content');
  const [before] = draft.told.entries.splice(index, 1);
  const yours = before?.mode === 'user' ? { yours: 'full' } : {};
  draft.told.bundle({ ...inLogs, pointer: '/logging/content' }, 'redacted', yours, '/logging/content');
  draft.value('logging/content', inLogs);
  return 'redacted';
}

function retell({ told }: Draft, content: (typeof contents)[number]): void {
  const entry = told.entries.find(({ pointer }) => pointer === '/logging/content');
  if (entry !== undefined) entry.value = content;
}

// ---------------------------------------------------------------- the program

/** The strictest first. */
const updates = ['off', 'notify', 'on'] as const;

export interface AppSettings extends Pick<AccessPolicy, 'proxyOnly' | 'localOnly'> {
  readonly values: Required<NonNullable<BundleSections['app']>>;
}

export function applyApp(draft: Draft): AppSettings {
  const forbidden = inStrictness([false, true]);
  const one = (name: 'allow_user_bundles' | 'allow_lan_bind' | 'allow_keyless'): boolean =>
    settle(draft, {
      path: ['app', name],
      own: true,
      saidBy: (says) => says.app?.[name],
      isStricter: forbidden,
      isInConfig: false,
    });
  const values = {
    auto_update: settle<(typeof updates)[number]>(draft, {
      path: ['app', 'auto_update'],
      own: 'on',
      saidBy: (says) => says.app?.auto_update,
      isStricter: inStrictness(updates),
      isInConfig: false,
    }),
    allow_user_bundles: one('allow_user_bundles'),
    allow_lan_bind: one('allow_lan_bind'),
    allow_keyless: one('allow_keyless'),
    proxy_only: settle(draft, {
      path: ['app', 'proxy_only'],
      own: false,
      saidBy: (says) => says.app?.proxy_only,
      isStricter: inStrictness([true, false]),
      isInConfig: false,
    }),
  };
  const closing = keepLocal(draft);
  const proxied = firstSaying(draft.parts.enforced, (says) => says.app?.proxy_only === true);
  return {
    values,
    proxyOnly: proxied === undefined ? undefined : ruleOf(sourceAt(proxied, 'app', 'proxy_only')),
    localOnly: closing === undefined ? undefined : ruleOf(closing),
  };
}

/** Only what is enforced closes a door that the user opened. Answers with who does. */
function keepLocal(draft: Draft): Source | undefined {
  const { listen } = draft.config;
  const closing = firstSaying(draft.parts.enforced, (says) => says.app?.allow_lan_bind === false);
  if (closing === undefined) return undefined;
  const source = sourceAt(closing, 'app', 'allow_lan_bind');
  const entry = draft.told.entries.findLast(({ pointer }) => pointer === '/app/allow_lan_bind');
  if (entry !== undefined) draft.told.locked.set('/listen/host', entry);
  if (isLoopbackHost(listen.host)) return source;
  if (entry !== undefined) entry.yours = { 'listen.host': listen.host };
  draft.value('listen/host', source);
  draft.config = { ...draft.config, listen: { ...listen, host: '127.0.0.1' } };
  return source;
}
