/** The schema's steps in order. The number of a step is the schema version it leads to. */
import { exchanges } from './migrations/0001-exchanges.ts';
import { decisions } from './migrations/0002-decisions.ts';

/** SQL of each step; step 1 is the first. */
export const migrations: readonly string[] = [exchanges, decisions];
