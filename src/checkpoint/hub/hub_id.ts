import { modelFileEnding, SOME_MODEL_FILE } from "../model_file.ts";

/** A model at the hub, or a file of a data set. */
export interface HubId {
  /** `organization/name` */
  readonly name: string;
  /** A branch, a tag or a commit; `main` if none was named. */
  readonly revision: string;
  /** Path of a file of `MODEL_FILES` in the repository, or null for its safetensors; of a data set, of any file. */
  readonly file: string | null;
  /** Set for a data set, whose repositories have routes and folders of their own. */
  readonly dataset?: true;
}

// As the hub defines them: no "--", which the cache's folder names could not tell from "/"; no "..", which would lead
// out of the cache; and no ".git".
const NAME = /^(?!.*(?:--|\.\.))[A-Za-z0-9_][\w.-]{0,95}(?<![.-])\/[A-Za-z0-9_][\w.-]{0,95}(?<![.-]|\.git)$/;
const COMMIT = /^[0-9a-f]{40}$/;

/**
 * Reads `organization/name[@revision][:file.gguf]`.
 *
 * @returns null if the text has another form, as a path has
 * @throws {RangeError} if revision or file could lead out of the cache
 */
export function parseHubId(text: string): HubId | null {
  const id = partsOf(text);
  if (id === null || id.file === null || isRelativePath(id.file) && modelFileEnding(id.file) !== null) return id;
  throw new RangeError(
    `Cannot use ${text} as its file must be ${SOME_MODEL_FILE} file in the repository: got "${id.file}"`,
  );
}

/**
 * Reads `organization/name[@revision]:file`, a file of a data set.
 *
 * @returns null if the text has another form, as a path has
 * @throws {RangeError} if revision or file could lead out of the cache
 */
export function parseDatasetId(text: string): HubId | null {
  const id = partsOf(text);
  if (id === null || id.file === null) return null;
  if (isRelativePath(id.file)) return { ...id, dataset: true };
  throw new RangeError(`Cannot use ${text} as its file must be one in the repository: got "${id.file}"`);
}

function partsOf(text: string): HubId | null {
  const colon = text.indexOf(":");
  const [model, file] = colon < 0 ? [text, null] : [text.slice(0, colon), text.slice(colon + 1)];
  const at = model.indexOf("@");
  const [name, revision] = at < 0 ? [model, "main"] : [model.slice(0, at), model.slice(at + 1)];
  if (!NAME.test(name)) return null;
  if (!isRelativePath(revision) || /[\s~^?*[]/.test(revision)) {
    throw new RangeError(`Cannot use ${text} as its revision must be a branch, a tag or a commit: got "${revision}"`);
  }
  return { name, revision, file };
}

/** Name of a model in messages and, with its commit as revision, in records. */
export function hubIdText({ name, revision, file }: HubId): string {
  return `${name}${revision === "main" ? "" : `@${revision}`}${file === null ? "" : `:${file}`}`;
}

/** Path of a repository's page at the hub. */
export function hubRoute({ name, dataset }: HubId): string {
  return dataset ? `datasets/${name}` : name;
}

/** Path of what the hub says of a repository. */
export function apiRoute({ name, dataset }: HubId): string {
  return `api/${dataset ? "datasets" : "models"}/${name}`;
}

/** Returns true if a revision is a whole commit hash, which never moves. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/** Returns true if a path with "/" stays below the directory that it is joined to, on any system. */
function isRelativePath(path: string): boolean {
  // deno-lint-ignore no-control-regex -- no file name may have them
  return path.split("/").every((part) => !/^\.{0,2}$/.test(part) && !/[\\:\x00-\x1f\x7f]/.test(part));
}
