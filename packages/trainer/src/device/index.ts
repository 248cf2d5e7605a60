export { chooseDevice, type Device, type DeviceName, deviceNames } from './device.js';
export { probeDevice } from './probe-device.js';
export { webgpuGraph } from './webgpu-graph.js';
