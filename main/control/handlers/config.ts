/** Answers about the config file, and changes it. */
import type { ConfigNeed } from '../needs.ts';
import type { Handlers } from './handler.ts';

export function configHandlers(config: ConfigNeed): Handlers {
  return {
    'config.read': () => config.editing.read(),
    'config.change': (input) => config.editing.change(input),
    'config.state': () => config.state(),
    'config.validate': ({ text, file }) => config.validate(text, file),
    'config.schema': () => ({ schema: config.jsonSchema() }),
  };
}
