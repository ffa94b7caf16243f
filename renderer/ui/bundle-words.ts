/** What the instance says of bundles in English, in the language of the reader: why one stands as it does, and what went wrong with it. */
import type { BundleCard, BundleNotice } from '../../shared/contract/bundles.ts';
import type { MessageKey, Text } from '../text/text.ts';
import { printable } from './copy.tsx';

type Problem =
  | 'unreachable'
  | 'notThere'
  | 'login'
  | 'unwell'
  | 'redirected'
  | 'slow'
  | 'large'
  | 'malformed'
  | 'signature'
  | 'notSigned'
  | 'fingerprint'
  | 'publisher'
  | 'id'
  | 'older'
  | 'equivocation'
  | 'expired'
  | 'early'
  | 'clock'
  | 'content'
  | 'newer'
  | 'secret'
  | 'tests'
  | 'conflict'
  | 'trust'
  | 'trustExpired'
  | 'stale'
  | 'meanwhile'
  | 'many'
  | 'managed'
  | 'closed'
  | 'store';

/** Codes that mean the same to people share their words. */
const problemOf: Readonly<Record<string, Problem>> = {
  'bundle.unreachable': 'unreachable',
  'bundle.http_status': 'notThere',
  'bundle.redirected': 'redirected',
  'bundle.too_slow': 'slow',
  'bundle.too_large': 'large',
  'bundle.malformed': 'malformed',
  'bundle.payload_type': 'malformed',
  'bundle.unknown_key': 'signature',
  'bundle.bad_signature': 'signature',
  'bundle.threshold_not_met': 'signature',
  'bundle.not_signed': 'notSigned',
  'bundle.fingerprint_mismatch': 'fingerprint',
  'bundle.org_mismatch': 'publisher',
  'bundle.id_mismatch': 'id',
  'bundle.rollback': 'older',
  'bundle.epoch_rollback': 'older',
  'bundle.equivocation': 'equivocation',
  'bundle.expired': 'expired',
  'bundle.not_yet_valid': 'early',
  'bundle.clock_set_back': 'clock',
  'bundle.schema': 'content',
  'bundle.unknown_section': 'newer',
  'bundle.app_too_old': 'newer',
  'bundle.secret_found': 'secret',
  'bundle.lint': 'content',
  'bundle.tests_failed': 'tests',
  'bundle.conflict': 'conflict',
  'bundle.trust_gap': 'trust',
  'bundle.trust_not_signed': 'trust',
  'bundle.trust_expired': 'trustExpired',
  'bundle.stale': 'stale',
  'bundle.changed_meanwhile': 'meanwhile',
  'bundle.too_many': 'many',
  'bundle.managed': 'managed',
  'bundle.not_allowed': 'closed',
  'bundle.store': 'store',
};

/** What the instance tells of an error of a bundle; of notices there is the code alone. */
export interface BundleProblem {
  readonly code: string;
  readonly message?: string;
}

function knownProblem({ code, message = '' }: BundleProblem): Problem | undefined {
  const problem = Object.hasOwn(problemOf, code) ? problemOf[code] : undefined;
  if (problem !== 'notThere') return problem;
  // Only the sentence says what the host answered: `https://… answered 503. It is asked again later.`
  const [, status = '404'] = / answered (\d{3})\b/.exec(message) ?? [];
  if (status === '404' || status === '410') return 'notThere';
  return status === '401' || status === '403' ? 'login' : 'unwell';
}

/** What went wrong, in a few words. */
export function errorHeadline(error: BundleProblem): MessageKey {
  return `team.error.${knownProblem(error) ?? 'other'}`;
}

/** What mends it; `undefined` of a code that says nothing here. */
export function errorMend(error: BundleProblem): MessageKey | undefined {
  const problem = knownProblem(error);
  return problem === undefined ? undefined : `team.mend.${problem}`;
}

export interface ToldReason {
  /** In the language of the reader; `null` where the state itself says all there is. */
  readonly text: string | null;
  /** The instance's own English sentence, where it knows more than can be said here. */
  readonly original: string | null;
}

type Stated = Pick<BundleCard, 'state' | 'state_reason' | 'error' | 'expires_at' | 'trust' | 'conflicts'>;

/** Why a bundle stands as it does. */
export function toldReason(card: Stated, text: Text): ToldReason {
  const { state, state_reason: reason, expires_at, trust } = card;
  const { t, language, date } = text;
  if (reason === null) return { text: null, original: null };
  if (language === 'en') return { text: printable(reason), original: null };
  switch (state) {
    case 'waiting':
    case 'needs_consent':
      return { text: null, original: null };
    case 'expired':
    case 'restricted':
    case 'blocked':
    case 'expiring': {
      const key = state === 'expiring' ? 'team.reason.expiring' : 'team.reason.expired';
      return { text: expires_at === null ? null : t(key, { date: date(expires_at) }), original: null };
    }
    case 'limited':
      return { text: t(trust === 'unsigned' ? 'team.reason.unsigned' : 'team.reason.unconfirmed'), original: null };
    case 'conflict':
      return { text: conflictNames(card, text), original: null };
    case 'active':
      return { text: t('team.reason.rollout'), original: null };
    case 'inactive':
    case 'last_good':
    case 'failed':
      return { text: null, original: printable(reason) };
  }
}

/** `acme-core@12 and acme-team@3`, of the first contradiction. */
function conflictNames({ conflicts }: Pick<BundleCard, 'conflicts'>, { t }: Text): string | null {
  const [first] = conflicts;
  return first === undefined ? null : t('team.reason.conflict', { bundles: first.bundles.map(printable).join(', ') });
}

/** One line for a sentence that stands elsewhere: what is wrong with a bundle, and never nothing. */
export function shortReason(card: Stated, text: Text): string {
  const { text: told, original } = toldReason(card, text);
  if (told !== null) return told;
  const { error, state, state_reason } = card;
  if (error !== null && text.language !== 'en') return `${text.t(errorHeadline(error))}.`;
  if (original !== null) return original;
  return state_reason === null && error !== null ? printable(error.message) : text.t(`team.state.${state}.text`);
}

/** What a notice says besides its title; `undefined` where that is all. */
export function noticeText({ kind, text: told, version, code }: BundleNotice, text: Text): string | undefined {
  const { t, language } = text;
  if (language === 'en') return printable(told);
  switch (kind) {
    case 'activated':
      return version === null ? undefined : t('team.notice.activated.text', { version: String(version) });
    case 'rejected':
      return code === null ? undefined : `${t(errorHeadline({ code }))}.`;
    case 'needs_consent':
    case 'expiring':
    case 'expired':
    case 'conflict':
      return t(`team.state.${kind}.text`);
    // Which one it is stands in the sentence alone.
    case 'default_changed':
      return printable(told);
    case 'joined':
    case 'left':
      return undefined;
  }
}
