/** The schema's steps in order. The number of a step is the schema version it leads to. */
import { exchanges } from './migrations/0001-exchanges.ts';
import { decisions } from './migrations/0002-decisions.ts';
import { spend } from './migrations/0003-spend.ts';
import { reading } from './migrations/0004-reading.ts';
import { safety } from './migrations/0005-safety.ts';

/** SQL of each step; step 1 is the first. */
export const migrations: readonly string[] = [exchanges, decisions, spend, reading, safety];
