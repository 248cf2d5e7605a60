/**
 * Gemma's turn format (Gemma Team 2025): a system message opens the first turn of the user, who is the only other
 * speaker besides the model.
 */
const gemma = `{{ bos_token }}
{%- for message in messages -%}
  {%- if message['role'] != 'user' or loop.first or loop.previtem['role'] != 'system' -%}
    {{ '<start_of_turn>' + ('model' if message['role'] == 'assistant' else 'user') + '\\n' }}
  {%- endif -%}
  {{ message['content'] }}
  {%- if message['role'] == 'system' and not loop.last and loop.nextitem['role'] == 'user' -%}
    {{ '\\n\\n' }}
  {%- else -%}
    {{ '<end_of_turn>\\n' }}
  {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
  {{ '<start_of_turn>model\\n' }}
{%- endif -%}`;

/** Families whose pretrained models know the control tokens of the tuned ones. */
const families = [{ architecture: 'gemma3', tokens: ['<start_of_turn>', '<end_of_turn>'], template: gemma }];

/**
 * The chat template that the tuned models of a family have, for a file without one: a model that was only pretrained.
 * @param metadata key-values of the model's GGUF file
 */
export function familyTemplate(metadata: Readonly<Record<string, unknown>>): string | undefined {
  const tokens = metadata['tokenizer.ggml.tokens'];
  const family = families.find(({ architecture }) => architecture === metadata['general.architecture']);
  const known = Array.isArray(tokens) && family?.tokens.every((token) => tokens.includes(token));
  return known ? family?.template : undefined;
}
