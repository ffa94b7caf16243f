// Rewrites the events of a stream into the spellings that are legal, or nearly, and that readers trip over.

import type { Fault } from './faults.ts';

const MARKS = [0xef, 0xbb, 0xbf];

/** The events as the fault spells them. Binary streams pass untouched except for an error event. */
export function shapeEvents(
  frames: readonly Uint8Array[],
  fault: Fault,
  errorFrame: () => Uint8Array,
): readonly Uint8Array[] {
  let out = [...frames];
  if (fault.noDone === true)
    out = out.filter((frame) => !Buffer.from(frame).toString('utf8').startsWith('data: [DONE]'));
  if (fault.errorEventAfter !== undefined) out = [...out.slice(0, fault.errorEventAfter), errorFrame()];
  if (fault.invalidJsonAt !== undefined) {
    const at = fault.invalidJsonAt;
    out = out.map((frame, index) =>
      index === at ? respell(frame, (text) => text.replace(/^(data:.*)\}$/m, '$1')) : frame,
    );
  }
  if (fault.noSpaceAfterColon === true)
    out = out.map((frame) => respell(frame, (text) => text.replace(/^(data|event|id): /gm, '$1:')));
  if (fault.comments === true) out = out.map((frame) => respell(frame, (text) => `: keep-alive\n\n: ping\n${text}`));
  const ending = fault.lineEnding;
  if (ending !== undefined) out = out.map((frame) => respell(frame, (text) => text.replace(/\n/g, ending)));
  if (fault.bom === true && out[0] !== undefined) out[0] = Buffer.concat([Buffer.from(MARKS), out[0]]);
  return out;
}

function respell(frame: Uint8Array, change: (text: string) => string): Uint8Array {
  return Buffer.from(change(Buffer.from(frame).toString('utf8')));
}
