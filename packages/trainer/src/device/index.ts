export { cudaGraph } from './cuda-graph.js';
export { chooseDevice, type Device, type DeviceName, deviceNames } from './device.js';
export { probeDevice } from './probe-device.js';
export { runPass } from './stand-in-labels.js';
export { webgpuGraph } from './webgpu-graph.js';
