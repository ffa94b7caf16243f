/** Text from outside made safe to print: a recorded string must not move the cursor, recolour or reorder a terminal. */

// Control sequences (ECMA-48) go as one, so that no `[31m` stays behind: CSI with its parameters and final byte, and
// OSC up to its terminator, which covers hyperlinks (OSC 8).
const controlSequence =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)/g;
// C0, delete, C1; invisible and bidirectional marks (SEC-31). Joiners stay: scripts and emoji need them.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** One line: control sequences and invisible marks are removed, line breaks and tabs become a space. */
export function printable(text: string): string {
  return text
    .replace(controlSequence, '')
    .replace(/[\n\r\t]+/g, ' ')
    .replace(unprintable, '');
}

/** The same with the lines it has. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** JSON on one line that says exactly the same and does nothing to a terminal: what would is written as an escape. */
export function jsonForTerminal(value: unknown): string {
  // Within JSON such a character can stand in a text only, or in a name.
  return JSON.stringify(value).replace(
    unprintable,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
