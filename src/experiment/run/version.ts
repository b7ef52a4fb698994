import whence from "../../../deno.json" with { type: "json" };

/** Version of this package. */
export const WHENCE_VERSION: string = whence.version;
