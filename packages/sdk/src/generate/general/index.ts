export { type GeneralRequest, generalRequests } from './general-requests.js';
export { fillSlots } from './general-slots.js';
export { harmfulRequests, refusals } from './harmful-requests.js';
