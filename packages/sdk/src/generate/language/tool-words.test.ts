import { describe, expect, it } from 'vitest';
import { abilityOf } from './tool-words.js';

describe('abilityOf', () => {
  it.each([
    ['Find where and when movies are shown.', 'find where and when movies are shown'],
    ['Turn the lights of a room on or off now, with brightness when said.', 'turn the lights of a room on or off'],
    ['Lock or unlock a door of the house now.', 'lock or unlock a door of the house'],
    ['Closes a ticket.', 'close a ticket'],
    ['Set the heating: give temperature when degrees are said.', 'set the heating'],
    ['Find a creative work such as a movie, show, game or album by its title.', 'find a creative work'],
    ['The state of the server.', undefined],
    ['', undefined],
  ])('says of "%s": %s', (description, ability) => {
    expect(abilityOf({ description })).toBe(ability);
  });
});
