import type { AdapterManifest, RecordedAdapter } from '@tooltune/sdk';
import { adapterFingerprint } from '@tooltune/sdk/drift';

const known = new WeakMap<AdapterManifest, string>();

/** How records name what answered. */
export function recordedAdapter(manifest: AdapterManifest | undefined, version: string | undefined): RecordedAdapter {
  const fingerprint = manifest && (known.get(manifest) ?? adapterFingerprint(manifest));
  if (manifest !== undefined) known.set(manifest, fingerprint!);
  return {
    ...(manifest === undefined ? {} : { base: manifest.base.id, fingerprint: fingerprint! }),
    ...(version === undefined ? {} : { version }),
  };
}
