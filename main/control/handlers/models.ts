/** Answers about models: prices, abilities, favourites, the one that is chosen for everything. */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { ControlNeeds } from '../needs.ts';
import type { Handlers } from './handler.ts';

export function modelHandlers({ config, running }: ControlNeeds): Handlers {
  return {
    'models.list': () => {
      const favourites = new Set(running?.documents?.favourites());
      const { models, catalogue_date } = config.models.list();
      return { models: models.map((model) => ({ ...model, favourite: favourites.has(model.id) })), catalogue_date };
    },
    'models.favourite': async ({ id, favourite }) => {
      if (running?.documents === undefined)
        throw new GatewayError('control.unsupported', 'That needs a running instance: `sluice serve`.');
      const favourites = await running.documents.setFavourite(id, favourite);
      running.publish?.({ event: 'documents.changed', data: { what: 'favourites' } });
      return { favourites: [...favourites] };
    },
    'models.choose': async ({ model }) => {
      await config.models.choose(model);
      return { model: config.models.choice() };
    },
  };
}
