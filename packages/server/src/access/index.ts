export { Admission, type AdmittedRequest } from './admission.js';
export { AllowedHosts, isLoopback } from './allowed-hosts.js';
export { ApiKeys } from './api-keys.js';
export { RateLimit } from './rate-limit.js';
