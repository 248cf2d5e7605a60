import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where pulled models are kept: the option, else TOOLTUNE_CACHE, else the system's place for caches (XDG_CACHE_HOME,
 * ~/.cache, ~/Library/Caches, LOCALAPPDATA) with `tooltune` in it.
 */
export function resolveCacheFolder(option?: string, environment: NodeJS.ProcessEnv = process.env): string {
  return option || environment.TOOLTUNE_CACHE || join(systemCacheFolder(environment), 'tooltune');
}

function systemCacheFolder(environment: NodeJS.ProcessEnv): string {
  if (environment.XDG_CACHE_HOME) return environment.XDG_CACHE_HOME;
  switch (process.platform) {
    case 'win32':
      return environment.LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
    case 'darwin':
      return join(homedir(), 'Library', 'Caches');
    default:
      return join(homedir(), '.cache');
  }
}
