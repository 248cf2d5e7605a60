import type { ToolFamily } from './tool-family.js';

const town = 'in {city}[, {state}]';
const where = `[ ${town}| ${town}| in {city}, {country}| in {state}| in {country}]`;
const who = '[ for {people}| for {people}| for {company}]';
/** "For 11" alone could be a time. */
const counted = '[ for {people^plural} people| for {people^plural} people| for {company}]';
const when = '[ {+time}]';
const venue =
  '(a {type}|a {sort~popular} {type}|the {sort~best} {type}|a {cuisine} {type~restaurant}|a {type} (with|that has) {facility}|a {type~restaurant} (serving|that serves) {dish})';
const place = `( ${town}| ${town}| in {city}, {country}| in {country}| in {state}| {relation~near to} {poi}| (at|in) {poi}| {+own})`;
const ahead = '[ {+time^ahead}]';
const cinema = '( at {cinema}| at {cinema}| {relation~near me}| at the {relation~nearest} {venue})';

/** Tables, weather, and films in cinemas. */
export const outingFamilies: readonly ToolFamily[] = [
  {
    tool: /^(?=.*\b(book|reserve|reservation)\b)(?=.*\b(restaurants?|tables?)\b)/i,
    not: /\b(cancel|list|find)\b/i,
    slots: {
      people: /\b(party size|people|guests|persons|number of|seats|size)\b/,
      company: /^company$/,
      type: /^restaurant type$/,
      name: /^restaurant name$/,
      city: /^city$/,
      state: /^state$/,
      country: /^country$/,
      time: /^(time|date)$/,
      sort: /^order$/,
      cuisine: /^cuisine$/,
      dish: /^dish$/,
      relation: /^spatial relation$/,
      facility: /^facility$/,
      poi: /^place of interest$/,
    },
    imperatives: [
      `(book|reserve|get me) a table${who} at {name}[ ${town}]${when}`,
      `(book|reserve|get me) a table${who} at ${venue}${where}${when}`,
      `(book|reserve) ${venue.replaceAll('{type}', '{type~restaurant}')}${counted}${where}${when}`,
      `(book|reserve|get me) a table for {people}${where}${when}`,
      `(book|reserve) a table for {company}${where}${when}`,
      `(book|reserve) a table {+time}${who}${where}`,
      `book a {type~restaurant} {relation~near} {poi}${counted}${when}`,
      `book a table at a {type} {relation~near} {poi}${when}`,
      `book a {sort~popular} {type~restaurant} {relation~near me}${counted}${when}`,
      `(make|book) a reservation${counted} at (a {type}|{name}|a {cuisine} {type~restaurant})${where}${when}`,
      `make a reservation${counted}${where}${when}`,
      `book a spot for {people} at {name}[ ${town}]${when}`,
    ],
    questions: [
      `can I (get|have|book) a table${who} at ({name}|${venue})${where}${when}`,
      `can you get us a table${who} at ({name}|${venue})${when}`,
      `is there a table for {people} at {name}${when}`,
    ],
    statements: [
      `I (need|want) a table${who}${where}${when}`,
      `I (need|want) a table${who} at ({name}|${venue})${where}${when}`,
      `I'd like a reservation${counted} at ({name}|a {type})${where}${when}`,
      `I want to eat at (a {cuisine} {type~restaurant}|a {type~restaurant} that serves {dish}|{name})${where}${when}`,
      `we need a table for {people}${where}${when}`,
    ],
  },
  {
    tool: /\b(weather|forecast)\b/i,
    slots: {
      city: /^city$/,
      state: /^state$/,
      country: /^country$/,
      poi: /^place of interest$/,
      own: /^own place$/,
      location: /^location$/,
      time: /^(time|date)$/,
      condition: /^weather condition$/,
      temperature: /^temperature condition$/,
      relation: /^spatial relation$/,
    },
    imperatives: [
      `(tell me|show me|get me|give me|check) the (weather|forecast|weather forecast)( for {city}[, {state}]| for {country}| for {poi}| for {state}| in {city}[, {state}])${ahead}`,
      `tell me if it will be ({temperature~hot}|{condition~windy})${place}${ahead}`,
      `tell me if there will be {condition~rain}${place}${ahead}`,
    ],
    questions: [
      `(what's|what is) the weather like${place}`,
      `(what's|what is) the (forecast|weather forecast)( for {city}[, {state}]| for {country}| for {poi}| for {state})${ahead}`,
      `(how's|how is) the weather${place}`,
      `what will the weather be like${place}${ahead}`,
      `will it be {temperature~hot}${place}${ahead}`,
      `is it {temperature~hot}${place}`,
      `is it {temperature~hot} {relation~in the area}`,
      `is it {condition~windy} {relation~in the area}`,
      `will it be {temperature~freezing}${place}${ahead}`,
      `will it get {temperature~colder}${place}${ahead}`,
      `is it getting {temperature~colder}${place}`,
      `how {temperature~hot} will it be${place}${ahead}`,
      `how {temperature~hot} is it${place}`,
      `will there be {condition~rain}${place}${ahead}`,
      `is there going to be {condition~rain}${place}${ahead}`,
      `should I expect {condition~rain}${place}${ahead}`,
      `will it {condition~pour}${place}${ahead}`,
      `is it going to {condition~pour}${place}${ahead}`,
      `will it be {condition~windy}${place}${ahead}`,
      `is it {condition~windy}${place}`,
      `is it {condition~raining}${place}`,
      `will it be {condition~raining}${place}${ahead}`,
      `is it going to be {condition~windy}${place}${ahead}`,
      `(what's|what is) the weather in {location}${ahead}`,
    ],
    statements: [
      `weather( for| in) ({city}|{country}|{state})${ahead}`,
      `I need the (forecast|weather forecast) for ({city}[, {state}]|{country}|{poi})${ahead}`,
      `I want to know if it will be ({temperature~hot}|{condition~windy})${place}${ahead}`,
    ],
  },
  {
    tool: /\b(screenings?|cinemas?|showtimes?|movies? (are )?shown)\b/i,
    slots: {
      what: /^kind of screening$/,
      cinema: /^cinema$/,
      films: /^kind of films$/,
      relation: /^spatial relation$/,
      movie: /^film title$/,
      venue: /^kind of venue$/,
      time: /^(time|date)$/,
    },
    imperatives: [
      `(find|show me|get me|check|look up) the {what~movie times} (at|for) {cinema}${ahead}`,
      `(find|show me|get me) the {what~movie schedule} (at|for) {cinema}${ahead}`,
      `(find|show me) the {what~movie times}( {relation~in the area}| at the {relation~nearest} {venue})${ahead}`,
      `(find|show me|find me) (the |some |){films~movies}${cinema}${ahead}`,
      `(find|show me) the {relation~nearest} {venue} (showing|playing|that shows) ({movie}|{films~movies})${ahead}`,
      `find (a|the) {venue} (showing|that shows) ({movie}|{films~movies})[ {relation~near me}]${ahead}`,
      `tell me (when|where) {movie} is (playing|showing)${ahead}`,
      `find the {what~movie times} for {movie}${ahead}`,
      `find out if {movie} is playing${cinema}`,
      `show me (the |){films~movies} {relation~near me}`,
    ],
    questions: [
      `what {films~movies} are (playing|showing)${cinema}${ahead}`,
      `which {films~movies} are (on|playing|showing)${cinema}${ahead}`,
      `what are the {what~movie times} (at|for) {cinema}${ahead}`,
      `what are the {what~movie times} for {movie}[ at {cinema}]`,
      `(when is|where is) {movie} (playing|showing)`,
      `when is {movie} (playing|showing)${cinema}`,
      `where is {movie} (playing|showing) {+time^ahead}`,
      `is {movie} (playing|showing)${cinema}${ahead}`,
      `are there any {films~movies} (playing|showing)${cinema}${ahead}`,
      `can I see {movie}${cinema}${ahead}`,
      `is there a {venue} showing {movie} {relation~near me}`,
    ],
    statements: [
      `I (want|would like) to see {movie}${cinema}${ahead}`,
      `I need the {what~movie times} (at|for) {cinema}${ahead}`,
      `I want to see (some |){films~movies}${cinema}${ahead}`,
      `{what~movie times} (at|for) {cinema}${ahead}`,
    ],
  },
];
