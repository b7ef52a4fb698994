import { createHash } from "node:crypto";
import type { TopLevelSpec } from "npm:vega-lite@6";
import { isFile } from "../../../files/existing_file.ts";
import { readIfThere } from "../../../files/text_file.ts";
import { writeWhole } from "../../../files/whole_file.ts";
import { rasterize, renderSvg } from "../../../report/plot/render_figure.ts";
import type { ResultStore } from "../../run/result_store.ts";

/** Raise it when the drawing of a specification changes, so that plots of earlier versions are drawn again. */
const DRAWING = 1;

/**
 * Writes NAME.png and then NAME.svg, which ends in the hash of its specification. Nothing is drawn if the PNG is there
 * and the SVG ends in the hash of this specification.
 */
export async function drawPlot(store: ResultStore, name: string, spec: TopLevelSpec): Promise<void> {
  const hash = createHash("sha256").update(JSON.stringify([DRAWING, spec])).digest("hex");
  const mark = `<!-- whence plot ${hash} -->\n`;
  const [svgPath, pngPath] = [store.path(`${name}.svg`), store.path(`${name}.png`)];
  if (readIfThere(svgPath)?.endsWith(mark) && isFile(pngPath)) return;
  const svg = await renderSvg(spec);
  await writeWhole(pngPath, await rasterize(svg));
  await writeWhole(svgPath, svg + mark);
}
