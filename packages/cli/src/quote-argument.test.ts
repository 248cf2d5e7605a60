import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quoteArgument } from './quote-argument.js';

describe('quoteArgument', () => {
  it('leaves plain paths alone', () => {
    expect(quoteArgument('out/home-assistant')).toBe('out/home-assistant');
  });

  it.each(["it's here", 'a b', '$HOME', '', '"; echo'])('survives a shell: %s', (argument) => {
    expect(execFileSync('sh', ['-c', `printf %s ${quoteArgument(argument)}`], { encoding: 'utf8' })).toBe(argument);
  });
});
