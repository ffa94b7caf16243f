/** Two deeds told by their shape: a picture or link whose address is to be filled in with data, and a download that goes to a shell. */

const picture = /!?\[[^\]\n]{0,120}\]\((https?:\/\/[^)\s]{1,300})\)?/y;
/** A place in an address that the model is to fill in. */
const blank =
  /[?&/=](?:[\w-]{0,40}=)?(?:\{[^}]{0,60}\}?|\[[A-Za-z_ -]{0,60}|<[A-Za-z_ -]{1,60}>?|%7B|DATA|SECRET|BASE64|\$\{[^}]{0,60}|(?:YOUR|USER|CHAT|CONVERSATION|SUMMARY)[A-Z_]*)/;
const fetching =
  /(?:curl|wget)\s[^\n|]{1,200}?https?:\/\/(\d{1,3}(?:\.\d{1,3}){3})[^\n|]{0,200}\|\s{0,3}(?:sudo\s{1,3})?(?:ba|z|da)?sh\b/y;

/** Evidence as logarithms of odds; 0 for nearly every text. */
export function commandSigns(text: string): number {
  let evidence = 0;
  for (let at = text.indexOf(']('), tries = 0; at !== -1 && tries < 500; at = text.indexOf('](', at + 2), tries++) {
    const from = Math.max(0, at - 121);
    const within = text.slice(from, at).lastIndexOf('[');
    if (within === -1) continue;
    const open = from + within;
    const isPicture = open > 0 && text.charCodeAt(open - 1) === 0x21;
    picture.lastIndex = isPicture ? open - 1 : open;
    const match = picture.exec(text);
    if (match !== null && blank.test(match[1] ?? '')) evidence = Math.max(evidence, isPicture ? 2.5 : 1);
  }
  for (const name of ['curl ', 'wget ']) {
    for (let at = text.indexOf(name), tries = 0; at !== -1 && tries < 200; at = text.indexOf(name, at + 5), tries++) {
      fetching.lastIndex = at;
      // A host without a name is not where installers are found.
      if (fetching.test(text)) evidence = Math.max(evidence, 1.8);
    }
  }
  return evidence;
}
