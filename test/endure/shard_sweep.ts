const NAMES = ["Michael", "Clara", "Maria", "John", "Anna", "Peter", "Laura"];
const TRADES = ["baker", "software engineer", "teacher", "nurse", "painter"];
const PLACES = ["Tampa, Florida", "Austin, Texas", "Boston, Massachusetts"];

/** YAML of a sweep of two cheap methods over prompts by a pattern. */
export function shardSweep(prompts: number): string {
  const entries = Array.from({ length: prompts }, (_, i) => {
    const text = `${NAMES[i % 7]} works as a ${TRADES[i % 5]} in ${PLACES[i % 3]}. Number ${i}. On weekends, she likes`;
    return `  - { name: p${i}, prompt: ${JSON.stringify(text)}, target: " skating in the park" }`;
  });
  return `name: shards
question: Do shards that are killed end as one process that is not?
device: cpu
plots: summary
prompts:
${entries.join("\n")}
sweeps:
  - { method: input-x-gradient }
  - { method: feature-ablation }
`;
}
