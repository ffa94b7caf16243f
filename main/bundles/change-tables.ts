/** The single values of a bundle whose changes are told: what they are called, and which way is stricter. */
import type { BundleSections } from '../../shared/bundle/sections.ts';

export interface ValueRow {
  readonly path: string;
  readonly of: (sections: BundleSections | undefined) => unknown;
  /** What it is, as the beginning of a sentence. */
  readonly name: string;
  /** From mild to strict; `less`: the smaller, the stricter. Absent: neither. */
  readonly order?: readonly unknown[] | 'less';
}

const off = [undefined, false, true] as const;
const forbidding = [undefined, true, false] as const;

/** What may be used at all. */
export const accessValues: readonly ValueRow[] = [
  {
    path: '/models/max_context_tokens',
    of: (one) => one?.models?.max_context_tokens,
    name: 'Most tokens of a request',
    order: 'less',
  },
  {
    path: '/models/max_output_tokens',
    of: (one) => one?.models?.max_output_tokens,
    name: 'Most tokens of an answer',
    order: 'less',
  },
  {
    path: '/models/require/data_policy.training',
    of: (one) => one?.models?.require?.['data_policy.training'],
    name: 'Training on what providers are sent',
    order: [undefined, false],
  },
  {
    path: '/models/require/data_policy.retention',
    of: (one) => one?.models?.require?.['data_policy.retention'],
    name: 'Days for which providers may keep what they are sent',
    order: 'less',
  },
  {
    path: '/routes_default',
    of: (one) => one?.routes_default,
    name: 'What no route is for',
    order: [undefined, 'continue', 'deny'],
  },
];

/** How strictly things are done. */
export const settings: readonly ValueRow[] = [
  { path: '/masking/enabled', of: (one) => one?.masking?.enabled, name: 'Masking', order: off },
  {
    path: '/masking/min_level',
    of: (one) => one?.masking?.min_level,
    name: 'The least that becomes of what is found',
    order: [undefined, 'warn', 'mask', 'block'],
  },
  {
    path: '/masking/restore',
    of: (one) => one?.masking?.restore,
    name: 'Originals come back in answers',
    order: forbidding,
  },
  {
    path: '/masking/answers',
    of: (one) => one?.masking?.answers,
    name: 'Secrets in answers',
    order: [undefined, 'off', 'warn', 'block'],
  },
  {
    path: '/masking/definitions',
    of: (one) => one?.masking?.definitions,
    name: 'Masking of tool descriptions',
    order: off,
  },
  {
    path: '/masking/media',
    of: (one) => one?.masking?.media,
    name: 'Pictures and the like',
    order: [undefined, 'pass', 'block'],
  },
  {
    path: '/masking/on_failure',
    of: (one) => one?.masking?.on_failure,
    name: 'Requests that could not be looked through',
    order: [undefined, 'warn', 'block'],
  },
  {
    path: '/logging/content',
    of: (one) => one?.logging?.content,
    name: 'What is recorded of requests',
    order: [undefined, 'full', 'redacted', 'metadata', 'off'],
  },
  {
    path: '/logging/retention_days',
    of: (one) => one?.logging?.retention_days,
    name: 'Days for which records are kept',
    order: 'less',
  },
  {
    path: '/logging/export',
    of: (one) => one?.logging?.export,
    name: 'Writing records into files',
    order: [undefined, 'local', 'none'],
  },
  {
    path: '/app/auto_update',
    of: (one) => one?.app?.auto_update,
    name: 'Updates',
    order: [undefined, 'on', 'notify', 'off'],
  },
  {
    path: '/app/allow_user_bundles',
    of: (one) => one?.app?.allow_user_bundles,
    name: 'Following further bundles',
    order: forbidding,
  },
  {
    path: '/app/allow_lan_bind',
    of: (one) => one?.app?.allow_lan_bind,
    name: 'Listening for other machines',
    order: forbidding,
  },
  {
    path: '/app/allow_keyless',
    of: (one) => one?.app?.allow_keyless,
    name: 'Requests without a key',
    order: forbidding,
  },
  {
    path: '/app/proxy_only',
    of: (one) => one?.app?.proxy_only,
    name: 'Only through the proxy of the system',
    order: off,
  },
];
