import { expect, test } from 'vitest';
import { resolveUri, splitFragment } from './uri-reference.js';

// RFC 3986, section 5.4, apart from fragments.
test.each([
  ['g:h', 'g:h'],
  ['g', 'http://a/b/c/g'],
  ['./g', 'http://a/b/c/g'],
  ['g/', 'http://a/b/c/g/'],
  ['/g', 'http://a/g'],
  ['//g', 'http://g'],
  ['?y', 'http://a/b/c/d;p?y'],
  ['g?y', 'http://a/b/c/g?y'],
  [';x', 'http://a/b/c/;x'],
  ['', 'http://a/b/c/d;p?q'],
  ['.', 'http://a/b/c/'],
  ['./', 'http://a/b/c/'],
  ['..', 'http://a/b/'],
  ['../g', 'http://a/b/g'],
  ['../..', 'http://a/'],
  ['../../g', 'http://a/g'],
  ['../../../g', 'http://a/g'],
  ['/./g', 'http://a/g'],
  ['/../g', 'http://a/g'],
  ['g.', 'http://a/b/c/g.'],
  ['..g', 'http://a/b/c/..g'],
  ['g/./h', 'http://a/b/c/g/h'],
  ['g/../h', 'http://a/b/c/h'],
])('%s is %s', (reference, expected) => {
  expect(resolveUri(reference, 'http://a/b/c/d;p?q')).toBe(expected);
});

test.each([
  ['b.json', '', 'b.json'],
  ['b.json', 'schemas/a.json', 'schemas/b.json'],
  ['/b.json', 'a.json', '/b.json'],
  ['b.json', 'http://a', 'http://a/b.json'],
  ['', 'urn:uuid:1', 'urn:uuid:1'],
  ['urn:example:x', 'http://a/', 'urn:example:x'],
  ['b.json', 'file:///c:/folder/a.json', 'file:///c:/folder/b.json'],
])('%j from %j is %j', (reference, base, expected) => {
  expect(resolveUri(reference, base)).toBe(expected);
});

test.each([
  ['a.json', ['a.json', '']],
  ['#', ['', '']],
  ['a#/b%25/c%22', ['a', '/b%/c"']],
  ['#%zz', ['', '%zz']],
])('the fragment of %s', (reference, expected) => {
  expect(splitFragment(reference)).toEqual(expected);
});
