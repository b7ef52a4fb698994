import { rehearseModel } from "../../model/rehearse_model.ts";
import type { Effort } from "../../model/rehearsed_outputs.ts";
import type { LoadOptions } from "../../model/model.ts";
import { attributeResolved } from "../../explain/attribute.ts";
import type { AttributionOptions, ResolvedOptions } from "../../explain/methods/attribution_options.ts";
import { resolveOptions } from "../../explain/methods/resolve_options.ts";
import type { AttributionText } from "../../explain/options/attribution_text.ts";

/** Least and most that something can take; equal if it is known. */
export type ForecastRange = readonly [least: number, most: number];

/** Cost of an attribution, foretold. */
export interface Forecast {
  /** Points of the path at which the model is evaluated. */
  readonly pathPoints: ForecastRange;
  /** Token rows forward, forward-mode tangents included. */
  readonly forwardRows: ForecastRange;
  /** Token rows backward. */
  readonly backwardRows: ForecastRange;
  /** Multiplications of the products, to which the time is in proportion. */
  readonly work: ForecastRange;
  /** Most bytes held: weights, values and inputs, those of earlier attributions by the same model included. */
  readonly bytes: ForecastRange;
}

/** A model for rehearsals of attributions. */
export interface ForecastModel {
  /**
   * Foretells the cost of an attribution.
   *
   * @throws {Error} if the attribution would, for a reason that does not depend on the values that the model computes
   */
  forecast(text: AttributionText, options?: AttributionOptions): Promise<Forecast>;
  /** Does so with options that have been checked and resolved. */
  forecastResolved(text: AttributionText, options: ResolvedOptions): Promise<Forecast>;
  /** Closes the checkpoint. */
  close(): void;
}

/** Chains take the same through any spans: a pretended text does not have them, nor its attributions a net sum. */
function withoutSpans(options: ResolvedOptions, { target }: AttributionText): ResolvedOptions {
  const { through } = options;
  if (through === undefined || through.kind === "none") return options;
  return {
    ...options,
    shares: "absolute",
    ...(target === undefined ? { through: { kind: "tokens" }, answer: null } : {}),
  };
}

/**
 * Opens a model for forecasts. Attributions are carried out in full but for the computing: once with the grid or the
 * generated target as short as it can be, and once as long.
 */
export async function openForecast(
  source: string,
  options: Pick<LoadOptions, "device" | "quantize" | "memory" | "threads" | "onHint" | "onDownload">,
): Promise<ForecastModel> {
  const { model, setEffort } = await rehearseModel(source, options);
  const forecastResolved = async (text: AttributionText, options: ResolvedOptions): Promise<Forecast> => {
    const costs = [];
    for (const effort of ["least", "most"] satisfies Effort[]) {
      setEffort(effort);
      const before = model.meter.work;
      // Pretended scores of 0 are no logarithms of probabilities below 1; the link takes no row.
      const { cost, metrics } = await attributeResolved(model, text, {
        ...withoutSpans(options, text),
        link: "identity",
      });
      costs.push({
        ...cost,
        work: model.meter.work - before,
        forwardRows: cost.forwardRows + (metrics?.cost.forwardRows ?? 0),
        backwardRows: cost.backwardRows + (metrics?.cost.backwardRows ?? 0),
      });
    }
    const [least, most] = costs;
    return {
      pathPoints: [least.pathPoints, most.pathPoints],
      forwardRows: [least.forwardRows, most.forwardRows],
      backwardRows: [least.backwardRows, most.backwardRows],
      work: [least.work, most.work],
      bytes: [least.predictedBytes, most.predictedBytes],
    };
  };
  return {
    forecast: (text, options = {}) => forecastResolved(text, resolveOptions(options)),
    forecastResolved,
    close: () => model.close(),
  };
}
