export { OpenApiError } from './openapi-error.js';
export { type OpenApiOptions, type OpenApiToolset, type OperationSummary, openApiToolset } from './openapi-toolset.js';
export { type ArgumentPlace, type Operation, type OperationRequest, toRequest } from './operation.js';
