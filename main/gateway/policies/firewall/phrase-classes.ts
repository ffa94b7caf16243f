/** What words can do in an instruction to a model. */

/** One bit each. `instruction` is what a model was told, `rule` what could also be meant for people. */
export const wordClasses = {
  ignore: 1,
  instruction: 2,
  rule: 4,
  prior: 8,
  your: 16,
  reveal: 32,
  system: 64,
  above: 128,
  become: 256,
  free: 512,
  model: 1_024,
  send: 2_048,
  secret: 4_096,
  stealth: 8_192,
  negation: 16_384,
  question: 32_768,
  mention: 65_536,
  rot13: 131_072,
  backwards: 262_144,
  mirrored: 524_288,
  delimiter: 1_048_576,
  weaken: 2_097_152,
} as const;

export type WordClass = keyof typeof wordClasses;

/** The words of one language, parted by commas. */
export type Words = Partial<Record<WordClass, string>>;
