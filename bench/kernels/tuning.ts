/**
 * Prints the tuner's choices on this adapter, and keeps nothing: `deno run -A bench/kernels/tuning.ts`.
 */
import { openGpu } from "../../src/gpu/device.ts";
import { knownClasses } from "../../src/model/tune/tuned_classes.ts";
import { type ContestResult, textOfChoice, tune } from "../../src/model/tune/tune.ts";
import { emit } from "../figure.ts";

const gpu = await openGpu();
/** Prints a contest. */
function onResult({ family, contenders, winner }: ContestResult): void {
  const rates = contenders.flatMap(({ choice, rate }) => rate === null ? [] : [{ choice, rate: rate / 1e9 }]);
  const { rate } = rates.find(({ choice }) => choice === winner)!;
  const others = rates.filter(({ choice }) => choice !== winner).map((other) => other.rate);
  const [first] = contenders;
  const chosen = winner === first.choice
    ? "the default"
    : `the default (${textOfChoice(first.choice)}) is slower or wrong`;
  const note = `${chosen}; of ${contenders.length}, the next best ${Math.max(...others).toPrecision(3)} GFLOPS`;
  emit({ what: `${family}: ${textOfChoice(winner)}`, value: rate, unit: "GFLOPS", note });
}

// All families, however long they take.
await tune(gpu, await knownClasses(), new Map(), { onResult });
gpu.close();
