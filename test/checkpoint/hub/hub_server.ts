import { createHash } from "node:crypto";
import { type ByteAnswer, type ByteRequest, serveBytes } from "./byte_server.ts";

/** Files by their path in the repository. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** A model that the server has, or a data set, whose name begins with "datasets/". */
export interface Repository {
  /** Branches and tags. `main` must be one. */
  readonly revisions: Readonly<Record<string, Files>>;
  /** The token that may read it; anybody without. */
  readonly token?: string;
  /** Terms must be accepted: a token other than `token` gets a 403. */
  readonly gated?: boolean;
}

/** A hub on loopback; files of Git LFS come from another address, as the hub's do. */
export interface HubServer {
  readonly endpoint: string;
  /** "GET /path", those to the other address as "CDN GET /path bytes=…-" */
  readonly requests: string[];
  /** Answers in place of the server, where it answers; `host` is where the request came in. */
  intercept: (request: ByteRequest, host: "hub" | "cdn") => ByteAnswer | Promise<ByteAnswer | undefined> | undefined;
  /** Changes what the server has. */
  readonly repositories: Record<string, Repository>;
  close(): Promise<void>;
}

/** Parts that the server can be asked to lack, as some mirrors do. */
export interface HubTraits {
  /** Files on a page of a listing. Default 1,000. */
  readonly pageSize?: number;
  /** Default true. */
  readonly listings?: boolean;
}

/** True if the server keeps a file in Git LFS. */
const isLarge = (name: string) => /\.(safetensors|gguf)$/.test(name);

/** SHA-256 of a content. */
export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
/** Git's SHA-1 of a content. */
export const gitSha1 = (bytes: Uint8Array) =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
/** The name of a content in the cache. */
export const digestOf = (name: string, bytes: Uint8Array) => isLarge(name) ? sha256(bytes) : gitSha1(bytes);

/** The commit that some files make. */
export function commitOf(files: Files): string {
  const hash = createHash("sha1");
  for (const name of Object.keys(files).sort()) hash.update(`${name}\0${digestOf(name, files[name])}\0`);
  return hash.digest("hex");
}

/** Starts a hub with these models. */
export function serveHub(repositories: Record<string, Repository>, traits: HubTraits = {}): HubServer {
  const requests: string[] = [];
  const hub: { intercept: HubServer["intercept"] } = { intercept: () => undefined };
  const cdn = serveBytes(async (request) => {
    const range = request.headers.get("range");
    requests.push(`CDN ${request.method} ${request.path}${range === null ? "" : ` ${range}`}`);
    return await hub.intercept(request, "cdn") ?? answerContent(repositories, request);
  });
  const server = serveBytes(async (request) => {
    requests.push(`${request.method} ${request.path}`);
    return await hub.intercept(request, "hub") ?? answerHub(repositories, request, server.url, cdn.url, traits);
  });
  return {
    endpoint: server.url,
    requests,
    repositories,
    get intercept() {
      return hub.intercept;
    },
    set intercept(value) {
      hub.intercept = value;
    },
    close: async () => void await Promise.all([server.close(), cdn.close()]),
  };
}

/** An answer in JSON. */
export function json(value: unknown, headers: Record<string, string> = {}): ByteAnswer {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return { status: 200, headers: { "content-type": "application/json", ...headers }, body };
}

/** A refusal as the hub words it. */
export function refuse(status: number, code?: string, message?: string): ByteAnswer {
  const headers = { ...(code ? { "x-error-code": code } : {}), ...(message ? { "x-error-message": message } : {}) };
  return { status, headers, body: new TextEncoder().encode(message ?? "") };
}

/** A content, or the part of it that a range asks for. */
export function contentAnswer(bytes: Uint8Array, { headers }: ByteRequest): ByteAnswer {
  const start = /^bytes=(\d+)-$/.exec(headers.get("range") ?? "")?.[1];
  if (start === undefined) return { status: 200, body: bytes };
  if (Number(start) >= bytes.length) return { status: 416, headers: { "content-range": `bytes */${bytes.length}` } };
  const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
  return { status: 206, headers: { "content-range": range }, body: bytes.subarray(Number(start)) };
}

/** Answers as the store of large files does. */
export function answerContent(repositories: Readonly<Record<string, Repository>>, request: ByteRequest): ByteAnswer {
  // As a store of signed addresses does: a token beside the signature is a mistake.
  if (request.headers.has("authorization")) return refuse(400, undefined, "Only one auth mechanism allowed");
  const name = /^\/blob\/([0-9a-f]{64})\?signature=\w+$/.exec(request.path)?.[1];
  for (const { revisions } of Object.values(repositories)) {
    for (const files of Object.values(revisions)) {
      const bytes = Object.values(files).find((bytes) => sha256(bytes) === name);
      if (bytes !== undefined) return contentAnswer(bytes, request);
    }
  }
  return refuse(404);
}

/** Answers as the hub does. */
export function answerHub(
  repositories: Readonly<Record<string, Repository>>,
  request: ByteRequest,
  endpoint: string,
  cdn: string,
  traits: HubTraits,
): ByteAnswer {
  const url = new URL(request.path, endpoint);
  const [, api, apiRevision, , name, revision, file] =
    /^\/(?:api\/((?:datasets\/)?[^/]+\/[^/]+)\/(?:revision|tree)\/([^/]+)()|((?:datasets\/)?[^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+))$/
      .exec(url.pathname.replace(/^\/api\/models\//, "/api/")) ?? [];
  const repository = repositories[api ?? name];
  if (repository === undefined) return refuse(request.headers.has("authorization") ? 404 : 401, "RepoNotFound");
  const denied = deny(repository, request, file !== undefined);
  if (denied !== null) return denied;
  const asked = decodeURIComponent(apiRevision ?? revision);
  const files = Object.entries(repository.revisions)
    .find(([name, files]) => name === asked || commitOf(files) === asked)?.[1];
  if (files === undefined) return refuse(404, "RevisionNotFound");
  if (file !== undefined) return answerFile(decodeURIComponent(file), files, request, cdn);
  if (url.pathname.includes("/revision/")) return revisionAnswer(api, files);
  return traits.listings === false ? refuse(404) : treeAnswer(files, url, traits.pageSize ?? 1000);
}

function deny({ token, gated }: Repository, { headers }: ByteRequest, isFile: boolean): ByteAnswer | null {
  const given = headers.get("authorization");
  if (token === undefined || given === `Bearer ${token}`) return null;
  if (!gated) return given === null ? refuse(401, "RepoNotFound") : refuse(404, "RepoNotFound");
  // Whoever looks sees a gated model, its terms and its list of files.
  return isFile ? refuse(given === null ? 401 : 403, "GatedRepo", "Access to model is restricted.") : null;
}

function revisionAnswer(id: string, files: Files): ByteAnswer {
  const siblings = Object.keys(files).map((rfilename) => ({ rfilename }));
  return json({ _id: "0", id, modelId: id, sha: commitOf(files), private: false, gated: false, tags: [], siblings });
}

function treeAnswer(files: Files, url: URL, pageSize: number): ByteAnswer {
  const start = Number(url.searchParams.get("cursor") ?? 0);
  const names = Object.keys(files);
  const items = names.slice(start, start + pageSize).map((path) => {
    const bytes = files[path];
    const entry = { type: "file", path, size: bytes.length };
    if (!isLarge(path)) return { ...entry, oid: gitSha1(bytes) };
    const pointer = new TextEncoder().encode(
      `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(bytes)}\nsize ${bytes.length}\n`,
    );
    return {
      ...entry,
      oid: gitSha1(pointer),
      lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: pointer.length },
    };
  });
  const directories = start === 0
    ? [{ type: "directory", path: "folder", oid: gitSha1(new Uint8Array(0)), size: 0 }]
    : [];
  url.searchParams.set("cursor", String(start + pageSize));
  const link = start + pageSize < names.length ? { link: `<${url.href}>; rel="next"` } : undefined;
  return json([...directories, ...items], link);
}

function answerFile(file: string, files: Files, request: ByteRequest, cdn: string): ByteAnswer {
  const bytes = files[file];
  const headers = { "x-repo-commit": commitOf(files) };
  if (bytes === undefined) {
    return { ...refuse(404, "EntryNotFound"), headers: { "x-error-code": "EntryNotFound", ...headers } };
  }
  if (!isLarge(file)) {
    const answer = contentAnswer(bytes, request);
    return { ...answer, headers: { ...headers, etag: `"${gitSha1(bytes)}"`, ...answer.headers } };
  }
  return {
    status: 302,
    headers: {
      ...headers,
      location: `${cdn}/blob/${sha256(bytes)}?signature=secret`,
      etag: `"${gitSha1(bytes)}"`,
      "x-linked-etag": `"${sha256(bytes)}"`,
      "x-linked-size": String(bytes.length),
    },
  };
}
