/** The profiles of the file, and the one that is in force. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { nearestNames } from '../kit/nearest.ts';
import { applyEdit } from './config-edits.ts';
import { rewritten, type FileChange, type FileChanged, type Loaded } from './file-change.ts';

export interface ProfileKeeperNeeds {
  readonly loaded: () => Loaded;
  /** In force when it resolves. */
  readonly change: (change: FileChange) => Promise<FileChanged>;
}

export interface ProfileKeeper {
  /** In the order of the file. */
  list(): { id: string; name: string }[];
  /** `null`: none is in force. */
  choice(): string | null;
  /** In the file and in force when it resolves. Rejects with `control.not_found` when there is no such profile. */
  choose(id: string | null): Promise<void>;
}

export function createProfileKeeper({ loaded, change }: ProfileKeeperNeeds): ProfileKeeper {
  return {
    list: () => loaded().parsed.config.profiles.map(({ id, name = id }) => ({ id, name })),
    choice: () => loaded().parsed.config.use_profile ?? null,
    async choose(id) {
      await change({
        *rewrite({ document, config, habits }, text) {
          const ids = config.profiles.map((profile) => profile.id);
          if (id !== null && !ids.includes(id)) throw notFound(id, ids);
          if ((config.use_profile ?? null) === id) return text;
          const path = ['use_profile'];
          applyEdit(document, id === null ? { op: 'remove', path } : { op: 'set', path, value: id });
          return yield* rewritten(document, habits);
        },
      });
    },
  };
}

function notFound(id: string, ids: readonly string[]): GatewayError {
  const near = nearestNames(id, ids, 3);
  const known = ids.length === 0 ? 'The config file has none.' : `There are: ${ids.join(', ')}.`;
  const hint = near.length === 0 ? known : `Is it ${near.join(' or ')}?`;
  return new GatewayError('control.not_found', `There is no profile "${id.slice(0, 64)}". ${hint}`);
}
