import { packageConfig } from '../../tsup.base.js';

export default packageConfig({ index: 'src/index.ts', 'constraint/index': 'src/constraint/index.ts' });
