import { fileURLToPath } from "node:url";
// Deno gives the path of a package's file only once something of the package is imported.
import packageJson from "npm:dejavu-fonts-ttf@2/package.json" with { type: "json" };
import { type FontMetrics, parseTrueType } from "./true_type.ts";

/** The family that plots are drawn in. A headless machine may have no font, so it comes with a package. */
export const FONT_FAMILY = "DejaVu Sans";
/** For an SVG shown elsewhere: families of nearly the same widths, then whatever there is. */
export const FONT_STACK = `${FONT_FAMILY}, Verdana, Geneva, sans-serif`;

/** A font file of the plots and its metrics. */
interface PlotFont {
  readonly path: string;
  readonly metrics: FontMetrics;
}

const loaded = new Map<string, PlotFont>();

/** The regular or bold face, read once. */
export function plotFont(bold: boolean): PlotFont {
  const file = bold ? "DejaVuSans-Bold.ttf" : "DejaVuSans.ttf";
  const known = loaded.get(file);
  if (known) return known;
  const path = fontPath(file);
  const font = { path, metrics: parseTrueType(Deno.readFileSync(path)) };
  loaded.set(file, font);
  return font;
}

function fontPath(file: string): string {
  const url = import.meta.resolve(`npm:${packageJson.name}@2/ttf/${file}`);
  if (!url.startsWith("file:")) {
    throw new Error(`Cannot draw a plot as the font ${file} must be in Deno's package cache: got ${url}`);
  }
  return fileURLToPath(url);
}
