/** Times in microseconds, kept without an allocation for each. */
export class Times {
  private values = new Float64Array(1024);
  count = 0;

  add(microseconds: number): void {
    if (this.count === this.values.length) {
      const larger = new Float64Array(2 * this.count);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.count++] = microseconds;
  }

  all(): Float64Array {
    return this.values.slice(0, this.count);
  }
}

/** Below it nothing else had the processor in between, and the processor's clock is too coarse. */
const shortest = 100;

/**
 * Measures pieces of work, in microseconds of wall-clock time; where that is above 100 µs and the process had a processor
 * for less, the time that it had one. Else the longest times on a machine that others use too would be theirs.
 */
export class Stopwatch {
  private wall = 0;
  private processor = processorTime();

  start(): void {
    this.processor = processorTime();
    this.wall = performance.now();
  }

  /** As `start`, right after a `stop`: the processor's clock, which takes 2 µs to read, is not read again. */
  startAgain(): void {
    this.wall = performance.now();
  }

  /** Time since the start. */
  stop(): number {
    const wall = 1000 * (performance.now() - this.wall);
    const before = this.processor;
    this.processor = processorTime();
    return wall < shortest ? wall : Math.min(wall, this.processor - before);
  }
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

export interface Percentiles {
  count: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

export function percentiles(times: Float64Array): Percentiles | undefined {
  if (times.length === 0) return undefined;
  const sorted = times.slice().sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  return { count: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
