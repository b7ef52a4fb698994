import type { GgufArchitecture } from "./gguf_architectures.ts";

/**
 * Lists the file's row for each row of a query or key projection. llama.cpp stores the two halves that rotate together
 * next to each other, Hugging Face half a head apart: row (head, i, half) there is row (head, half, i) here.
 *
 * @param rows heads · head size
 */
export function rotaryRows(rows: number, heads: number): number[] {
  const headSize = rows / heads;
  return Array.from({ length: rows }, (_, row) => {
    const [head, within] = [Math.floor(row / headSize), row % headSize];
    const [half, i] = [Math.floor(within / (headSize / 2)), within % (headSize / 2)];
    return head * headSize + 2 * i + half;
  });
}

/** Returns the heads of a tensor whose rows are stored in rotary order, undefined for any other. */
export function rotaryHeads(
  name: string,
  config: Record<string, unknown>,
  { rotaryOrder }: GgufArchitecture,
): number | undefined {
  if (!rotaryOrder) return undefined;
  if (/\.attn_q\./.test(name)) return config.num_attention_heads as number;
  return /\.attn_k\./.test(name) ? config.num_key_value_heads as number : undefined;
}
