import type { ToolFamily } from './tool-family.js';

const kinded = '(the song{kind?=song} {title}|the track{kind?=track} {title}|{title}|{title}|{title})';
const inRoom = '[ in the {room!}| in the {room!}| in the {room!}| in all rooms{room=all}]';
const loud = '[ at volume {volume}| at {volume} percent volume]';
const shuffled = '[ on shuffle{shuffle=true}| shuffled{shuffle=true}| without shuffle{shuffle=false}]';
const how = `${inRoom}${loud}`;
const on = '[ (on|from|using) {service}]';
const play = '(play|play|play|put on|start playing)';
const playlist = '((the|{owner}) {playlist} playlist|(the playlist|{owner} playlist) {playlist})';
const score =
  '(a {value}|{value^plural} {unit}|{value} out of {best}|{value} out of {best^plural} {unit}|a rating of {value}|a rating of {value} out of {best})';

/** Music, playlists, ratings, and works by their title. */
export const mediaFamilies: readonly ToolFamily[] = [
  {
    tool: /^(?=.*\b(add|put|save|append|insert)\b)(?=.*\bplaylists?\b)/i,
    not: /\b(remove|delete)\b/i,
    slots: {
      title: /^(song|title|album)$/,
      artist: /^artist$/,
      kind: /\b(music item|kind|type|item)\b/,
      owner: /^owner$/,
      playlist: /^playlist$/,
    },
    imperatives: [
      `add {title} (to|onto) ${playlist}`,
      `add {title} by {artist} (to|onto) ${playlist}`,
      `add {artist} (to|onto) ${playlist}`,
      `add the (song{kind?=song}|track{kind?=track}|album{kind?=album}|tune{kind?=tune}) {title}[ by {artist}] (to|onto) ${playlist}`,
      `add (a song{kind?=song}|a track{kind?=track}|an album{kind?=album}|a tune{kind?=tune}) by {artist} (to|onto) ${playlist}`,
      `add this (song{kind?=song}|track{kind?=track}|album{kind?=album}|artist{kind?=artist}|tune{kind?=tune}) (to|onto) ${playlist}`,
      `save {title} (to|in|on) ${playlist}`,
      `put {title}[ by {artist}] (in|on|onto) ${playlist}`,
      `put the (song{kind?=song}|track{kind?=track}|album{kind?=album}) {title} (on|onto) ${playlist}`,
      `put this (song{kind?=song}|track{kind?=track}|album{kind?=album}|tune{kind?=tune}) (on|in) ${playlist}`,
      `put (a song{kind?=song}|a track{kind?=track}) by {artist} on ${playlist}`,
      // What must be asked for.
      'add {title}[ by {artist}] to a playlist',
      'add this (song{kind?=song}|track{kind?=track}|album{kind?=album}|tune{kind?=tune}) to a playlist',
      'add (something|a song{kind?=song}) by {artist} to a playlist',
      'put the (song{kind?=song}|track{kind?=track}|album{kind?=album}) {title} on a playlist',
    ],
    questions: [
      `can I have {title} on ${playlist}`,
      `can we have this (song{kind?=song}|track{kind?=track}) on ${playlist}`,
    ],
    statements: [
      `I want {title} (on|in) ${playlist}`,
      `I want {title} by {artist} (on|in) ${playlist}`,
      `I need (a song{kind?=song}|a track{kind?=track}) by {artist} on ${playlist}`,
    ],
  },
  {
    tool: /^(?=.*\b(play|start|listen|put on)\b)(?=.*\b(music|songs?|media|audio|radio)\b)/i,
    not: /\b(add|pause|stop|skip|resume|volume up)\b/i,
    slots: {
      title: /^(song|title)$/,
      artist: /^artist$/,
      album: /^album$/,
      kind: /^music item$/,
      sort: /^order$/,
      genre: /^genre$/,
      year: /^year$/,
      service: /^music service$/,
      playlist: /^playlist$/,
      room: /^room$/,
      volume: /\bvolume\b/,
      shuffle: /\bshuffle\b/,
    },
    imperatives: [
      `${play} ${kinded}${how}${on}`,
      `${play} ${kinded} by {artist}${how}${on}`,
      `${play} {title} by {artist}${shuffled}${how}`,
      `${play} {title}${shuffled}${how}`,
      `start {title}[ by {artist}]${how}${shuffled}`,
      `${play} {title} in the {room!}${loud}${shuffled}`,
      `${play} {title} from {album}[ by {artist}]${on}`,
      `${play} (a song{kind=song}|a track{kind=track}|an album{kind=album}|some songs{kind=songs}|music{kind=music}) by {artist}${on}`,
      `${play} something by {artist}${on}`,
      `${play} the {sort~latest} {kind~song} by {artist}${on}`,
      `${play} some {sort~popular} {kind~songs} (by {artist}|from {year})${on}`,
      `${play} [some ]{genre}${on}`,
      `${play} [some ]{genre} {kind~songs}[ from {year}]${on}`,
      `${play} {genre} from {year}${on}`,
      `${play} {kind~songs} from {year}${on}`,
      `${play} the album{kind=album} {album}[ by {artist}]${on}`,
      `${play} the {playlist} playlist${on}`,
      `${play} the playlist {playlist}${on}`,
      `${play} something by {artist} from {year}`,
      `open {service} and play (some {genre}|the song{kind?=song} {title}|{title})`,
      `use {service} to play (some {genre}|{title}|{title} by {artist})`,
      // What must be asked for.
    ],
    questions: [
      `can (I|we) hear ${kinded}[ by {artist}]${how}${on}`,
      `can I listen to {title}[ by {artist}]${how}`,
      `can I listen to (some {genre}|something by {artist}|the album{kind=album} {album})${on}`,
      `can you play something by {artist}${on}`,
      `can you play something${inRoom}${loud}${shuffled}`,
      `do you have anything by {artist} to play`,
    ],
    statements: [
      `I want to hear something${inRoom}${loud}`,
      `I want to (hear|listen to) ${kinded}[ by {artist}]${how}${on}`,
      `I'd like to (hear|listen to) {title}[ by {artist}]${how}${on}`,
      `I want to (hear|listen to) (some {genre}|something by {artist}|{kind~songs} by {artist}|the {playlist} playlist)${on}`,
      `I feel like (hearing|listening to) (some {genre}|something by {artist}|{title})${on}`,
      `I'd like to hear the {sort~latest} {kind~song} by {artist}`,
      `let me hear (some {genre}|{title}|{title} by {artist}|something by {artist})${on}`,
    ],
  },
  {
    tool: /\b(rate|rating)\b/i,
    slots: {
      value: /\b(rating|value|score|stars|points)\b(?!.*\b(unit|best|max)\b)/,
      best: /\b(best|max|maximum|out of|scale)\b/,
      unit: /\bunit\b/,
      title: /^(title|film title|song|album)$/,
      select: /^selector$/,
      kind: /^kind of/,
      series: /^series type$/,
    },
    imperatives: [
      `give {title} ${score}`,
      `give (the {kind} {title}|{title}|{title}) ${score}`,
      `give {select~this} {kind} ${score}`,
      `give the {select~last} {kind} ${score}`,
      `give {select~this} {series} ${score}`,
      `give the {series} {title} ${score}`,
      'rate (the {kind} {title}|{title}|{title}|{select~this} {kind}|the {select~last} {kind}) {value}[ out of {best}]',
      'rate (the {kind} {title}|{title}|{title}|{select~this} {kind}|{select~this} {series}) {value^plural} {unit}',
      'rate (the {kind} {title}|{title}|{title}|{select~this} {kind}) {value} out of {best^plural} {unit}',
      'rate (the {series} {title}|{select~this} {series}|the {select~last} {series}) {value}[ out of {best}]',
      'rate {title} a {value}',
      'rate the {kind} called {title} {value} out of {best}',
      'give a rating of {value}[ out of {best}] to (the {kind} {title}|{title}|{select~this} {kind}|{select~this} {series})',
      'give {value^plural} {unit} to (the {kind} {title}|{title}|{select~this} {kind}|the {select~last} {kind})',
      'give {value} out of {best^plural} {unit} to (the {kind} {title}|{title}|{select~this} {kind})',
      // What must be asked for.
      'rate ((the {kind} |){title}|{select~this} {kind}|the {select~last} {kind}|{select~this} {series})',
      'give a rating to ((the {kind} |){title}|{select~this} {kind}|{select~this} {series})',
    ],
    questions: [
      'can I give (the {kind} {title}|{title}|{select~this} {kind}) {value^plural} {unit}',
      'can I rate (the {kind} {title}|{title}|{select~this} {kind}) {value} out of {best}',
    ],
    statements: [
      `(I give|I would give|I'd give) (the {kind} {title}|{title}|{select~this} {kind}|the {select~last} {series}) {value} out of {best}`,
      `I (give|would give) (the {kind} {title}|{title}|{select~this} {kind}) {value^plural} {unit}`,
      `{title} (gets|deserves) ({value^plural} {unit}|a {value} out of {best}|{value} out of {best^plural} {unit})`,
      `{select~this} {kind} (gets|deserves) ({value^plural} {unit}|a {value} out of {best}|{value} out of {best^plural} {unit})`,
    ],
  },
  {
    tool: /^(?=.*\b(find|search|look)\b)(?=.*\b(by (its|their) (title|name)|creative work|works?)\b)/i,
    not: /\b(screening|cinema|showtimes|ticket|order)\b/i,
    slots: { title: /^title$/, kind: /^kind of work$/ },
    imperatives: [
      '(find|search for|look for|look up|find me|show me) {title}',
      '(find|search for|look for|look up|find me|show me) the {kind} {title}',
      '(find|search for|look for|look up|find me|show me) the {kind} called {title}',
      '(find|look for) a {kind} (called|named|titled) {title}',
      '(find|show me|pull up|get me) the {title} {kind}',
      // What must be asked for.
      '(find|search for|look for|look up|find me) a {kind}',
    ],
    questions: [
      'where can I find ({title}|the {kind} {title}|the {kind} called {title})',
      'do you have ({title}|the {kind} {title}|a {kind} (called|named) {title})',
      'is there a {kind} (called|named) {title}',
      'can you (find|look up) ({title}|the {kind} {title}|the {kind} called {title}) for me',
      'do you know the {kind} {title}',
    ],
    statements: [
      "(I'm looking for|I am looking for|looking for|I want to find) ({title}|the {kind} {title}|the {kind} called {title})",
      "(I'm looking for|I want to find) a {kind}",
    ],
  },
];
