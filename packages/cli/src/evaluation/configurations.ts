import { InvalidArgumentError } from 'commander';

/** What is measured: which model answers, what its prompt holds, and whether its tokens are held to the schemas. */
export interface ConfigurationKind {
  /** As the report names it. */
  name: string;
  model: 'base' | 'remote' | 'adapter';
  constrained: boolean;
  /** Whether solved requests stand before the one that is asked. */
  fewShot: boolean;
}

/** In the order of the table. */
const configurationKinds: readonly ConfigurationKind[] = [
  { name: 'base', model: 'base', constrained: false, fewShot: false },
  { name: 'base + constraint', model: 'base', constrained: true, fewShot: false },
  { name: 'base + few-shot', model: 'base', constrained: false, fewShot: true },
  { name: 'base + few-shot + constraint', model: 'base', constrained: true, fewShot: true },
  { name: 'remote', model: 'remote', constrained: false, fewShot: false },
  { name: 'adapter', model: 'adapter', constrained: false, fewShot: false },
  { name: 'adapter + constraint', model: 'adapter', constrained: true, fewShot: false },
];

/** What can be measured with what is given. */
export function availableKinds({ fewShot, remote }: { fewShot: boolean; remote: boolean }): ConfigurationKind[] {
  return configurationKinds.filter((kind) => (fewShot || !kind.fewShot) && (remote || kind.model !== 'remote'));
}

/** What the others are compared with: the adapter as it is served, else the last. */
export function candidateOf(names: readonly string[]): string | undefined {
  return ['adapter + constraint', 'adapter'].find((name) => names.includes(name)) ?? names.at(-1);
}

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
