/** What a new passphrase must be. */

/** In characters: guessing one takes longer than it is worth then, by the cost of its derivation. */
export const minPassphraseLength = 12;
