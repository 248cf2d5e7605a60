import type { Faker } from '@faker-js/faker';
import type { Random } from '../../random/index.js';
import { chance, choose } from '../choose.js';
import { numberWords } from '../language/number-words.js';
import { capitalise } from '../language/registers.js';
import { exampleEmail, examplePhone } from './example-addresses.js';
import { calendarDate, clock, presentTimes, sayTime, weekday } from './times.js';
import { artistName, inventTitle, placeOfInterest, playlistName, spokenName } from './titles.js';
import * as lists from './word-lists.js';

/** A value as it is said, and what may stand before it. */
export interface SaidText {
  text: string;
  /** Words before it, one of them; default the meaning's. */
  connectors?: readonly string[];
  /** Words that it can stand behind too, where a seed has them. */
  behind?: readonly string[];
}

/** What the words of an argument stand for: where its values come from and how a request speaks of them. */
export interface Meaning {
  id: string;
  /** Matched with the words of an argument's name. */
  name: RegExp;
  /** Matched with its description, which counts for less. */
  description?: RegExp;
  /** Tools, by the words of name and description, where it is the likelier one of those that match. */
  tool?: RegExp;
  say(random: Random, faker: Faker): string | SaidText;
  /** Words before a value. An empty one: the value follows what is before it. */
  connectors: readonly string[];
  /** A noun that may follow the value: the shopping "list". */
  noun?: string;
  /** Where it stands: after the verb as its object, before the noun as an adjective, or after it. Default: after. */
  place?: 'object' | 'adjective' | 'after';
  /** Groups of values that can stand in each other's place: "near", "close to", but not "nearest". */
  alike?: readonly (readonly string[])[];
  /** Beginnings of questions that a value completes ("will there be" rain), and a value whose like completes them. */
  questions?: readonly { begin: string; like: string }[];
}

const from = (values: readonly string[]) => (random: Random) => choose(random, values);
const sometimesCapital = (random: Random, text: string) => (chance(random, 0.15) ? capitalise(text) : text);
const sometimesLower = (random: Random, text: string) => (chance(random, 0.12) ? text.toLowerCase() : text);

/** A country whose name takes no article. */
function plainCountry(faker: Faker): string {
  for (let tries = 0; tries < 20; tries++) {
    const name = faker.location.country();
    if (
      !/[,(.]|\b(of|and|the|Islands?|Republic|United|Netherlands|Philippines|Gambia|Bahamas|Maldives|Comoros|Territor)/.test(
        name,
      )
    )
      return name;
  }
  return 'Canada';
}

/** The first that matches best is taken, so what is narrow comes before what is wide. */
export const meanings: readonly Meaning[] = [
  // Places
  {
    id: 'destination',
    name: /\b(destination|arrival|to city)\b/,
    say: (random, faker) => sometimesLower(random, faker.location.city()),
    connectors: ['to'],
  },
  {
    id: 'origin',
    name: /\b(origin|departure|from city)\b(?! (date|time))/,
    say: (random, faker) => sometimesLower(random, faker.location.city()),
    connectors: ['from'],
  },
  {
    id: 'city',
    name: /\b(city|town|municipality)\b/,
    description: /\b(city|town)\b/i,
    say: (random, faker) => sometimesLower(random, faker.location.city()),
    connectors: ['in', 'in', 'in', 'for', 'near', 'around', 'at'],
  },
  {
    id: 'state',
    name: /\b(state|province|region)\b/,
    description: /\b(state|province)\b/i,
    say: (random, faker) =>
      chance(random, 0.4)
        ? faker.location.state({ abbreviated: true })
        : sometimesLower(random, faker.location.state()),
    connectors: ['in', 'in', ','],
  },
  {
    id: 'country',
    name: /\b(country|nation)\b/,
    description: /\bcountry\b/i,
    say: (random, faker) => sometimesLower(random, plainCountry(faker)),
    connectors: ['in', 'in', ','],
  },
  {
    id: 'postcode',
    name: /\b(zip|postcode|postal)\b/,
    description: /\b(zip|postal) code\b/i,
    say: (_random, faker) => faker.location.zipCode(),
    connectors: ['in', 'zip code', 'for'],
  },
  {
    id: 'address',
    name: /\b(address|street)\b/,
    description: /\b(address|street)\b/i,
    say: (_random, faker) => faker.location.streetAddress(),
    connectors: ['to', 'at', 'on'],
  },
  {
    id: 'own place',
    name: /\bcurrent (location|place|position)\b|\bmy location\b/,
    description: /\bown place\b|\buser's (place|location)\b.*\b(here)\b/i,
    say: (random) => {
      const text = choose(random, lists.ownPlaces);
      return { text, connectors: /^(here|where)/.test(text) ? [''] : ['at'] };
    },
    alike: [lists.ownPlaces.filter((place) => !/^(here|where)/.test(place)), ['here', 'where I am', 'where we are']],
    connectors: ['at'],
  },
  {
    id: 'place of interest',
    name: /\b(poi|landmark|attraction|geographic)\b/,
    description: /\b(place of interest|landmark|park|point of interest)\b/i,
    say: (random, faker) => placeOfInterest(random, faker, lists.poiSuffixes),
    connectors: ['near', 'in', 'at', 'close to', 'around'],
  },
  {
    id: 'spatial relation',
    name: /\b(spatial|proximity|relation|distance)\b/,
    description: /\brelation to\b|\bnear\b/i,
    say: from(lists.spatialGroups.at(-1)!),
    alike: lists.spatialGroups,
    connectors: [''],
  },
  {
    id: 'room',
    name: /\b(room|area|zone)\b/,
    description: /\broom\b/i,
    say: from(lists.rooms),
    connectors: ['in the', 'for the', 'of the'],
  },
  {
    id: 'location',
    name: /\b(location|place|where|venue)\b/,
    description: /\b(location|place|where)\b/i,
    say: (random, faker) =>
      choose(random, [
        () => faker.location.city(),
        () => `${faker.location.city()}, ${faker.location.state()}`,
        () => faker.location.country(),
      ])(),
    connectors: ['in', 'at', 'for', 'near'],
  },
  // Food
  {
    id: 'restaurant name',
    name: /\brestaurant (name)?$|\brestaurant name\b/,
    description: /\bname of (the|a) restaurant\b/i,
    say: (random, faker) =>
      choose(random, [
        () => `${faker.person.lastName()}'s`,
        () => `The ${choose(random, lists.titleAdjectives)} ${choose(random, lists.titleNouns)}`,
        () =>
          `${faker.person.firstName()}'s ${choose(random, ['Grill', 'Kitchen', 'Diner', 'Steakhouse', 'Pizza', 'Tavern', 'Place'])}`,
        () => `${choose(random, ['Cafe', 'Chez', 'Casa', 'Bistro', 'Trattoria'])} ${faker.person.firstName()}`,
        () => `${faker.location.city()} ${choose(random, ['Cafe', 'Grill', 'House', 'Inn', 'Restaurant', 'Tavern'])}`,
        () => `${choose(random, lists.titleNouns)} & ${choose(random, lists.titleNouns)}`,
      ])(),
    connectors: ['at', 'at', 'in', 'for'],
  },
  {
    id: 'restaurant type',
    name: /\brestaurant type\b/,
    description: /\b(restaurant, bar|kind of (place|restaurant))\b/i,
    tool: /restaurant/i,
    say: from(lists.restaurantTypes),
    alike: lists.restaurantGroups,
    connectors: ['at a', 'in a', 'a', 'for a'],
  },
  {
    id: 'cuisine',
    name: /\bcuisine\b/,
    description: /\bcuisine\b/i,
    say: from(lists.cuisines),
    connectors: ['serving', 'that serves', 'with', 'for'],
    place: 'adjective',
  },
  {
    id: 'dish',
    name: /\b(dish|food|meal|menu item|ingredient|recipe)\b/,
    description: /\b(dish|food|recipe|ingredient)\b/i,
    say: (random, faker) =>
      choose(random, [
        () => faker.food.dish().toLowerCase(),
        () =>
          choose(random, [
            'pizza',
            'sushi',
            'burgers',
            'pasta',
            'tacos',
            'ribs',
            'lasagna',
            'ramen',
            'curry',
            'pancakes',
            'waffles',
            'steak',
            'salads',
            'cheesecake',
            'fried chicken',
            'lobster',
            'dumplings',
            'paella',
            'falafel',
            'soup',
          ]),
      ])(),
    connectors: ['serving', 'that serves', 'with', 'that has', 'for', 'known for'],
  },
  {
    id: 'facility',
    name: /\b(facility|facilities|amenity|amenities|feature)\b/,
    description: /\b(facility|amenity)\b/i,
    say: from(lists.facilities),
    connectors: ['with', 'that has', 'offering', 'with'],
  },
  // People
  {
    id: 'company',
    name: /\bparty size description\b|\b(guests|attendees|participants|companions)\b/,
    description: /\bwho is coming\b|\b(guests|attendees)\b/i,
    say: (random, faker) => {
      const relative = () => `my ${choose(random, lists.familyMembers)}`;
      const person = () => faker.person.firstName();
      return choose(random, [
        () => `me and ${relative()}`,
        () => `${relative()} and I`,
        () => `me and ${person()}`,
        () => `${person()} and ${person()}`,
        () => `me, ${person()} and ${person()}`,
        () => relative(),
        () => `${person()}, ${person()} and ${person()}`,
        () => `me, ${relative()} and ${relative()}`,
      ])();
    },
    connectors: ['for', 'for', 'with'],
  },
  {
    id: 'owner',
    name: /\b(owner|possessive)\b/,
    description: /\bwhose\b/i,
    say: from(lists.owners),
    alike: [[...new Set(lists.owners)].map((owner) => owner.toLowerCase()).concat(lists.owners)],
    connectors: ['to', 'in', 'on', 'from'],
    place: 'adjective',
  },
  {
    id: 'email',
    name: /\be ?mail\b/,
    description: /\be-?mail address\b/i,
    tool: /\b(send|mail|invite|forward|share|write|reply)\b/i,
    say: exampleEmail,
    connectors: ['to'],
  },
  {
    id: 'email',
    name: /\be ?mail\b/,
    description: /\be-?mail address\b/i,
    tool: /\b(list|find|show|search|get|count)\b/i,
    say: exampleEmail,
    connectors: ['from', 'for'],
  },
  {
    id: 'email',
    name: /\be ?mail\b/,
    description: /\be-?mail address\b/i,
    say: exampleEmail,
    connectors: ['for'],
  },
  {
    id: 'phone',
    name: /\b(phone|mobile|telephone)\b/,
    description: /\bphone number\b/i,
    say: examplePhone,
    connectors: ['at', 'on', 'to'],
  },
  {
    id: 'person by name',
    name: /\b(agent|operator|assignee|author|director|actor|patient|employee|customer|first name|last name|full name|owner name|username)\b/,
    description: /\bname of (the|a|an) (agent|person|employee|customer|patient|author)\b/i,
    tool: /\b(assign|give|hand|send|transfer|forward|invite)\b/i,
    say: (random, faker) =>
      chance(random, 0.5) ? faker.person.firstName() : `${faker.person.firstName()} ${faker.person.lastName()}`,
    connectors: ['to'],
  },
  {
    id: 'person by name',
    name: /\b(agent|operator|assignee|author|director|actor|patient|employee|customer|first name|last name|full name|owner name|username)\b/,
    description: /\bname of (the|a|an) (agent|person|employee|customer|patient|author)\b/i,
    say: (random, faker) =>
      chance(random, 0.5) ? faker.person.firstName() : `${faker.person.firstName()} ${faker.person.lastName()}`,
    connectors: ['to', 'by', 'for'],
  },
  {
    id: 'person',
    name: /\b(person|contact|recipient|attendee|guest|user|sender|receiver|callee|to)\b/,
    description: /\b(person|contact|recipient|who)\b/i,
    tool: /\b(assign|give|hand|send|transfer|forward|invite|message|write)\b/i,
    say: (random, faker) =>
      choose(random, [
        () => faker.person.firstName(),
        () => `${faker.person.firstName()} ${faker.person.lastName()}`,
        () => `my ${choose(random, lists.familyMembers)}`,
      ])(),
    connectors: ['to'],
  },
  {
    id: 'person',
    name: /\b(person|contact|recipient|attendee|guest|user|sender|receiver|callee|to)\b/,
    description: /\b(person|contact|recipient|who)\b/i,
    say: (random, faker) =>
      choose(random, [
        () => faker.person.firstName(),
        () => `${faker.person.firstName()} ${faker.person.lastName()}`,
        () => `my ${choose(random, lists.familyMembers)}`,
      ])(),
    connectors: ['to', 'for', 'with', 'from'],
  },
  {
    id: 'organisation',
    name: /\b(company|organi[sz]ation|employer|vendor|merchant|store|shop|brand|client|account name)\b/,
    description: /\b(company|organi[sz]ation|store)\b/i,
    say: from(lists.organisations),
    connectors: ['from', 'at', 'for', 'with'],
  },
  // Music
  {
    id: 'artist',
    name: /\b(artist|band|singer|musician|composer|performer)\b/,
    description: /\b(artist|band|singer)\b/i,
    say: artistName,
    connectors: ['by', 'by', 'by', 'from', 'of'],
  },
  {
    id: 'album',
    name: /\balbum\b/,
    description: /\balbum\b/i,
    say: (random, faker) => sometimesLower(random, spokenName(faker.music.album())) || inventTitle(random),
    connectors: ['the album', '', 'from the album', 'album'],
    place: 'object',
  },
  {
    id: 'song',
    name: /\b(song|track|tune)\b/,
    description: /\b(song|track)\b/i,
    say: (random, faker) => sometimesLower(random, spokenName(faker.music.songName())) || inventTitle(random),
    connectors: ['', 'the song', 'the track', ''],
    place: 'object',
  },
  {
    id: 'song',
    name: /\b(entity|title|item) ?(name)?\b/,
    description: /\bsong\b/i,
    tool: /\b(playlist|music|song)\b/i,
    say: (random, faker) =>
      chance(random, 0.3)
        ? inventTitle(random)
        : sometimesLower(
            random,
            spokenName(choose(random, [() => faker.music.songName(), () => faker.music.album()])()),
          ) || inventTitle(random),
    connectors: ['', '', 'the song', 'the track'],
    place: 'object',
  },
  {
    id: 'playlist',
    name: /\bplaylist\b/,
    description: /\bplaylist\b/i,
    tool: /\b(add|save|put|append|insert)\b/i,
    say: (random) => playlistName(random),
    noun: 'playlist',
    connectors: ['to the playlist', 'to playlist', 'onto the playlist', 'to', 'to the', 'in the playlist'],
  },
  {
    id: 'playlist',
    name: /\bplaylist\b/,
    description: /\bplaylist\b/i,
    say: (random) => playlistName(random),
    noun: 'playlist',
    connectors: ['from the playlist', 'from', 'the playlist', 'from playlist', 'from the'],
  },
  {
    id: 'genre',
    name: /\bgenre\b/,
    description: /\bgenre\b/i,
    // "Something from jazz" is not said: where a seed says "from", only what seeds say goes there.
    say: (random) => ({ text: sometimesCapital(random, choose(random, lists.genres)), connectors: ['some', ''] }),
    connectors: ['some', ''],
    place: 'adjective',
  },
  {
    id: 'music item',
    name: /\bmusic (item|type)\b/,
    description: /^kind of (item|music)\b/i,
    say: from(lists.musicItemGroups[0]),
    alike: lists.musicItemGroups,
    connectors: ['', 'a', 'the', 'this', 'some'],
    place: 'object',
  },
  {
    id: 'music service',
    name: /\b(service|platform|provider)\b/,
    description: /\bstreaming service\b/i,
    say: (random) => sometimesLower(random, choose(random, lists.musicServices)),
    connectors: ['on', 'on', 'from', 'using', 'through', 'with', 'off'],
  },
  // Works
  {
    id: 'series type',
    name: /\bseries( type)?\b/,
    description: /\bseries\b/i,
    say: from(lists.seriesTypes),
    connectors: ['this', 'the'],
    place: 'object',
  },
  {
    id: 'selector',
    name: /\b(select|selection|selector|which|reference)\b/,
    description: /\bwhich one\b/i,
    say: from(lists.selectors),
    alike: lists.selectorGroups,
    connectors: [''],
    place: 'object',
  },
  {
    id: 'kind of book',
    name: /\b(object|work|item|media)? ?type\b/,
    description: /\bkind of work\b/i,
    tool: /\b(book|novel)\b/i,
    say: from(lists.bookTypes),
    connectors: ['the', '', 'this'],
    place: 'object',
  },
  {
    id: 'kind of screening',
    name: /\bobject type\b/,
    tool: /\b(screening|cinema|movies? (are )?shown|showtimes?)\b/i,
    say: from(lists.screeningTypes),
    alike: lists.screeningGroups,
    connectors: ['the', '', 'a'],
    place: 'object',
  },
  {
    id: 'kind of films',
    name: /\b(movie|film) type\b/,
    description: /\bkind of (movies|films)\b/i,
    say: from(lists.movieTypes),
    alike: lists.movieTypeGroups,
    connectors: ['for', 'of', 'playing', ''],
    place: 'object',
  },
  {
    id: 'kind of venue',
    name: /\b(object )?(location|venue|place) type\b/,
    description: /\bkind of place\b/i,
    say: from(lists.venueTypes),
    connectors: ['at the', 'in a', 'at a', 'in the'],
  },
  {
    id: 'kind of work',
    name: /\b(object|work|item|media) type\b/,
    description: /\bkind of work\b/i,
    say: from(lists.creativeWorks),
    connectors: ['the', 'a', 'called the', ''],
    place: 'object',
  },
  {
    id: 'cinema',
    name: /\b(cinema|theater|theatre|location name)\b/,
    description: /\bcinema\b/i,
    say: from(lists.cinemas),
    connectors: ['at', 'at', 'in', 'for'],
  },
  {
    id: 'film title',
    name: /\b(movie|film)( name| title)?\b/,
    description: /\b(movie|film) title\b/i,
    say: (random) => inventTitle(random),
    connectors: ['', 'of', 'for', 'the movie'],
    place: 'object',
  },
  {
    id: 'title',
    name: /\b(title|book|novel|show|game|object name|work|article)( name| title)?\b/,
    description: /\btitle\b/i,
    say: (random, faker) =>
      choose(random, [
        () => inventTitle(random),
        () => inventTitle(random),
        () => inventTitle(random),
        () => faker.book.title(),
        () => spokenName(faker.music.songName()) || inventTitle(random),
        () => spokenName(faker.music.album()) || inventTitle(random),
      ])(),
    connectors: ['', '', 'called', 'titled', 'named'],
    place: 'object',
  },
  {
    id: 'subject',
    name: /\b(title|name|summary|subject|label)\b/,
    description: /\b(event|meeting|appointment|reminder)\b/i,
    tool: /\b(events?|meetings?|appointments?|calendar|reminders?|alarms?)\b/i,
    say: from(lists.subjects),
    connectors: ['called'],
    place: 'object',
  },
  // Time
  {
    id: 'year',
    name: /\b(year|decade|era)\b/,
    description: /\b(year|decade)\b/i,
    say: (random) =>
      choose(random, [
        () => String(random.integer(1950, 2026)),
        () =>
          choose(random, [
            'the 80s',
            'the 90s',
            'the sixties',
            'the seventies',
            'the eighties',
            'the fifties',
            'the 60s',
            'the 70s',
            'the nineties',
          ]),
      ])(),
    connectors: ['from'],
  },
  {
    id: 'duration',
    name: /\b(duration|length|timer|minutes|hours|interval|lead time)\b/,
    description: /\b(duration|how long)\b/i,
    say: (random) => {
      const count = random.integer(2, 45);
      return `${choose(random, [String(count), numberWords(count)!])} ${choose(random, ['minutes', 'hours', 'seconds', 'days'])}`;
    },
    connectors: ['for', 'of', 'in'],
  },
  {
    id: 'date',
    name: /\b(date|day|birthday|deadline|due|check ?in|check ?out)\b/,
    description: /\bdate\b/i,
    say: (random) =>
      choose(random, [
        () => ({ text: calendarDate(random) }),
        () => weekday(random),
        () => ({
          text: choose(random, ['today', 'tomorrow', 'the day after tomorrow']),
          connectors: [''],
          behind: ['for'],
        }),
      ])(),
    connectors: ['on', 'for', 'on'],
  },
  {
    id: 'clock',
    name: /\b(time of day|clock|alarm)\b/,
    description: /\btime of day\b/i,
    say: (random) => clock(random),
    connectors: ['at', 'for', 'at'],
  },
  {
    id: 'time',
    name: /\b(time|when|date|datetime|period|range|schedule)\b/,
    description: /\bwhen\b|\btime\b/i,
    say: (random) => sayTime(random),
    alike: presentTimes,
    connectors: ['at', 'for', 'on'],
  },
  // Weather
  {
    id: 'temperature condition',
    name: /\b(condition temperature|temperature condition)\b/,
    description: /\btemperature condition\b/i,
    say: from(lists.temperatureConditions),
    alike: lists.temperatureGroups,
    connectors: ['when it is'],
    questions: [
      ...['will it be', 'is it', 'is it going to be', 'how'].map((begin) => ({ begin, like: 'hot' })),
      ...['will it get', 'is it getting'].map((begin) => ({ begin, like: 'colder' })),
    ],
  },
  {
    id: 'weather condition',
    name: /\b(condition|weather)\b/,
    description: /\bweather condition\b/i,
    say: from(lists.weatherConditions),
    alike: lists.weatherGroups,
    connectors: ['with'],
    questions: [
      ...[
        'will there be',
        'is there',
        'should I expect',
        'any chance of',
        'is there going to be',
        'when will there be',
      ].map((begin) => ({ begin, like: 'rain' })),
      ...['will it be', 'is it going to be', 'is it'].map((begin) => ({
        begin,
        like: 'windy',
      })),
      ...['will it', 'is it going to', 'when will it'].map((begin) => ({ begin, like: 'pour' })),
    ],
  },
  // Ranking
  {
    id: 'order',
    name: /\b(sort|order by|ranking|sorting|rank)\b/,
    description: /\b(ranking|ordering|sort)\b/i,
    say: from(lists.sortOrders),
    alike: lists.sortGroups,
    connectors: ['the', '', 'a'],
    place: 'adjective',
  },
  // Home
  {
    id: 'color',
    name: /\bcolou?r\b/,
    description: /\bcolou?r\b/i,
    say: from(lists.colors),
    connectors: ['to', 'in', ''],
  },
  {
    id: 'device',
    name: /\b(device|appliance|entity|light|lamp)\b/,
    description: /\b(device|appliance)\b/i,
    say: from(lists.devices),
    connectors: ['the', 'my', ''],
    place: 'object',
  },
  // Office and shops
  {
    id: 'message',
    name: /\b(message|body|text|content|comment|reply|note)\b/,
    description: /\b(message|text) \b/i,
    say: from(lists.messages),
    connectors: ['saying', 'that says', ':', 'with the text'],
  },
  {
    id: 'task',
    name: /\b(task|todo|reminder|chore|action|activity)\b/,
    description: /\b(task|remind)/i,
    say: from(lists.tasks),
    connectors: ['to', ':', 'to'],
  },
  {
    id: 'subject',
    name: /\b(subject|summary|topic|label|title)\b/,
    description: /\b(subject|about)\b/i,
    tool: /\b(tickets?|issues?|incidents?|complaints?|support case|bugs?)\b/i,
    say: from(lists.customerProblems),
    connectors: ['about', 'about', 'because of'],
  },
  {
    id: 'subject',
    name: /\b(subject|event|meeting|appointment|summary|topic|label)\b/,
    description: /\b(subject|event|meeting|appointment)\b/i,
    say: from(lists.subjects),
    connectors: ['about the', 'for the', 'about the'],
  },
  {
    id: 'product',
    name: /\b(product|item|article|goods)\b/,
    description: /\b(product|item)\b/i,
    say: from(lists.products),
    connectors: ['', 'for', ''],
    place: 'object',
  },
  {
    id: 'problem',
    name: /\b(problem|issue|reason|complaint|description|details)\b/,
    description: /\b(problem|issue|reason|why|what (is|went) wrong)\b/i,
    tool: /\b(refund|return|exchange|replace|orders?|purchase)\b/i,
    say: from(lists.purchaseProblems),
    connectors: ['because', 'because', 'since'],
  },
  {
    id: 'problem',
    name: /\b(problem|issue|reason|complaint|description|details|symptom|error)\b/,
    description: /\b(problem|issue|reason|what (is|went) wrong)\b/i,
    say: from(lists.problems),
    connectors: ['because', 'because', 'since'],
  },
  {
    id: 'query',
    name: /\b(query|search|keyword|keywords|terms?|question|q)\b/,
    description: /\b(query|search|look for)\b/i,
    say: from(lists.searchTopics),
    connectors: ['for', 'about', 'on'],
  },
  {
    id: 'language',
    name: /\b(language|lang|locale)\b/,
    description: /\blanguage\b/i,
    tool: /\b(translate|translation|convert)\b/i,
    say: from(lists.languages),
    connectors: ['to', 'into'],
  },
  {
    id: 'language',
    name: /\b(language|lang|locale)\b/,
    description: /\blanguage\b/i,
    say: from(lists.languages),
    connectors: ['in'],
  },
  {
    id: 'app',
    name: /\b(app|application|program)\b/,
    description: /\bapp\b/i,
    say: from(lists.apps),
    connectors: ['the', ''],
    place: 'object',
  },
  {
    id: 'file',
    name: /\b(file|filename|path|document|attachment)\b/,
    description: /\bfile\b/i,
    say: from(lists.fileNames),
    connectors: ['the file', '', 'in'],
    place: 'object',
  },
  {
    id: 'currency',
    name: /\bcurrency\b/,
    description: /\bcurrency\b/i,
    say: from(['USD', 'EUR', 'GBP', 'JPY', 'dollars', 'euros', 'pounds', 'yen', 'Swiss francs']),
    connectors: ['in'],
  },
  {
    id: 'identifier',
    name: /\b(id|identifier|number|code|reference|key|sku|uuid|ticket|booking)\b/,
    description: /\b(id|identifier|reference|order number|code)\b/i,
    say: (random) =>
      choose(random, [
        () => String(random.integer(1000, 999_999)),
        () => `${choose(random, ['A', 'B', 'TK', 'ORD', 'INV', 'AB', 'X'])}-${random.integer(100, 99_999)}`,
        () => `#${random.integer(100, 9999)}`,
      ])(),
    connectors: ['', 'number', 'with the id'],
    place: 'object',
  },
  {
    id: 'list',
    name: /\blist\b/,
    description: /\blist\b/i,
    tool: /\b(remove|delete|drop|clear|cross|take)\b/i,
    say: from(['shopping', 'groceries', 'to-do', 'wish', 'packing', 'reading', 'weekend', 'work']),
    noun: 'list',
    connectors: ['from the', 'from my', 'off the'],
  },
  {
    id: 'list',
    name: /\blist\b/,
    description: /\blist\b/i,
    say: from(['shopping', 'groceries', 'to-do', 'wish', 'packing', 'reading', 'weekend', 'work']),
    noun: 'list',
    connectors: ['to my', 'on the', 'to the', 'on my'],
  },
  {
    id: 'name',
    name: /\bname\b/,
    description: /\bname\b/i,
    say: (random, faker) => choose(random, [() => faker.person.firstName(), () => inventTitle(random)])(),
    connectors: ['called', 'named', ''],
    place: 'object',
  },
];
