import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', 'files/index': 'src/files/index.ts', 'models/index': 'src/models/index.ts' },
  format: 'esm',
  target: 'node20',
  dts: true,
  sourcemap: true,
  clean: true,
});
