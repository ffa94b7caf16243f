/** Runs prompts of the playground, and keeps its library and votes. */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { ControlNeeds } from '../needs.ts';
import type { PlaygroundRuns } from '../playground-runs.ts';
import type { DocumentsNeed } from '../window-needs.ts';
import type { Handlers } from './handler.ts';

type Publish = NonNullable<NonNullable<ControlNeeds['running']>['publish']>;

export function playgroundHandlers({ running }: ControlNeeds): Handlers {
  const { playground, documents, publish = () => undefined } = running ?? {};
  return {
    ...(playground === undefined ? {} : runHandlers(playground)),
    ...(documents === undefined ? {} : { ...promptHandlers(documents, publish), ...voteHandlers(documents, publish) }),
  };
}

function runHandlers(runs: PlaygroundRuns): Handlers {
  return {
    'playground.start': ({ body }) => ({ run: runs.start(body) }),
    'playground.stop': ({ run }) => {
      if (!runs.stop(run)) throw new GatewayError('control.not_found', `Run "${run}" has ended, or there was none.`);
      return { run };
    },
    'playground.result': ({ run }) => {
      const result = runs.result(run);
      if (result !== undefined) return { result };
      throw new GatewayError(
        'control.not_found',
        `There is no run "${run}" any more: how one ended is kept for ten minutes. Activity has what became of it.`,
      );
    },
  };
}

function promptHandlers(documents: DocumentsNeed, publish: Publish): Handlers {
  const changed = (): void => {
    publish({ event: 'documents.changed', data: { what: 'prompts' } });
  };
  const noSuchPrompt = (id: string): GatewayError =>
    new GatewayError(
      'control.not_found',
      `There is no prompt "${id}": it was removed meanwhile. Save it as a new one.`,
    );
  return {
    'prompts.list': () => ({ prompts: [...documents.prompts()] }),
    'prompts.save': async ({ id, name, labels, note, content }) => {
      const saved = await documents.savePrompt({ id, name, labels, note, content });
      if (saved === undefined) throw noSuchPrompt(id ?? '');
      changed();
      return saved;
    },
    'prompts.remove': async ({ id }) => {
      if (!(await documents.removePrompt(id))) throw noSuchPrompt(id);
      changed();
      return { id };
    },
    'prompts.import': async ({ prompts }) => {
      const added = await documents.importPrompts(prompts);
      if (added.length > 0) changed();
      return { prompts: [...added] };
    },
  };
}

function voteHandlers(documents: DocumentsNeed, publish: Publish): Handlers {
  const changed = (): void => {
    publish({ event: 'documents.changed', data: { what: 'votes' } });
  };
  return {
    'votes.add': async ({ models, winner }) => {
      if (new Set(models).size < 2)
        throw new GatewayError(
          'control.invalid_input',
          'A model is not compared with itself: name two different ones.',
        );
      if (winner !== null && !models.includes(winner))
        throw new GatewayError(
          'control.invalid_input',
          `The winner "${winner}" is none of the models: name one, or null.`,
        );
      const total = await documents.addVote(models, winner);
      changed();
      return { total };
    },
    'votes.list': () => documents.votes(),
    'votes.clear': async () => {
      await documents.clearVotes();
      changed();
      return { total: documents.votes().total };
    },
  };
}
