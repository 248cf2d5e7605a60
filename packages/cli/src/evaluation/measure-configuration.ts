import {
  type EvaluationAnswer,
  type EvaluationProgress,
  type EvaluationResult,
  type Example,
  evaluateScenarios,
  evaluateToolCaller,
  type Scenario,
  type Scoring,
  type ToolCaller,
  type Toolset,
} from '@tooltune/sdk';

/** Rows of the configuration that is being measured. */
export interface ConfigurationProgress extends EvaluationProgress {
  configuration: string;
}

/** What is asked of every configuration alike. */
export interface Measurement {
  toolset: Toolset;
  scenarios: readonly Scenario[];
  scoring?: Scoring | undefined;
  refusal?: RegExp | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: ConfigurationProgress) => void) | undefined;
}

/** What a configuration made of its rows and of all scenarios. */
export interface MeasuredConfiguration {
  name: string;
  result: EvaluationResult;
  scenarioAnswers: EvaluationAnswer[];
}

/** Asks one configuration its rows, then the scenarios. @throws what the caller throws; the signal's reason */
export async function measureConfiguration(
  { name, caller, examples }: { name: string; caller: ToolCaller; examples: readonly Example[] },
  { toolset, scenarios, scoring, refusal, signal, onProgress }: Measurement,
): Promise<MeasuredConfiguration> {
  const common = {
    caller,
    ...(signal === undefined ? {} : { signal }),
    ...(refusal === undefined ? {} : { refusal }),
  };
  const result = await evaluateToolCaller({
    ...{ ...common, examples, toolset },
    ...(scoring === undefined ? {} : { scoring }),
    onProgress: (progress) => onProgress?.({ ...progress, configuration: name }),
  });
  const scenarioAnswers = await evaluateScenarios({
    ...{ ...common, configuration: name, scenarios },
    onProgress: ({ done, total, passed }) =>
      onProgress?.({ configuration: `${name}, scenarios`, done, total, exact: passed, malformed: 0 }),
  });
  return { name, result, scenarioAnswers };
}
