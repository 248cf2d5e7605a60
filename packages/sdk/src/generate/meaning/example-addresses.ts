import type { Faker } from '@faker-js/faker';
import type { Random } from '../../random/index.js';
import { choose } from '../choose.js';

/** An address of a domain that is set aside for examples (RFC 2606): nobody's. */
export function exampleEmail(_random: Random, faker: Faker): string {
  return faker.internet.exampleEmail().toLowerCase();
}

/** A number of the range that North America keeps for fiction: 555-0100 to 555-0199. */
export function examplePhone(random: Random): string {
  const area = `${random.integer(2, 9)}${random.integer(0, 8)}${random.integer(0, 9)}`;
  const line = `01${random.integer(0, 9)}${random.integer(0, 9)}`;
  return choose(random, [`(${area}) 555-${line}`, `${area}-555-${line}`, `${area} 555 ${line}`]);
}
