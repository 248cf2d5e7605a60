export { canonicalJson } from './canonical-json.js';
export { type JsonSyntaxProblem, type ParsedJson, parseJson } from './parse-json.js';
