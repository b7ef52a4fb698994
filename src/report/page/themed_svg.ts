import { CATEGORIES, INK } from "../plot/theme.ts";

/** Colours of plots that change with the page's, and the names of the latter. */
const COLORS: Readonly<Record<string, string>> = {
  [INK]: "ink",
  "#4d4d4d": "quiet",
  "#808080": "axis",
  "#e6e6e6": "grid",
  "white": "paper",
  [CATEGORIES[0]]: "positive",
};

/** A plot whose paper and ink are the page's, so that it is dark where this is. */
export function themedSvg(svg: string): string {
  return svg.replace(/(fill|stroke)="([^"]+)"/g, (whole, attribute: string, color: string) => {
    const name = Object.hasOwn(COLORS, color) ? COLORS[color] : undefined;
    return name === undefined ? whole : `${attribute}="var(--${name})"`;
  }).trim();
}
