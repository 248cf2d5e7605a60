import { afterAll, beforeAll } from 'vitest';
import { createBaseFile } from '../../test/remote/base-file.js';
import { describeConformance, suiteTools } from '../../test/remote/conformance.js';
import { kinds, replay } from '../../test/remote/fixtures.js';
import { type ReplayServer, startReplayServer } from '../../test/remote/replay-server.js';
import { createRemoteToolRuntime } from './create-remote-tool-runtime.js';

const servers: ReplayServer[] = [];
let base: Awaited<ReturnType<typeof createBaseFile>>;
beforeAll(async () => {
  base = await createBaseFile();
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await base.remove();
});

for (const kind of [...kinds, 'vllm-guided'] as const) {
  describeConformance(`${kind}, replayed`, async () => {
    const server = await startReplayServer((request) => replay(kind, request));
    servers.push(server);
    return createRemoteToolRuntime({
      ...{ server: kind, baseUrl: server.url, model: 'home' },
      ...{ base: base.path, tools: suiteTools },
    });
  });
}
