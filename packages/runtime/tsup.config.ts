import { packageConfig } from '../../tsup.base.js';

export default packageConfig({
  index: 'src/index.ts',
  'constraint/index': 'src/constraint/index.ts',
  'observe/index': 'src/observe/index.ts',
  'remote/index': 'src/remote/index.ts',
  'opentelemetry/index': 'src/opentelemetry/index.ts',
  'integrations/ai-sdk/index': 'src/integrations/ai-sdk/index.ts',
  'integrations/langchain/index': 'src/integrations/langchain/index.ts',
  'integrations/mcp/index': 'src/integrations/mcp/index.ts',
});
