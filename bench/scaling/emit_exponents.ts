import { emit } from "../figure.ts";
import { exponent } from "../fit.ts";

/** Cost of one size. */
export interface Cost {
  readonly seconds: number;
  /** Memory of values; weights are left out. */
  readonly bytes: number;
}

/** Emits the exponents of a model's seconds, by the clock that is named, and bytes against a size. */
export function emitExponents(
  { model, size, clock }: { readonly model: string; readonly size: string; readonly clock: string },
  sizes: readonly number[],
  costs: readonly Cost[],
): void {
  const list = (values: readonly number[], digits: number) => values.map((value) => value.toFixed(digits)).join(", ");
  const seconds = costs.map((cost) => cost.seconds);
  const bytes = costs.map((cost) => cost.bytes);
  const at = `at ${sizes.join(", ")}`;
  emit({
    what: `${model}: time against ${size}`,
    value: exponent(sizes, seconds),
    unit: "exponent",
    note: `${list(seconds, 2)} s ${clock} ${at}`,
  });
  emit({
    what: `${model}: bytes against ${size}`,
    value: exponent(sizes, bytes),
    unit: "exponent",
    note: `${list(bytes.map((n) => n / 2 ** 20), 1)} MiB ${at}, weights aside`,
  });
}
