import { parseToolset } from '@tooltune/sdk';
import { createVocabulary } from '../src/constraint/index.js';
import { createBytePairTokenizer } from './byte-pair-tokenizer.js';

/** A tool of a choice and of a free text, with a small vocabulary that its calls are written in. */
export const weatherToolset = parseToolset([
  {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { enum: ['Lisbon', 'Porto', 'Faro'] }, note: { type: 'string', maxLength: 6 } },
      required: ['city', 'note'],
      additionalProperties: false,
    },
  },
]);
export const weatherTokenizer = createBytePairTokenizer(40, 'name arguments get_weather city note tool_call Lisbon');
export const weatherVocabulary = createVocabulary(weatherTokenizer);
