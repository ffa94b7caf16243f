/** Names of the messages between the window and main; the preload script and the door in main are the only ones that use them. */
export const channels = {
  /** `(name, input)` → reply. */
  call: 'sluice:call',
  /** The page wants events from now on. */
  listen: 'sluice:listen',
  /** A list of events. */
  events: 'sluice:events',
  /** The page has taken the last list: the next may come. */
  taken: 'sluice:taken',
} as const;
