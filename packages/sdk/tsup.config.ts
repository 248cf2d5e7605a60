import { packageConfig } from '../../tsup.base.js';

export default packageConfig({
  index: 'src/index.ts',
  'advise/index': 'src/advise/index.ts',
  'checks/index': 'src/checks/index.ts',
  'codegen/index': 'src/codegen/index.ts',
  'generate/index': 'src/generate/index.ts',
  'drift/index': 'src/drift/index.ts',
  'files/index': 'src/files/index.ts',
  'formats/index': 'src/formats/index.ts',
  'harvest/index': 'src/harvest/index.ts',
  'mcp/index': 'src/mcp/index.ts',
  'models/index': 'src/models/index.ts',
  'openapi/index': 'src/openapi/index.ts',
});
