import { defineConfig } from 'tsup';

/** How every package is built: ESM and types, one folder `dist`. Dependencies stay imports. */
export function packageConfig(entry: Record<string, string>) {
  return defineConfig({
    entry,
    format: 'esm',
    target: 'node20',
    // tsup sets `baseUrl`, which TypeScript 6 deprecates.
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    sourcemap: true,
    clean: true,
  });
}
