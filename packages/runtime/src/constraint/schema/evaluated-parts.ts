/** Which properties or items of one value some schema has had a say in: what the unevaluated keywords leave alone. */
export class EvaluatedParts {
  private all = false;
  /** Items before this one. */
  private start = 0;
  private readonly parts = new Set<string | number>();

  has(part: string | number): boolean {
    return this.all || (typeof part === 'number' && part < this.start) || this.parts.has(part);
  }

  add(part: string | number): void {
    this.parts.add(part);
  }

  addStart(length: number): void {
    this.start = Math.max(this.start, length);
  }

  addAll(): void {
    this.all = true;
  }

  merge(other: EvaluatedParts): void {
    this.all ||= other.all;
    this.addStart(other.start);
    for (const part of other.parts) this.parts.add(part);
  }
}
