/** GGUF metadata as one flat record by the file's own keys, from the nested objects that node-llama-cpp gives. */
export function flattenMetadata(nested: object): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  const visit = (value: object, prefix: string) => {
    for (const [key, member] of Object.entries(value)) {
      const isObject = typeof member === 'object' && member !== null && !Array.isArray(member);
      if (isObject) visit(member, `${prefix}${key}.`);
      else flat[prefix + key] = member;
    }
  };
  visit(nested, '');
  return flat;
}
