import type { Random } from '../../random/index.js';
import { choose } from '../choose.js';

const slots: Record<string, readonly string[]> = Object.fromEntries(
  Object.entries({
    city: 'Oslo|Madrid|Boston|Lisbon|Toronto|Vienna|Chicago|Dublin|Prague|Denver|Athens|Seattle|Zurich|Austin|Naples|Osaka|Leeds|Bergen|Porto|Krakow',
    day: 'today|tomorrow|tonight|on Friday|next week|this weekend|on Monday|next Tuesday|on Sunday|the day after tomorrow',
    person:
      'John|Ann|my sister|Maria|my boss|Tom|Priya|my mother|Kenji|my neighbor|Olga|Sam|my dentist|Fatima|my brother|Lena',
    genre: 'jazz|rock|piano|reggae|hip hop|techno|classical|country|blues|Christmas|workout|opera|punk',
    dish: 'lasagna|pizza|ramen|tacos|pancakes|sushi|curry|soup|salad|risotto|dumplings|cheesecake|burgers|oatmeal',
    restaurant: 'pizzeria|steakhouse|sushi bar|diner|bistro|taco place|noodle shop|vegan restaurant|tapas bar',
    place: 'airport|station|museum|stadium|library|beach|harbor|university|hospital|town hall|zoo',
    hour: 'six|seven|half past eight|nine|ten|noon|three|five|a quarter to four',
    number: 'two|three|four|five|six|eight|ten|twenty|thirty|fifty|seven|fifteen',
    few: 'two|three|four|five|six|eight|seven',
    room: 'kitchen|bedroom|garage|hallway|bathroom|attic|office|cellar|nursery',
    metal: 'gold|silver|copper|oil|wheat|coffee|platinum|corn',
    language: 'Spanish|French|German|Italian|Japanese|Polish|Turkish|Swedish|Greek|Korean',
    object: 'window|chair|umbrella|bicycle|lamp|phone|backpack|mirror|kettle|camera|bottle|printer|blanket|clock',
    film: 'thriller|comedy|western|romance|documentary|horror film|musical|cartoon',
    topic: 'pirates|the sea|dragons|spies|mountains|robots|the war|first love|ancient Rome|detectives',
    sport: 'basketball|football|tennis|hockey|baseball|rugby|volleyball|cricket',
    job: 'carpenter|nurse|teacher|driver|cook|plumber|translator|baker|gardener',
  }).map(([name, list]) => [name, list.split('|')]),
);

/** Fills the places of a general request: "how far is it to {city}". */
export function fillSlots(random: Random, text: string): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => choose(random, slots[name]!));
}
