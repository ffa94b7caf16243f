/** Words that a fingerprint is read out with: one for each byte. A word keeps its place for good, or links would read differently. */

/** 256 words; the first three letters tell each from all others. */
export const fingerprintWordList: readonly string[] = [
  'acorn actor album amber angel ankle apple apron arrow aspen atlas attic bacon badge bagel bamboo ',
  'banjo basil beach beetle berry bicycle bison blanket blossom bonfire bottle boulder bridge bronze ',
  'bubble bucket butter cabin cactus camel candle carpet castle cedar cello cherry chimney cider cinema ',
  'circus clover cobalt coconut comet copper coral cotton cousin cradle crystal curtain cymbal daisy ',
  'dancer denim desert diamond dinner doctor dolphin dragon drummer eagle echo elbow emerald engine ',
  'envelope falcon feather festival fiddle flamingo flute forest fossil fountain fox galaxy garden ',
  'gazelle giant ginger glacier goblin granite guitar hammer harbor hazel helmet hockey honey hunter ',
  'husky iceberg igloo insect island ivory jacket jaguar jasmine jelly jewel jigsaw journal juggler ',
  'jungle kayak kettle kitchen kiwi koala ladder lagoon lantern lemon leopard library lilac liquid ',
  'lobster lotus lumber magnet mango maple marble meadow melon mermaid mirror mitten monkey mosaic ',
  'muffin mushroom napkin nectar needle nephew ninja noodle nutmeg oasis ocean octopus olive onion ',
  'orange orchid ostrich otter oyster paddle palace panda parrot peanut pebble pelican pepper phoenix ',
  'piano pickle pigeon pilot pirate planet plum pocket polar poppy potato prairie pumpkin puzzle python ',
  'quartz queen quiver rabbit radish raven ribbon river robin rooster ruby sailor salmon sandal ',
  'saxophone scarf shadow shovel silver skater slipper snow spider squirrel stadium sugar sunset swan ',
  'syrup tablet taxi teapot temple thunder tiger timber toffee tomato tractor trumpet tulip tunnel ',
  'turtle twig umbrella uncle unicorn valley vanilla velvet village vinegar violin volcano voyage ',
  'waffle walnut water weasel whale wheat willow window wizard wolf yacht yellow yogurt zebra zigzag ',
  'zipper',
]
  .join('')
  .split(' ');
