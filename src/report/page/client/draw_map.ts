/// <reference lib="dom" />

/** A cell of a map. */
export interface MapCell {
  readonly row: number;
  readonly column: number;
}

/** Places of a map's parts, in pixels. */
interface MapLayout {
  readonly wide: number;
  readonly high: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Values, labels and marks of a map. */
interface DrawnMap {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly values: readonly (readonly number[])[];
  readonly idle?: ReadonlySet<number>;
  readonly scale: number;
  readonly row: number | null;
  readonly column: number | null;
}

const [WIDEST, HIGHEST, LOWEST] = [32, 25, 4];
/** Cells that are smaller have no labels but those of the marked row and column. */
const LABELLED = 11;
const FONT = 12;
const [MOST_LEFT, MOST_TOP] = [180, 110];
/** Labels stand on their columns at this angle. */
const ANGLE = -Math.PI / 3;
/** Width of a character, about. */
const CHARACTER = 6.6;

/** Finds the places: cells as large as the width has room for. */
export function layoutMap({ rows, columns }: Pick<DrawnMap, "rows" | "columns">, width: number): MapLayout {
  const longest = (texts: readonly string[]) =>
    CHARACTER * texts.reduce((most, { length }) => Math.max(most, length), 1);
  const left = Math.min(MOST_LEFT, longest(rows) + 14);
  const top = Math.min(MOST_TOP, longest(columns) * Math.sin(-ANGLE) + 18);
  // The last label leans out to the right.
  const room = width - left - top / 2;
  const wide = Math.max(2, Math.min(WIDEST, room / columns.length));
  const high = Math.max(LOWEST, Math.min(HIGHEST, wide >= LABELLED ? HIGHEST : 1.4 * wide));
  const whole = { width: left + wide * columns.length + top / 2, height: top + high * rows.length + 2 };
  return { wide, high, left, top, ...whole };
}

/** Draws the map with its labels and the marks of a row and a column. */
export function drawMap(canvas: HTMLCanvasElement, layout: MapLayout, map: DrawnMap): void {
  const { width, height, left, top, wide, high } = layout;
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d")!;
  const style = getComputedStyle(canvas);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  context.scale(ratio, ratio);
  context.font = `${FONT}px ${style.fontFamily}`;
  drawCells(context, layout, map, color);
  context.strokeStyle = color("ink");
  context.lineWidth = 1.5;
  const [w, h] = [wide * map.columns.length, high * map.rows.length];
  if (map.row !== null) context.strokeRect(left, top + map.row * high, w, high);
  if (map.column !== null) context.strokeRect(left + map.column * wide, top, wide, h);
  drawLabels(context, layout, map, color);
}

type Color = (name: string) => string;

function drawCells(context: CanvasRenderingContext2D, layout: MapLayout, map: DrawnMap, color: Color): void {
  const { left, top, wide, high } = layout;
  const { values, idle, scale } = map;
  const [positive, negative, rule] = [color("positive"), color("negative"), color("rule")];
  const gap = wide >= LABELLED ? 1 : 0;
  context.fillStyle = rule;
  context.globalAlpha = 0.35;
  context.fillRect(left, top, wide * map.columns.length, high * map.rows.length);
  context.globalAlpha = 1;
  context.fillStyle = color("paper");
  context.fillRect(left + gap / 2, top + gap / 2, wide * map.columns.length - gap, high * map.rows.length - gap);
  values.forEach((row, t) =>
    row.forEach((value, i) => {
      const isIdle = idle?.has(i) ?? false;
      context.fillStyle = isIdle ? rule : value < 0 ? negative : positive;
      context.globalAlpha = isIdle ? 0.5 : scale === 0 ? 0 : Math.min(1, Math.abs(value) / scale);
      if (context.globalAlpha < 1 / 255) return;
      context.fillRect(left + i * wide + gap / 2, top + t * high + gap / 2, wide - gap, high - gap);
    })
  );
  context.globalAlpha = 1;
}

function drawLabels(context: CanvasRenderingContext2D, layout: MapLayout, map: DrawnMap, color: Color): void {
  const { left, top, wide, high } = layout;
  context.textBaseline = "middle";
  map.rows.forEach((text, t) => {
    const isMarked = t === map.row;
    if (high < LABELLED && !isMarked) return;
    context.fillStyle = color(isMarked || map.row === null ? "ink" : "quiet");
    context.textAlign = "right";
    context.fillText(fitted(context, text, left - 10), left - 6, top + (t + 0.5) * high);
  });
  map.columns.forEach((text, i) => {
    const isMarked = i === map.column;
    if (wide < LABELLED && !isMarked) return;
    context.fillStyle = color(map.idle?.has(i) || map.column !== null && !isMarked ? "quiet" : "ink");
    context.save();
    context.translate(left + (i + 0.5) * wide, top - 6);
    context.rotate(ANGLE);
    context.textAlign = "left";
    context.fillText(fitted(context, text, (top - 12) / Math.sin(-ANGLE)), 0, 0);
    context.restore();
  });
}

function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let characters = Array.from(text).slice(0, 60);
  while (characters.length > 1 && context.measureText(`${characters.join("")}…`).width > width) {
    characters = characters.slice(0, -1);
  }
  return `${characters.join("")}…`;
}
