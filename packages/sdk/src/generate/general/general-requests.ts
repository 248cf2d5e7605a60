import { knownFacts } from './known-facts.js';

/** What people also say to an assistant, by what it is about, with an answer where one is known without any tool. */
export interface GeneralRequest {
  /** With places such as `{city}`, which general-slots.ts fills. */
  text: string;
  /** Undefined: nothing can be said without a tool, so it is declined. */
  answer?: string;
  /** Tools that speak of this would serve it. */
  about?: RegExp;
}

const say = (text: string, answer: string): GeneralRequest => ({ text, answer });
const ask = (about: RegExp, ...texts: string[]): GeneralRequest[] => texts.map((text) => ({ text, about }));

export const generalRequests: readonly GeneralRequest[] = [
  ...knownFacts,
  say('hello', 'Hello! What can I do for you?'),
  say('hi there', 'Hi! How can I help?'),
  say('good morning', 'Good morning! What can I do for you?'),
  say('thanks', "You're welcome!"),
  say('thank you so much', "You're welcome. Glad I could help."),
  say('how are you', "I'm doing well, thank you. What can I do for you?"),
  say('who are you', "I'm an assistant that does things for you with the tools I have."),
  say('what is your name', "I'm your assistant."),
  say('good night', 'Good night!'),
  say('bye', 'Goodbye!'),
  say('that was great', "I'm glad to hear that."),
  say('you are funny', 'Thank you!'),
  say('tell me a joke', 'Why did the scarecrow win a prize? He was outstanding in his field.'),
  say('how many days are in a leap year', 'A leap year has 366 days.'),
  say('what color do you get from blue and yellow', 'Blue and yellow make green.'),
  say('is a tomato a fruit', 'Botanically, yes: a tomato is a fruit.'),
  say('never mind', 'All right. Tell me if you need anything.'),
  say('I am bored', 'I am sorry to hear that. Tell me if there is something I can do.'),
  say('are you a robot', "I'm a computer program, yes."),
  say('sorry, wrong window', 'No problem.'),
  say('ok', 'All right.'),
  say('what can you do', ''),
  say('help', ''),
  ...ask(
    /weather|forecast|temperature/i,
    'will it rain {day}',
    'how cold does it get in {city} at night',
    "what's the weather like in {city}",
    'do I need an umbrella {day}',
  ),
  ...ask(
    /music|song|playlist|play|media/i,
    'play some {genre}',
    'put on my {genre} playlist',
    'skip this song',
    'who sings this {genre} song',
    'turn the music up a bit',
  ),
  ...ask(
    /restaurant|table|food|meal|dish/i,
    'book a table for {few} at a {restaurant}',
    'is there a good {restaurant} around here',
    'find a sushi place nearby',
    'order me some {dish}',
  ),
  ...ask(
    /flight|travel|trip|hotel|airline/i,
    'book a flight to {city} {day}',
    'find me a hotel in {city} for {few} nights',
    'when does my plane leave',
  ),
  ...ask(/taxi|ride|cab|car|drive/i, 'call me a taxi', 'get me a ride to the {place}', 'where did I park my car'),
  ...ask(
    /alarm|timer|remind|wake/i,
    'wake me up at {hour}',
    'set a timer for {number} minutes',
    'remind me {day} to call {person}',
  ),
  ...ask(
    /calendar|meeting|event|appointment|schedule/i,
    'what is on my calendar {day}',
    'move my meeting with {person} to {hour}',
    'schedule lunch with {person} {day}',
  ),
  ...ask(
    /mail|message|text|send|contact|call/i,
    'send a message to {person}',
    'read me my new emails',
    'call {person} on the phone',
    'tell {person} that I will be late',
  ),
  ...ask(
    /light|lamp|home|thermostat|heating|door|device/i,
    'turn off the lights in the {room}',
    'lock the front door',
    'make it warmer in the {room}',
    'vacuum the {room} at {hour}',
  ),
  ...ask(/news|article|headline/i, "what's in the news about {city}", "read me today's headlines"),
  ...ask(
    /stock|share|price|market|currency|exchange/i,
    "what's the price of {metal}",
    'how many euros are {number} dollars',
    'how is the stock market doing',
  ),
  ...ask(
    /translate|translation|language/i,
    'translate this letter into {language}',
    'translate my last message into {language}',
  ),
  ...ask(
    /bank|account|balance|transfer|payment|invoice|card/i,
    'transfer {number} dollars to {person}',
    "what's my account balance",
    'pay my phone bill',
  ),
  ...ask(
    /order|parcel|package|shipping|shipment|delivery/i,
    'where is my package with the {object}',
    'cancel my order of {object}',
  ),
  ...ask(
    /movie|film|cinema|show|screening|creative/i,
    'what movies are playing in {city}',
    'recommend me a {film}',
    'who directed the last {film} I saw',
  ),
  ...ask(
    /book|novel|library|rate|creative/i,
    'recommend me a novel about {topic}',
    'which books are on the bestseller list',
  ),
  ...ask(
    /list|shopping|todo|task|note/i,
    'add {dish} to the shopping list',
    'write down that {person} owes me {number} dollars',
  ),
  ...ask(/ticket|support|issue|incident|bug/i, 'open a ticket for the broken {object}', 'reset my password'),
  ...ask(
    /sport|team|match|game|score/i,
    'who won the {sport} game last night',
    'when is the next {sport} match in {city}',
    'show me the {sport} results',
  ),
  ...ask(
    /health|fitness|workout|steps|doctor|medicine/i,
    'how many steps did I walk yesterday',
    'find me a dentist in {city}',
    'log a run of {few} miles',
  ),
  ...ask(/recipe|cook|ingredient/i, 'find me a recipe for {dish}', 'which of my recipes need {few} eggs'),
  ...ask(
    /map|route|direction|traffic|navigate/i,
    'how is the traffic near the {place}',
    'take me home',
    'how far is it to {city}',
  ),
  ...ask(
    /photo|camera|picture|image/i,
    'take a selfie',
    'show me my pictures of {city}',
    'delete the photos of {person}',
  ),
  ...ask(
    /code|repository|deploy|server|database/i,
    'restart the server',
    'deploy the main branch',
    'merge the pull request of {person}',
  ),
  ...ask(
    /job|candidate|employee|vacation|leave/i,
    'how many vacation days does {person} have left',
    'find me a job as a {job} in {city}',
  ),
  ...ask(/insurance|claim|policy/i, 'how much is my home insurance', 'renew my car insurance'),
  ...ask(/game|lottery|dice|coin/i, 'flip a coin', 'buy me a lottery ticket'),
  ...ask(/water|plant|garden|sprinkler/i, 'water the garden for {number} minutes', 'when did I last feed the plants'),
];
