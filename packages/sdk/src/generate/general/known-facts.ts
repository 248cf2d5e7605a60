import type { GeneralRequest } from './general-requests.js';

const pairs = (text: string): [string, string][] => text.split('|').map((pair) => pair.split('=') as [string, string]);

const capitals = pairs(
  'France=Paris|Spain=Madrid|Italy=Rome|Germany=Berlin|Portugal=Lisbon|Poland=Warsaw|Greece=Athens|Norway=Oslo|Sweden=Stockholm|Denmark=Copenhagen|Finland=Helsinki|Austria=Vienna|Ireland=Dublin|Hungary=Budapest|Egypt=Cairo|Kenya=Nairobi|Japan=Tokyo|Peru=Lima|Chile=Santiago|Canada=Ottawa|Cuba=Havana|Thailand=Bangkok|Iceland=Reykjavik|Belgium=Brussels',
);
const authors = pairs(
  'Hamlet=William Shakespeare|Don Quixote=Miguel de Cervantes|Pride and Prejudice=Jane Austen|War and Peace=Leo Tolstoy|Moby Dick=Herman Melville|Frankenstein=Mary Shelley|Dracula=Bram Stoker|Oliver Twist=Charles Dickens|The Odyssey=Homer|Faust=Johann Wolfgang von Goethe|Les Misérables=Victor Hugo|Treasure Island=Robert Louis Stevenson|Jane Eyre=Charlotte Brontë|The Metamorphosis=Franz Kafka',
);
const meanings = pairs(
  'frugal=careful with money and not wasteful|brave=ready to face danger or pain|ancient=very old|fragile=easily broken|enormous=very large|nocturnal=active at night|timid=easily frightened|candid=open and honest|vivid=bright and clear|scarce=hard to find|reluctant=not willing to do something|obsolete=no longer used|transparent=easy to see through|temporary=lasting only for a short time|mandatory=required by a rule|plausible=likely to be true',
);
const legs = pairs(
  'spider=eight legs|dog=four legs|bee=six legs|crab=ten legs|bird=two legs|beetle=six legs|horse=four legs',
);
const sounds = pairs('cow=moos|cat=meows|sheep=bleats|lion=roars|pig=oinks|horse=neighs|owl=hoots|frog=croaks');
const opposites = pairs(
  'hot=cold|early=late|heavy=light|rough=smooth|generous=stingy|shallow=deep|noisy=quiet|cheap=expensive|empty=full|sharp=blunt|narrow=wide|ascend=descend',
);
const colours = pairs(
  'blue and yellow=green|red and yellow=orange|red and blue=purple|black and white=gray|red and white=pink',
);
const numbers = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];

/** Questions that can be answered without any tool. */
export const knownFacts: readonly GeneralRequest[] = [
  ...capitals.map(([country, city]) => ({
    text: `what is the capital of ${country}`,
    answer: `The capital of ${country} is ${city}.`,
  })),
  ...authors.map(([work, author]) => ({ text: `who wrote ${work}`, answer: `${author} wrote ${work}.` })),
  ...meanings.map(([word, meaning]) => ({
    text: `what does the word ${word} mean`,
    answer: `${word.replace(/^./, (letter) => letter.toUpperCase())} means ${meaning}.`,
  })),
  ...legs.map(([animal, count]) => ({
    text: `how many legs does a ${animal} have`,
    answer: `A ${animal} has ${count}.`,
  })),
  ...sounds.map(([animal, sound]) => ({
    text: `what sound does ${animal === 'owl' ? 'an' : 'a'} ${animal} make`,
    answer: `${animal === 'owl' ? 'An' : 'A'} ${animal} ${sound}.`,
  })),
  ...opposites.map(([word, other]) => ({
    text: `what is the opposite of ${word}`,
    answer: `The opposite of ${word} is ${other}.`,
  })),
  ...colours.map(([mix, colour]) => ({
    text: `what color do you get from ${mix}`,
    answer: `${mix.replace(/^./, (letter) => letter.toUpperCase())} make ${colour}.`,
  })),
  ...[2, 3, 4, 5, 6].flatMap((one) =>
    [2, 3, 5, 6].map((other) => ({
      text: `what is ${numbers[one]} plus ${numbers[other]}`,
      answer: `${numbers[one]!.replace(/^./, (letter) => letter.toUpperCase())} plus ${numbers[other]} is ${numbers[one + other]}.`,
    })),
  ),
];
