/** Firms, brands, bands, dishes and figures of tales that are written like people and are none. Public knowledge; folded to lower case. */

const brands = new Set(
  `morgan stanley|lockheed martin|berkshire hathaway|northrop grumman|lehman brothers|bear stearns|maxim integrated|mona lisa|anna karenina|don quixote|dorian gray|jane eyre|oliver twist|battle of hastings|autumn leaves|charles schwab|aston martin|rolls-royce|harley-davidson|martin marietta|baker hughes|taylor wimpey|jethro tull|fleetwood mac|pink floyd|lynyrd skynyrd|earl grey|shirley temple|louis vuitton|calvin klein|ralph lauren|hugo boss|tommy hilfiger|jack daniel|jack daniels|johnnie walker|jim beam|john deere|eli lilly|merrill lynch|wells fargo|goldman sachs|jp morgan|mary kay|max mara|giorgio armani|christian dior|michael kors|kate spade|jimmy choo|walt disney|warner bros|stella artois|captain morgan|james bond|santa claus|jack russell|granny smith|john dory|peter pan|robin hood|harry potter|sherlock holmes|luke skywalker|mickey mouse|donald duck|ronald mcdonald|stanley black|smith barney|booz allen|arthur andersen|duff phelps|jones lang|cushman wakefield|lloyds bank|russell stover|sara lee|aunt jemima|oscar mayer|betty crocker|ben jerry|dr pepper|don perignon|dom perignon|uncle ben|papa john|wendy's|tim hortons|carl zeiss|siemens healthineers|robert bosch|mercedes-benz|alfa romeo|henry schein|thomson reuters|harper collins|simon schuster|penguin random|alice cooper|judas priest|duran duran|steely dan|uriah heep|molly hatchet|franz ferdinand|lady gaga|ginger ale|bloody mary|rob roy|john doe|jane doe|joe bloggs|max mustermann|erika mustermann`.split(
    '|',
  ),
);

/** Whether the words are a firm's, a brand's or a figure's name. */
export function isBrand(words: string): boolean {
  return brands.has(words.toLowerCase());
}
