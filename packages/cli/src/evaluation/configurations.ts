import { InvalidArgumentError } from 'commander';

/** What is measured: which model answers, and whether its tokens are held to the schemas. */
export interface ConfigurationKind {
  /** As the report names it. */
  name: string;
  adapter: boolean;
  constrained: boolean;
}

export const configurationKinds: readonly ConfigurationKind[] = [
  { name: 'base', adapter: false, constrained: false },
  { name: 'base + constraint', adapter: false, constrained: true },
  { name: 'adapter', adapter: true, constrained: false },
  { name: 'adapter + constraint', adapter: true, constrained: true },
];

/** Reads `--only adapter,adapter+constraint`; the order is that of the table. */
export function parseConfigurations(text: string, earlier: readonly ConfigurationKind[] = []): ConfigurationKind[] {
  const withoutSpaces = (name: string) => name.replaceAll(/\s+/g, '');
  const wanted = new Set(earlier);
  for (const name of text.split(',').map(withoutSpaces)) {
    const kind = configurationKinds.find((kind) => withoutSpaces(kind.name) === name);
    if (kind === undefined) {
      const allowed = configurationKinds.map((kind) => withoutSpaces(kind.name)).join(', ');
      throw new InvalidArgumentError(`"${name}" is none of ${allowed}.`);
    }
    wanted.add(kind);
  }
  return configurationKinds.filter((kind) => wanted.has(kind));
}

/** `count` items, evenly spaced, in order; all where there are not more. */
export function takeEvenly<T>(items: readonly T[], count: number): T[] {
  if (count >= items.length) return [...items];
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]!);
}
