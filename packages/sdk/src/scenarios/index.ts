export { type ParseScenariosOptions, parseScenarios, ScenarioError } from './parse-scenarios.js';
export { describeExpectation, type Scenario } from './scenario.js';
