/** The list of models, and its favourites, which turn at once and turn back when that was refused. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { toast } from 'sonner';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import type { ModelEntry } from '../../../shared/contract/models.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';

type ModelList = CallOutput<'models.list'>;

export const useModels = (): ReturnType<typeof useCall<'models.list'>> => useCall('models.list', {});

export function useFavourite(): (model: ModelEntry) => void {
  const queries = useQueryClient();
  const { mutate } = useAction('models.favourite');
  return useCallback(
    ({ id, favourite }: ModelEntry) => {
      const show = (value: boolean): void => {
        queries.setQueryData<ModelList>(['models.list', {}], (list) =>
          list === undefined
            ? undefined
            : { ...list, models: list.models.map((one) => (one.id === id ? { ...one, favourite: value } : one)) },
        );
      };
      show(!favourite);
      mutate(
        { id, favourite: !favourite },
        {
          onError: ({ error }) => {
            show(favourite);
            toast.error(error.message);
          },
        },
      );
    },
    [queries, mutate],
  );
}
