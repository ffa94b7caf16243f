/** Reads the segments that are there, oldest first. */
import { readSegment, segmentsOf, type SegmentFile } from './journal-files.ts';
import { readLines } from './journal-lines.ts';
import { Replay } from './journal-replay.ts';

export interface ReadJournal {
  readonly replay: Replay;
  readonly files: readonly SegmentFile[];
}

/** Never throws; what is missing, damaged or too open is told. */
export function readJournal(prefix: string, notice: (text: string) => void): ReadJournal {
  const replay = new Replay();
  let files: readonly SegmentFile[] = [];
  try {
    files = segmentsOf(prefix);
  } catch (error) {
    replay.missing();
    notice(`The journal ${prefix} cannot be read: ${sentence(error)}`);
  }
  let next: number | undefined;
  for (const file of files) {
    if (next !== undefined && file.number !== next) replay.missing();
    next = file.number + 1;
    readInto(replay, file, notice);
  }
  return { replay, files };
}

function readInto(replay: Replay, file: SegmentFile, notice: (text: string) => void): void {
  try {
    const { bytes, mended } = readSegment(file);
    const { lines, damaged } = readLines(bytes);
    if (mended) notice(`${file.path} could be read by others; it is now readable by its owner only.`);
    if (damaged > 0)
      notice(
        `The journal ${file.path} has ${damaged} damaged lines, which were left out: what they told is not counted.`,
      );
    for (const line of lines) replay.apply(line);
  } catch (error) {
    replay.missing();
    notice(`The journal ${file.path} cannot be read: ${sentence(error)}`);
  }
}

export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
