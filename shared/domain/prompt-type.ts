/** What a prompt asks for, in twelve kinds (RTE-56). */
export const promptTypes = [
  ...(['code_generation', 'code_review', 'agent_step', 'math', 'extraction', 'summarize', 'translate'] as const),
  ...(['rewrite', 'creative', 'factual_qa', 'chat', 'other'] as const),
] as const;
export type PromptType = (typeof promptTypes)[number];

/** Expected quality in [0, 1] with the interval it is believed to lie in: mean, low, high. */
export type QualityInterval = readonly [mean: number, low: number, high: number];

/** What is known beforehand about how well a model does, with where the figures come from. */
export interface QualityPrior {
  readonly overall: QualityInterval;
  readonly byType?: Readonly<Partial<Record<PromptType, QualityInterval>>> | undefined;
  /** The public source and its date, or how the figure was derived. */
  readonly source: string;
}
