import type { AdaptiveRound } from "../../attribution/adaptive.ts";
import { attribute } from "../../explain/attribute.ts";
import type { AttributionOptions } from "../../explain/methods/attribution_options.ts";
import { resolveOptions } from "../../explain/methods/resolve_options.ts";
import type { AttributionText } from "../../explain/options/attribution_text.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { createForeteller, isLong, longText } from "../../experiment/foretell/foreteller.ts";
import { foresee } from "../../experiment/foretell/foresee.ts";
import type { modelOptions } from "../model_flags.ts";
import { openModel } from "../model_flags.ts";
import { openStatusBar } from "../progress/status_bar.ts";
import { followWork } from "../progress/work_progress.ts";
import { write } from "../write.ts";

/**
 * Loads a model and attributes. A terminal shows what is going on, from the first moment, with the time left; a line
 * says before a long attribution how long it takes.
 */
export async function attributeWithProgress(
  source: ReturnType<typeof modelOptions>,
  text: AttributionText,
  options: AttributionOptions,
): Promise<AttributionRecord> {
  const bar = openStatusBar();
  let onWork = (_work: number) => {};
  try {
    const model = await openModel(source, { bar, onWork: (work) => onWork(work) });
    const foreseen = foresee(model, source.options);
    try {
      bar?.show({ share: null, text: "foretelling the cost" });
      const foretold = await createForeteller(foreseen).foretell(text, resolveOptions(options));
      bar?.clear();
      if (foretold !== null && isLong(foretold)) write(Deno.stderr, `this takes ${longText(foretold)}\n`);
      const { work: before } = model.meter;
      const follow = followWork(foretold);
      let round: AdaptiveRound | undefined;
      onWork = (work) => bar?.show(follow(work - before, round));
      onWork(before);
      return await attribute(model, text, options, {
        onRound(next) {
          round = next;
          onWork(model.meter.work);
        },
      });
    } finally {
      foreseen.close();
      model.close();
    }
  } finally {
    bar?.close();
  }
}
