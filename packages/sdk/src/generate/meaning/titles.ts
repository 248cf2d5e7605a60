import type { Faker } from '@faker-js/faker';
import type { Random } from '../../random/index.js';
import { chance, choose } from '../choose.js';
import { capitalise } from '../language/registers.js';
import { withArticle } from '../language/words-of-name.js';
import { bandNouns, playlistHeads, playlistWords, titleAdjectives, titleNouns, titleVerbs } from './word-lists.js';

/** A title that could be a book's, a film's or a show's. */
export function inventTitle(random: Random): string {
  const nouns = random.shuffle(titleNouns);
  // No word stands twice in a title.
  const noun = () => nouns.pop()!;
  const adjective = () => choose(random, titleAdjectives);
  const title = choose(random, [
    () => `The ${adjective()} ${noun()}`,
    () => `The ${adjective()} ${noun()}`,
    () => `${adjective()} ${noun()}`,
    () => `The ${noun()} of the ${noun()}`,
    () => `${noun()} of ${noun()}`,
    () => `${choose(random, titleVerbs)} the ${noun()}`,
    () => `${choose(random, titleVerbs)} ${noun()}`,
    () => `The ${noun()}`,
    () => capitalise(withArticle(`${adjective()} ${noun()}`)),
    () => `${noun()} and ${noun()}`,
    () => `The ${noun()}'s ${noun()}`,
    () => `${noun()} in the ${noun()}`,
    () => `When the ${noun()} Falls`,
    () => `How to Be ${withArticle(noun())}`,
    () => `${noun()}: The ${adjective()} ${noun()}`,
    () => `${adjective()} ${noun()}: ${capitalise(withArticle(noun()))} Story`,
    () => `My ${adjective()} ${noun()}`,
    () => `${noun()} ${random.integer(2, 9)}`,
    () => `No ${noun()} for the ${adjective()}`,
    () => `I Am ${noun()}`,
    () => `${adjective()} in ${choose(random, ['Paris', 'Berlin', 'Texas', 'Tokyo', 'Love', 'Black', 'Time'])}`,
  ])();
  return chance(random, 0.12) ? title.toLowerCase() : title;
}

/** Faker's song names and albums bear years and versions in brackets that nobody says. */
export function spokenName(name: string): string {
  const plain = name
    .replaceAll(/\s*[([].*?[)\]]/g, '')
    .replaceAll(/["“”]|\.{2,}$/g, '')
    .split(/\s+[-–]\s+/)[0]!
    .trim();
  // What was behind a bracket begins the name now.
  return /^[([]/.test(name) ? capitalise(plain) : plain;
}

export function playlistName(random: Random): string {
  const words = random.shuffle(playlistWords);
  const word = () => words.pop()!;
  const name = choose(random, [
    () => `${word()} ${choose(random, playlistHeads)}`,
    () => `${word()} ${word()}`,
    () => word(),
    () => `${word()} ${word()} ${choose(random, playlistHeads)}`,
    () => `This Is ${word()}`,
    () => `${choose(random, titleAdjectives)} ${choose(random, titleNouns)}`,
    () => `${word()} ${random.integer(2010, 2027)}`,
    () =>
      `Songs to ${choose(random, ['Sing in the Car', 'Sing in the Shower', 'Work To', 'Fall Asleep', 'Test Headphones With'])}`,
    () => `All Out ${choose(random, ['70s', '80s', '90s', '00s'])}`,
  ])();
  return chance(random, 0.35) ? name.toLowerCase() : name;
}

export function artistName(random: Random, faker: Faker): string {
  if (chance(random, 0.45)) return faker.music.artist();
  const name = choose(random, [
    () =>
      faker.person
        .fullName({})
        .replace(/^(Mr|Mrs|Ms|Miss|Dr)\.? /, '')
        .replace(/ (I+|Jr\.|Sr\.|MD|DDS|PhD|DVM|IV|V)$/, ''),
    () => `${faker.person.firstName()} ${faker.person.lastName()}`,
    () => `The ${choose(random, titleAdjectives)} ${choose(random, bandNouns)}`,
    () => `DJ ${faker.person.firstName()}`,
  ])();
  return chance(random, 0.12) ? name.toLowerCase() : name;
}

export function placeOfInterest(random: Random, faker: Faker, suffixes: readonly string[]): string {
  const name = choose(random, [
    () => faker.location.city(),
    () => faker.person.lastName(),
    () => choose(random, titleAdjectives) + choose(random, [' River', ' Lake', ' Hill', ' Creek']),
  ])();
  return `${name} ${choose(random, suffixes)}`;
}
