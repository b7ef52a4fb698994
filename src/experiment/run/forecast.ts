import { type Effort, rehearseModel } from "../../model/rehearse_model.ts";
import type { LoadOptions } from "../../model/model.ts";
import { attribute } from "../../explain/attribute.ts";
import type { AttributionOptions, AttributionText } from "../../explain/options/attribution_options.ts";

/** From the least to the most that something can take; equal where it is known. */
export type ForecastRange = readonly [least: number, most: number];

/** What an attribution will take. */
export interface Forecast {
  /** Points of the path at which the model is evaluated. */
  readonly pathPoints: ForecastRange;
  /** Token rows taken forward, forward-mode tangents included. */
  readonly forwardRows: ForecastRange;
  /** Token rows taken back. */
  readonly backwardRows: ForecastRange;
  /** Most bytes held by the end: weights, values and inputs, those of earlier attributions by the same model included. */
  readonly bytes: ForecastRange;
}

/** A model that attributions are rehearsed with. */
export interface ForecastModel {
  /**
   * What an attribution takes; every option must be given, as `{ ...DEFAULT_OPTIONS, … }` does.
   *
   * @throws as the attribution would, for all that does not depend on what the model computes
   */
  forecast(text: AttributionText, options: AttributionOptions): Promise<Forecast>;
  /** Closes the checkpoint. */
  close(): void;
}

/**
 * Opens a model for forecasts: attributions are carried out in full but for the computing, once where the grid or the
 * generated target is as short as it can be and once where it is as long.
 */
export async function openForecast(
  source: string,
  options: Pick<LoadOptions, "device" | "quantize" | "memory" | "onHint" | "onDownload">,
): Promise<ForecastModel> {
  const { model, setEffort } = await rehearseModel(source, options);
  return {
    async forecast(text, options) {
      const costs = [];
      for (const effort of ["least", "most"] satisfies Effort[]) {
        setEffort(effort);
        // Pretended scores of 0 are no logarithms of probabilities below 1; the link takes no row.
        const { cost, metrics } = await attribute(model, text, { ...options, link: "identity" });
        costs.push({
          ...cost,
          forwardRows: cost.forwardRows + (metrics?.cost.forwardRows ?? 0),
          backwardRows: cost.backwardRows + (metrics?.cost.backwardRows ?? 0),
        });
      }
      const [least, most] = costs;
      return {
        pathPoints: [least.pathPoints, most.pathPoints],
        forwardRows: [least.forwardRows, most.forwardRows],
        backwardRows: [least.backwardRows, most.backwardRows],
        bytes: [least.predictedBytes, most.predictedBytes],
      };
    },
    close: () => model.close(),
  };
}
