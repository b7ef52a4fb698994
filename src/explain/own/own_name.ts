/** Writing of something that a caller's code decides, in records: its name alone says which code it was. */
export type OwnText = `own:${string}`;

/** True for a name that files and tables can hold as it is. */
export function isOwnName(name: unknown): name is string {
  return typeof name === "string" && /^[\w.-]{1,60}$/.test(name);
}

/** Writes a name as records have it. */
export function ownText({ name }: { readonly name: string }): OwnText {
  return `own:${name}`;
}
