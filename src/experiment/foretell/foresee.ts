import { measurePace } from "../../model/measure_pace.ts";
import type { LanguageModel, LoadOptions } from "../../model/model.ts";
import { startStopwatch } from "../../time/stopwatch.ts";
import { type ForecastModel, openForecast } from "./forecast.ts";
import type { Foreseen } from "./foreteller.ts";

/**
 * Makes of a loaded model what foretells its attributions. The rehearsals open its checkpoint once more, when first
 * asked.
 *
 * @param how the options that it was loaded with
 */
export function foresee(
  model: LanguageModel,
  { device, quantize, memory, threads }: Pick<LoadOptions, "device" | "quantize" | "memory" | "threads">,
): Foreseen & { close(): void } {
  let rehearsal: Promise<ForecastModel> | undefined;
  return {
    backend: model.device.backend,
    work: () => model.meter.work,
    async forecast(text, options) {
      rehearsal ??= openForecast(model.id, { device, quantize, memory, threads });
      return await (await rehearsal).forecastResolved(text, options);
    },
    measurePace: () => measurePace(model, startStopwatch()),
    close: () => void rehearsal?.then((opened) => opened.close(), () => {}),
  };
}
