import { type DriftOptions, type DriftReport, measureDrift } from './measure-drift.js';
import type { DriftObservation } from './observation.js';

export interface DriftMonitorOptions extends DriftOptions {
  /** Requests that are looked back on. Default 1000. */
  window?: number | undefined;
  /** Requests between two looks. Default 100. */
  every?: number | undefined;
  /** Called when retraining becomes due, and again only after it was not due in between. */
  onDrift: (report: DriftReport) => void;
}

/** Looks at the last requests as they come. */
export class DriftMonitor {
  readonly #options: DriftMonitorOptions;
  readonly #window: DriftObservation[] = [];
  readonly #size: number;
  readonly #every: number;
  #count = 0;
  #isDue = false;

  /** @throws RangeError for a window or step that is no whole number from 1 */
  constructor(options: DriftMonitorOptions) {
    const { window = 1000, every = 100 } = options;
    for (const [name, value] of Object.entries({ window, every })) {
      if (!(Number.isInteger(value) && value >= 1)) throw new RangeError(`${name} must be a whole number from 1`);
    }
    this.#options = options;
    this.#size = window;
    this.#every = every;
  }

  /** Takes in a request, and looks where it is time to. What onDrift throws passes. */
  add(observation: DriftObservation): void {
    this.#window[this.#count % this.#size] = observation;
    this.#count++;
    if (this.#count % this.#every !== 0) return;
    const report = this.report();
    const wasDue = this.#isDue;
    this.#isDue = report.isDue;
    if (report.isDue && !wasDue) this.#options.onDrift(report);
  }

  /** How the window looks now. */
  report(): DriftReport {
    return measureDrift(this.#window, this.#options);
  }
}
