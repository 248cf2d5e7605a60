import { describe, expect, it } from 'vitest';
import { AllowedHosts } from './allowed-hosts.js';

describe('hosts that are asked for', () => {
  const hosts = new AllowedHosts(['Bot.Example']);

  it.each(['localhost', 'localhost:8000', 'LOCALHOST', 'app.localhost:1', '127.0.0.1:8000', '127.8.8.8', '[::1]:8000'])(
    'may be this machine: %s',
    (host) => {
      expect(() => hosts.check(host)).not.toThrow();
    },
  );

  it('may be one that is allowed, or none', () => {
    expect(() => hosts.check('bot.example:8000')).not.toThrow();
    expect(() => hosts.check(null)).not.toThrow();
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    'sub.bot.example',
    '',
    'a b',
  ])('may be no other: %s', (host) => {
    expect(() => hosts.check(host)).toThrow(expect.objectContaining({ code: 'host_not_allowed', status: 403 }));
  });
});
