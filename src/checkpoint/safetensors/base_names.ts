/** Names in files of the model without its head, which lack this. */
const PREFIX = "model.";
const BASE_NAME = /^(embed_tokens|layers|norm|rotary_emb)\./;

/**
 * Returns the rule from names in a file to names in a model with a head: files that transformers' base class wrote have
 * "layers.0…" for "model.layers.0…".
 *
 * @param names all names of the files
 */
export function modelNames(names: Iterable<string>): (name: string) => string {
  let isBase = false;
  for (const name of names) {
    if (name.startsWith(PREFIX)) return (name) => name;
    isBase ||= BASE_NAME.test(name);
  }
  return isBase ? (name) => BASE_NAME.test(name) ? PREFIX + name : name : (name) => name;
}
