/** Which price of a bundle a model has, if it has one of a bundle at all. */
import { fitsGlob, lastStep, type TeamEntry, type TeamValues } from '../../state/team.ts';

/** The entry that names the model exactly before one whose `*` stands for a part of its name. */
export function teamPrice({ below }: Pick<TeamValues, 'below'>, model: string): TeamEntry | undefined {
  const fitting = below('/pricing').filter(({ pointer }) => fitsGlob(lastStep(pointer), model));
  return fitting.find(({ pointer }) => lastStep(pointer) === model) ?? fitting[0];
}
