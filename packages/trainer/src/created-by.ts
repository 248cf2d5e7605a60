import { version } from '../package.json';

/** Who writes files: for manifests. */
export const createdBy = `@tooltune/trainer ${version}`;
