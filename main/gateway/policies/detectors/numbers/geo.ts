/** Places on the earth: pairs of latitude and longitude that are exact to some ten metres. */

const number = '[-+\\u2212]?\\d{1,3}[.,]\\d{4,16}';
const pairPattern =
  /([-+\u2212]?)(\d{1,2})\.(\d{4,15})°?[ ]?([NSns]?)[ ]?(?:[,;/|]|%2C|[ ])[ ]{0,2}([-+\u2212]?)(\d{1,3})\.(\d{4,15})°?(?:[ ]?[EWew](?![A-Za-z]))?(?![\d.])/y;
const degrees =
  /\d{1,3}[ ]?°[ ]?\d{1,2}[ ]?['′’][ ]?(?:\d{1,2}(?:[.,]\d{1,4})?[ ]?["″”]?[ ]?)?[NS][ ,;]{1,3}\d{1,3}[ ]?°[ ]?\d{1,2}[ ]?['′’][ ]?(?:\d{1,2}(?:[.,]\d{1,4})?[ ]?["″”]?[ ]?)?[EWO](?![A-Za-z])/y;
const single = new RegExp(`${number}(?![\\d.])`, 'y');
const moreBefore = /\d[.\d]*[ ]?[,;][ ]{0,2}$/;
const moreBehind = /[ ]?[,;][ ]{0,2}[-+]?\d+\.\d/y;
const placeBefore =
  /(?:geo|gps|loc|location|locations|pos|position|coord|coords|coordinates?|latlon|latlng|lat_lon|lat[ ,/]{1,3}(?:lon|lng|long)|point|place|home|koordinaten|coordonnées|coordenadas|coordinate|standort|ubicación|posizione|坐标|座標|位置|좌표|координаты|koordinat|maps[^ ]{0,40}[@=/])["')\]]?[ \t:=]{0,3}["'([{]{0,2}$|(?:setview|latlng|flyto|panto|marker|center|centre|geocode)\W{1,3}$|(?:ping(?:ed|s)?|seen|located|spotted|parked|landed|stopped|arrived|is|are|meet|i'm|near|standort|befindet sich|situé|ubicad[oa]) (?:at|near|around|bei|à|en) $/i;
const lookBack = 48;

/** End of the pair that begins at a digit or sign; -1 where none does, or where it is one of a list of numbers. */
export function geoEnd(text: string, at: number): number {
  degrees.lastIndex = at;
  if (degrees.test(text)) return degrees.lastIndex;
  pairPattern.lastIndex = at;
  const match = pairPattern.exec(text);
  if (match === null) return -1;
  const end = pairPattern.lastIndex;
  if (Number(match[2]) > 90 || Number(match[6]) > 180) return -1;
  const before = text.slice(Math.max(0, at - lookBack), at);
  if (placeBefore.test(before)) return end;
  moreBehind.lastIndex = end;
  if (moreBefore.test(before) || moreBehind.test(text)) return -1;
  const fraction = Math.min((match[3] as string).length, (match[7] as string).length);
  // Five places and a comma, in quotes or parentheses of its own or at the end of a statement; paths and matrices have more numbers.
  return fraction >= 5 && fraction <= 8 && /[,;/]|%2C/.test(match[0]) && !/[MLCQSTHVAmlcqsthva\d] ?$/.test(before)
    ? end
    : -1;
}

/** End of the latitude or longitude that begins at a place, beside a word that announces it; -1 where none does. */
export function coordinateEnd(text: string, at: number): number {
  single.lastIndex = at;
  return single.test(text) ? single.lastIndex : -1;
}

export const coordinateWords: readonly string[] = [
  'latitude',
  'longitude',
  'lat',
  'lon',
  'lng',
  'breitengrad',
  'längengrad',
  'latitud',
  'longitud',
  'latitudine',
  'longitudine',
  '纬度',
  '经度',
  '緯度',
  '経度',
];
