/** What the model picker offers: aliases and favourites of the snapshot, and the models that providers list. */
import { useCall } from '../bridge/hooks.ts';
import type { ModelSources } from '../ui/model-choices.ts';
import { useLive } from './live.ts';

export function useModelSources(): ModelSources {
  const snapshot = useLive((state) => state.snapshot);
  const { data, isPending } = useCall('models.list', {});
  return { snapshot, models: isPending ? undefined : (data?.models ?? []) };
}
