import { packageConfig } from '../../tsup.base.js';

export default packageConfig({
  index: 'src/index.ts',
  'codegen/index': 'src/codegen/index.ts',
  'generate/index': 'src/generate/index.ts',
  'files/index': 'src/files/index.ts',
  'mcp/index': 'src/mcp/index.ts',
  'models/index': 'src/models/index.ts',
  'openapi/index': 'src/openapi/index.ts',
});
