/** Letters of other alphabets that look like Latin ones, after Unicode Technical Standard 39 (confusables). */

const unit = 65_536;

/** Small capitals, phonetic and modified letters: never what they look like in ordinary text, so always replaced. */
const always =
  'ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ꞯq ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz ɑa ɡg ɩi ʌv ʋv ɾr ʂs ʈt ʝj ƙk ƿp ƽs ʍw ᗩa ᗷb ᑕc ᗪd ᕮe ᖴf ᕼh ᒍj ᒪl ᗰm ᑎn ᑭp ᖇr ᔕs ᑌu ᐯv ᗯw ᗅa ᎪA ᏴB ᏟC ᎠD ᎬE ᏀG ᎻH ᎥI ᎫJ ᏦK ᏞL ᎷM ᏢP ᏒR ᏚS ᎢT ᏙV ᎳW ᏃZ ℮e ⲟo ⲣp';

/** Cyrillic, Greek and Armenian letters that belong to words of their own: replaced only where alphabets are mixed. */
const amongLatin =
  'аa вb сc ԁd еe ёe һh нh іi їi јj кk ӏl мm пn оo рp ԛq гr ѕs тt цu ѵv ѡw ԝw хx уy АA ВB СC ЕE НH ІI ЈJ КK МM ОO РP ЅS ТT ХX ҮY УY ԌG αa βb ϲc δd εe ηn ιi κk νv οo ρp τt υu χx γy ωw ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX աw ցg հh յj ոn օo սu ѐe ґr';

function table(pairs: string): Uint16Array {
  const letters = new Uint16Array(unit);
  for (const pair of pairs.split(' ')) letters[pair.charCodeAt(0)] = pair.charCodeAt(1);
  return letters;
}

/** Latin letter by code unit, 0 where there is none. */
export const lookalikes = table(always);

/** Latin letter by code unit, for texts in which words mix alphabets. */
export const cyrillicLookalikes = table(amongLatin);
