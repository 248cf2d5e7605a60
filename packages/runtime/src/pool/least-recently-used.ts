/** What can be freed. */
export interface Disposable {
  dispose(): Promise<void>;
}

/** Something that stays loaded until it is released. */
export interface Lease<Value> {
  readonly value: Value;
  /** Doing it again has no effect. */
  release(): void;
}

/** What may stay loaded. */
export interface LoadedLimits {
  maxLoaded: number;
  /** Default: no limit. */
  maxBytes?: number | undefined;
}

interface Resident<Value> {
  value: Promise<Value>;
  bytes: number;
  users: number;
  /** Order of the last use. */
  usedAt: number;
  isReady: boolean;
  /** No longer the one that its key stands for; freed once nobody uses it. */
  isRetired: boolean;
}

/**
 * Keeps things loaded: at most `maxLoaded` of at most `maxBytes` together, and more only while all of them are in use. Where
 * one more is wanted, the idle ones that were used least recently are freed before the new one is loaded.
 */
export class LeastRecentlyUsed<Value extends Disposable> {
  readonly #limits: { maxLoaded: number; maxBytes: number };
  readonly #current = new Map<string, Resident<Value>>();
  readonly #all = new Set<Resident<Value>>();
  #clock = 0;
  #disposing: Promise<unknown> = Promise.resolve();

  constructor({ maxLoaded, maxBytes = Number.POSITIVE_INFINITY }: LoadedLimits) {
    this.#limits = { maxLoaded, maxBytes };
  }

  /** Number of things in memory or on the way there. */
  get size(): number {
    return this.#all.size;
  }

  /** Bytes of these. */
  get bytes(): number {
    return [...this.#all].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  isLoaded(key: string): boolean {
    return this.#current.get(key)?.isReady === true;
  }

  /** Leases of what the key stands for now. */
  users(key: string): number {
    return this.#current.get(key)?.users ?? 0;
  }

  /**
   * What the key stands for; loaded if it is not yet, once for all who ask meanwhile.
   * @param bytes what it takes
   * @throws what `load` throws
   */
  async acquire(key: string, bytes: number, load: () => Promise<Value>): Promise<Lease<Value>> {
    let resident = this.#current.get(key);
    if (resident === undefined) {
      resident = { value: this.#load(bytes, load), bytes, users: 0, usedAt: 0, isReady: false, isRetired: false };
      this.#current.set(key, resident);
      this.#all.add(resident);
    }
    const entry = resident;
    entry.users++;
    entry.usedAt = ++this.#clock;
    try {
      const value = await entry.value;
      entry.isReady = true;
      let released = false;
      return {
        value,
        release: () => {
          if (released) return;
          released = true;
          this.#leave(entry);
        },
      };
    } catch (error) {
      entry.users--;
      this.#all.delete(entry);
      if (this.#current.get(key) === entry) this.#current.delete(key);
      throw error;
    }
  }

  /** Later uses of the key load anew; what is in use now goes on to its end. */
  retire(key: string): void {
    const entry = this.#current.get(key);
    if (entry === undefined) return;
    this.#current.delete(key);
    entry.isRetired = true;
    if (entry.users === 0) void this.#free(entry);
  }

  /** Frees everything, in use or not. */
  async dispose(): Promise<void> {
    this.#current.clear();
    await Promise.all([...this.#all].map((entry) => this.#free(entry)));
    await this.#disposing;
  }

  async #load(bytes: number, load: () => Promise<Value>): Promise<Value> {
    // The new one is not among the residents yet.
    this.#makeRoom(1, bytes);
    await this.#disposing;
    return load();
  }

  #leave(entry: Resident<Value>): void {
    entry.users--;
    entry.usedAt = ++this.#clock;
    if (entry.isRetired && entry.users === 0) void this.#free(entry);
    this.#makeRoom(0, 0);
  }

  /** Frees idle ones, those that were used least recently first, until there is room for so many more. */
  #makeRoom(count: number, bytes: number): void {
    const { maxLoaded, maxBytes } = this.#limits;
    const idle = [...this.#current].filter(([, { users }]) => users === 0).sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [key, entry] of idle) {
      if (this.size + count <= maxLoaded && this.bytes + bytes <= maxBytes) return;
      this.#current.delete(key);
      void this.#free(entry);
    }
  }

  #free(entry: Resident<Value>): Promise<unknown> {
    if (!this.#all.delete(entry)) return this.#disposing;
    const freed = entry.value.then(
      (value) => value.dispose(),
      () => {},
    );
    this.#disposing = Promise.all([this.#disposing, freed.catch(() => {})]);
    return freed;
  }
}
