/** Answers about the config file. */
import type { ConfigNeed } from '../needs.ts';
import type { Handlers } from './handler.ts';

export function configHandlers(config: ConfigNeed): Handlers {
  return {
    'config.state': () => config.state(),
    'config.validate': ({ text, file }) => config.validate(text, file),
    'config.schema': () => ({ schema: config.jsonSchema() }),
  };
}
