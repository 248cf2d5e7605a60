/** A URI reference without its fragment, and the fragment: percent-decoded, '' where there is none. */
export function splitFragment(reference: string): [uri: string, fragment: string] {
  const hash = reference.indexOf('#');
  if (hash < 0) return [reference, ''];
  return [reference.slice(0, hash), decodePercent(reference.slice(hash + 1))];
}

function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface UriParts {
  scheme: string | undefined;
  authority: string | undefined;
  path: string;
  query: string | undefined;
}

/**
 * The reference seen from the base, both without a fragment (RFC 3986, section 5.2). The base may itself be relative:
 * a schema need not say where it is.
 */
export function resolveUri(reference: string, base: string): string {
  const part = parseUri(reference);
  if (part.scheme !== undefined) return formatUri({ ...part, path: removeDotSegments(part.path) });
  const from = parseUri(base);
  if (part.authority !== undefined) {
    return formatUri({ ...part, scheme: from.scheme, path: removeDotSegments(part.path) });
  }
  const { scheme, authority } = from;
  if (part.path === '') return formatUri({ scheme, authority, path: from.path, query: part.query ?? from.query });
  const path = part.path.startsWith('/') ? part.path : mergePaths(from, part.path);
  return formatUri({ scheme, authority, path: removeDotSegments(path), query: part.query });
}

/** The expression of RFC 3986, appendix B, without the fragment. */
const PARTS = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/;

function parseUri(uri: string): UriParts {
  const match = PARTS.exec(uri)!;
  return { scheme: match[1], authority: match[2], path: match[3]!, query: match[4] };
}

function formatUri({ scheme, authority, path, query }: UriParts): string {
  const start = scheme === undefined ? '' : `${scheme}:`;
  return `${start}${authority === undefined ? '' : `//${authority}`}${path}${query === undefined ? '' : `?${query}`}`;
}

function mergePaths(base: UriParts, path: string): string {
  if (base.authority !== undefined && base.path === '') return `/${path}`;
  return base.path.slice(0, base.path.lastIndexOf('/') + 1) + path;
}

function removeDotSegments(path: string): string {
  if (!path.includes('.')) return path;
  const kept: string[] = [];
  const segments = path.split('/');
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '..') {
      if (kept.length > 1 || (kept.length === 1 && kept[0] !== '')) kept.pop();
      if (last) kept.push('');
    } else if (segment === '.') {
      if (last) kept.push('');
    } else {
      kept.push(segment);
    }
  }
  return kept.join('/');
}
