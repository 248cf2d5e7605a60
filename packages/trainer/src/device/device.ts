import { TooltuneError } from '@tooltune/sdk';
import { type DeviceProbe, probeDevice } from './probe-device.js';

/** Where graphs may run: the processor, or a graphics card through one of onnxruntime's providers. */
export const deviceNames = ['cpu', 'webgpu', 'cuda'] as const;

/** A device that graphs run on. */
export type DeviceName = (typeof deviceNames)[number];

/** What is asked for: a device, or the best that works: CUDA, else WebGPU, else the processor. */
export type Device = 'auto' | DeviceName;

/** Best first. */
const preference: readonly DeviceName[] = ['cuda', 'webgpu', 'cpu'];

const advice: Readonly<Record<DeviceName, string>> = {
  cpu: 'install onnxruntime-node again',
  webgpu: 'it needs a graphics card, its driver and, on Linux, the Vulkan loader (Debian: libvulkan1)',
  cuda: "it needs an NVIDIA card, its driver, the libraries of CUDA and cuDNN, and onnxruntime's files for CUDA",
};

/**
 * The device that is to be used. Any but the processor is first tried in a process of its own, where a driver that crashes
 * does no harm.
 * @throws TooltuneError `training/no-device` where a device that was named cannot be had
 */
export async function chooseDevice(
  device: Device,
  probe: (device: DeviceName) => Promise<DeviceProbe> = probeDevice,
): Promise<DeviceName> {
  if (device === 'auto') {
    for (const candidate of preference) if ((await probe(candidate)).works) return candidate;
    return 'cpu';
  }
  const found = await probe(device);
  if (found.works) return device;
  throw new TooltuneError(
    'training/no-device',
    `the device ${device} cannot be used: ${found.reason}; ${advice[device]}; or train with the device cpu or auto`,
  );
}
