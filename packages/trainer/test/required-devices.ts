import { it, type TestContext } from 'vitest';
import { type DeviceName, deviceNames, probeDevice } from '../src/device/index.js';

/** Devices, by commas, whose tests fail rather than being skipped where they are not there. */
const required = process.env.TOOLTUNE_TEST_DEVICES?.split(',') ?? [];

/** Whether there must be a graphics card of any kind: `npm run test:gpu`. */
const requiresCard = process.env.TOOLTUNE_TEST_GPU === '1';

/** Declares a test on a device: skipped with the reason where there is none, unless it is required. */
export function itOn(device: DeviceName, name: string, test: () => Promise<void>): void {
  it(name, async (context: TestContext) => {
    const probe = await probeDevice(device);
    if (probe.works) return test();
    if (required.includes(device)) throw new Error(`${device} is required: ${probe.reason}`);
    context.skip(`no ${device}: ${probe.reason}`);
  });
}

/** Declares the test that fails where a graphics card is required and there is none. */
export function itFindsCard(): void {
  it.runIf(requiresCard)('finds a graphics card', async () => {
    const cards = deviceNames.filter((device) => device !== 'cpu');
    const probes = await Promise.all(cards.map(async (device) => ({ device, ...(await probeDevice(device)) })));
    if (!probes.some(({ works }) => works)) throw new Error(`there is none: ${JSON.stringify(probes, null, 2)}`);
  });
}
