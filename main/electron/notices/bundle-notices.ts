/** Notifications about team bundles: what changed with one, what was refused of it, what waits for people. */
import type { BundleNotice } from '../../../shared/contract/bundles.ts';
import { outside } from './notice.ts';
import { dayLongMs, leadingTo, type NoticeTools } from './notice-tools.ts';

/** Whoever joined or left one was there. */
const untold: ReadonlySet<BundleNotice['kind']> = new Set(['joined', 'left']);
const longestText = 200;

export class BundleNotices {
  readonly #tools: NoticeTools;

  constructor(tools: NoticeTools) {
    this.#tools = tools;
  }

  /** Each version of a bundle is told of once; a problem that stays once a day. */
  onNotice(notice: BundleNotice): void {
    const { kind, key, name, version, code } = notice;
    if (untold.has(kind)) return;
    const { clock, offer, text } = this.#tools;
    offer({
      kind: 'bundle',
      rule: `bundle ${kind} ${key} ${String(version)} ${code ?? ''}`,
      until: clock.now() + dayLongMs,
      about: `bundle ${key} ${kind}`,
      subject: `bundle:${key}`,
      make: () => {
        const words = text();
        const { t } = words;
        const page =
          kind === 'activated' ? `/policies?tab=team&history=${encodeURIComponent(key)}` : '/policies?tab=team';
        return {
          kind: 'bundle',
          title: t(`notice.bundle.${titleOf(kind)}`, { name: outside(name) }),
          body: outside(bodyOf(notice, words), longestText),
          ...leadingTo(this.#tools, page, t(kind === 'activated' ? 'notice.bundle.diff' : 'notice.open')),
        };
      },
    });
  }
}

/** The instance tells it in English, with all it knows; in other languages it is told by its kind. */
function bodyOf({ kind, text: told, version }: BundleNotice, { t, language }: ReturnType<NoticeTools['text']>): string {
  // Which default changed stands in the sentence alone.
  if (language === 'en' || kind === 'default_changed') return told;
  const title = titleOf(kind);
  if (title !== 'changed') return t(`notice.bundle.${title}.body`);
  return version === null ? told : t('notice.bundle.changed.body', { version: String(version) });
}

function titleOf(kind: BundleNotice['kind']): 'changed' | 'refused' | 'consent' | 'expires' | 'conflict' {
  switch (kind) {
    case 'rejected':
      return 'refused';
    case 'needs_consent':
      return 'consent';
    case 'expiring':
    case 'expired':
      return 'expires';
    case 'conflict':
      return 'conflict';
    default:
      return 'changed';
  }
}
