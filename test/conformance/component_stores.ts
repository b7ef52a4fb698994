/** Finds stores of single components of vectors in workgroup memory and buffers. */
export function componentStores(code: string): string[] {
  return storePatterns(code).flatMap((pattern) => [...code.matchAll(pattern)].map(([store]) => store.trim()));
}

/** Rewrites these stores to read, change and write the whole vector, as WGSL allows a compiler to. */
export function wholeVectorStores(code: string): string {
  return storePatterns(code).reduce(
    (text, pattern) =>
      text.replace(
        pattern,
        (_store, name, index, component, operator, value) =>
          `{ let at_ = ${index}; var whole_ = ${name}[at_]; whole_${component} ${operator}= ${value}; ` +
          `${name}[at_] = whole_; }`,
      ),
    code,
  );
}

/** One pattern for each array of vectors: name, index, component, operator and value. */
function storePatterns(code: string): RegExp[] {
  const arrays = code.matchAll(/var<(?:workgroup|storage[^>]*)>\s*(\w+)\s*:\s*array<\s*[Vv]ec/g);
  return [...arrays].map(([, name]) =>
    new RegExp(
      `\\b(${name})\\[([^;\\n]+)\\](\\[[^\\[\\]\\n]+\\]|\\.[xyzwrgba]\\b)\\s*([-+*/]?)=(?!=)\\s*([^;]+);`,
      "g",
    )
  );
}
