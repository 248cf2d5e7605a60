import type { ResolvedBaseModel } from '@tooltune/sdk/models';

/** A base model's file: what `resolveBaseModel` of the sdk gives, or an id for the manifest and a path. */
export type BaseModelFile = Pick<ResolvedBaseModel, 'id' | 'path'> & Partial<Pick<ResolvedBaseModel, 'model'>>;

/**
 * What a base model is called on the Hugging Face hub, in the form that transformers loads: by the registry where it is
 * known, else as its GGUF file says what it was converted from; null where neither does.
 */
export function originalModel({ model }: BaseModelFile, metadata: Readonly<Record<string, unknown>>): string | null {
  if (model?.original !== undefined) return model.original;
  const source = metadata['general.source.huggingface.repository'] ?? metadata['general.source.repo_url'];
  const [, repository] = /^(?:https:\/\/huggingface\.co\/)?([\w.-]+\/[\w.-]+)\/?$/.exec(String(source ?? '')) ?? [];
  return repository ?? null;
}
