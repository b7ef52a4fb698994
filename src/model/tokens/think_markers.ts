/** Texts around the reasoning of a model that writes it before its answer. */
export interface ThinkMarkers {
  /** "<think>" */
  readonly open: string;
  /** "</think>" */
  readonly close: string;
}

/** Markers of the models that name none in their template: those of most. */
const USUAL: ThinkMarkers = { open: "<think>", close: "</think>" };

/** A closing marker in the source of a template: `</think>`, `[/THINK]`, `</seed:think>`. */
const CLOSING = /([<[])\/((?:\w+:)?think(?:ing)?)([>\]])/i;

/** Returns the markers that a chat template cuts the reasoning of earlier turns by; `<think>` where it has none. */
export function thinkMarkers(template: string): ThinkMarkers {
  const found = CLOSING.exec(template);
  if (found === null) return USUAL;
  const [close, before, name, behind] = found;
  return { open: before + name + behind, close };
}
