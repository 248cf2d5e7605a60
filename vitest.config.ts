import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const packages = fileURLToPath(new URL('./packages', import.meta.url));

// Tests run on the sources, so that a change in one package is seen by the tests of the others without a build.
const alias = [
  { find: /^@tooltune\/(sdk|trainer|runtime|server)$/, replacement: `${packages}/$1/src/index.ts` },
  {
    find: /^@tooltune\/runtime\/(ai-sdk|langchain|mcp)$/,
    replacement: `${packages}/runtime/src/integrations/$1/index.ts`,
  },
  { find: /^@tooltune\/(sdk|trainer|runtime)\/(.+)$/, replacement: `${packages}/$1/src/$2/index.ts` },
];

export default defineConfig(({ mode }) => ({
  resolve: { alias },
  test: {
    // `npm run test:gpu`: a graphics card that is not there is a failure; see packages/trainer/test/required-devices.ts.
    env: mode === 'gpu' ? { TOOLTUNE_TEST_GPU: '1' } : {},
    reporters: process.env.CI ? ['default', 'json'] : ['default'],
    outputFile: { json: '.cache/test-results.json' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/{src,test}/**/*.test.ts', 'examples/*/src/**/*.test.ts'],
          exclude: ['**/*.model.test.ts', '**/node_modules/**'],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          // Needs the SmolLM2 base model (98 MB, downloaded once) and both cores: one file at a time.
          name: 'model',
          include: ['packages/*/{src,test}/**/*.model.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
}));
