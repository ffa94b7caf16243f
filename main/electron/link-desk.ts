/** Where links arrive: those that show a page are followed at once, those that change something wait for people (SEC-25). */
import type { AnyEvent } from '../../shared/contract/contract.ts';
import type { LinkReview } from '../../shared/contract/desktop.ts';
import { parseLink } from './links.ts';

export interface LinkDeskOptions {
  readonly officialHosts: () => Promise<readonly string[]>;
  readonly show: (path: string) => Promise<void>;
  readonly publish: (event: AnyEvent) => void;
  readonly log: { warn(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

export interface LinkDesk {
  /** Never rejects; what is no link of ours is noted in the log and changes nothing. */
  arrived(text: string): Promise<void>;
  /** The one that waits. A later link takes the place of one that nobody decided about. */
  readonly waiting: LinkReview | undefined;
  done(): void;
}

export function createLinkDesk({ officialHosts, show, publish, log }: LinkDeskOptions): LinkDesk {
  let waiting: LinkReview | undefined;

  async function follow(text: string): Promise<void> {
    const link = parseLink(text, await officialHosts());
    if (link === undefined) {
      log.warn('a link was not followed: it is none that this version knows');
      return;
    }
    if (link.kind === 'open') {
      await show(link.path);
      return;
    }
    waiting = link.review;
    publish({ event: 'desktop.link', data: { link: link.review } });
    await show('');
  }

  return {
    get waiting() {
      return waiting;
    },
    async arrived(text) {
      try {
        await follow(text);
      } catch (error) {
        log.warn('a link could not be shown', { error: String(error) });
      }
    },
    done() {
      waiting = undefined;
    },
  };
}
