/**
 * 256 short words that sound apart when read over a telephone. Their order is part of every fingerprint that was ever written down:
 * never change, remove or reorder one.
 */
export const FINGERPRINT_WORDS: readonly string[] = `
acorn actor adobe agent album alley amber anchor angle ankle apple april apron arrow attic autumn
badge bacon baker bamboo banjo barn basket beach beetle bell bench berry bicycle bishop blanket bottle
branch bread bridge bronze brother bucket buffalo butter cabin cactus camel canal candle canoe carbon carpet
castle cedar chalk chapel cherry chimney cinema circle citrus clarinet clover coffee comet copper coral cotton
cousin cricket crystal cupboard daisy dancer dawn decade denim desert diamond dinner dolphin domino donkey dragon
drawer driver drum eagle earth echo elbow elephant ember engine envelope estate evening fabric falcon farmer
feather fender ferry fiddle finger flame flute forest fossil fountain fox freckle frost gallery garden garlic
gentle ginger glacier glove goblet gold gorilla granite grape guitar hammer harbour harvest hazel helmet hero
hockey honey horizon hotel hunter iceberg igloo indigo insect iron island ivory jacket jaguar jasmine jersey
jewel jigsaw journal jungle kayak kettle kidney kitchen kitten ladder lagoon lantern laurel leather lemon letter
library lilac lizard lobster lotus lunar magnet mango maple marble meadow melody mirror monkey mosaic mountain
muffin museum napkin needle nephew nickel noodle novel nutmeg ocean olive onion opera orange orchid otter
oxygen oyster paddle palace panda paper parrot peanut pebble pencil pepper piano pigeon pillow pirate planet
pocket pony potato prairie pumpkin puzzle pyramid quarry quartz queen quilt rabbit radio raven ribbon river
robin rocket saddle salmon satin school shadow silver sister spider summer sunset table teacher thunder tiger
timber tomato tractor trumpet tulip turtle uncle valley velvet violin walnut water window winter yogurt zebra
`
  .trim()
  .split(/\s+/);
