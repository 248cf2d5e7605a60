import { sha256Hex } from '../hash/index.js';
import { canonicalJson } from '../json/index.js';
import type { AdapterManifest } from '../schemas/index.js';

/** SHA-256 of the hashes of a bundle's files: the same for copies of one adapter, and for nothing else. */
export function adapterFingerprint({ files }: Pick<AdapterManifest, 'files'>): string {
  return sha256Hex(canonicalJson(files));
}
