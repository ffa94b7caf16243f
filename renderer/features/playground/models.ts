/** What a new column asks. */
import type { AppSnapshot } from '../../../shared/contract/snapshot.ts';
import { namedAliases } from '../../ui/model-choices.ts';

/** One that is not asked yet, of those that surely answer. */
export function suggestedModel(
  snapshot: Pick<AppSnapshot, 'routes' | 'favourites' | 'providers'>,
  taken: readonly string[],
): string {
  const isDemoAlone = snapshot.providers.every(({ id }) => id === 'demo');
  const aliases = namedAliases(snapshot).map(({ alias }) => alias);
  const demo = ['demo/echo', 'demo/slow'];
  const order = isDemoAlone ? [...demo, ...aliases] : [...snapshot.favourites, ...aliases, ...demo];
  return order.find((id) => !taken.includes(id)) ?? order[0] ?? '';
}
