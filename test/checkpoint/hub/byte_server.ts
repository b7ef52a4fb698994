/** A request without a body. */
export interface ByteRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Headers;
}

/** An answer to the byte. */
export interface ByteAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Bytes of the body after which the connection ends, or falls silent. */
  readonly cut?: number;
  readonly silent?: boolean;
  /** Seconds after each byte of the body. */
  readonly drip?: number;
  /** True if the body has no length, and ends with the connection. */
  readonly unmeasured?: boolean;
}

/** A server on loopback. */
interface ByteServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves HTTP/1.1 by hand, one request a connection, so that a connection can end at any byte. */
export function serveBytes(answer: (request: ByteRequest) => ByteAnswer | Promise<ByteAnswer>): ByteServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const serve = async () => {
    for await (const connection of listener) {
      open.add(connection);
      // A client that hangs up ends its own connection alone.
      answerOne(connection, answer).catch(() => {}).finally(() => {
        if (open.delete(connection)) connection.close();
      });
    }
  };
  const served = serve();
  let closed = false;
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    async close() {
      if (closed) return;
      closed = true;
      listener.close();
      open.forEach((connection) => connection.close());
      open.clear();
      await served;
    },
  };
}

async function answerOne(
  connection: Deno.Conn,
  answer: (request: ByteRequest) => ByteAnswer | Promise<ByteAnswer>,
): Promise<void> {
  const request = await readRequest(connection);
  if (request === null) return;
  const { status, headers = {}, body = new Uint8Array(0), cut, silent, drip, unmeasured } = await answer(request);
  const lines = [
    `HTTP/1.1 ${status} Status`,
    ...Object.entries({
      ...(!unmeasured && { "content-length": String(body.length) }),
      connection: "close",
      ...headers,
    })
      .map(([name, value]) => `${name}: ${value}`),
  ];
  await writeAll(connection, new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  if (request.method !== "HEAD" && drip === undefined) await writeAll(connection, body.subarray(0, cut));
  for (let at = 0; drip !== undefined && at < body.length; at++) {
    await writeAll(connection, body.subarray(at, at + 1));
    await new Promise((resolve) => setTimeout(resolve, 1000 * drip));
  }
  // Reads until the client hangs up.
  if (silent) await connection.read(new Uint8Array(1));
}

async function readRequest(connection: Deno.Conn): Promise<ByteRequest | null> {
  let text = "";
  const part = new Uint8Array(4096);
  while (!text.includes("\r\n\r\n")) {
    const got = await connection.read(part);
    if (got === null) return null;
    text += new TextDecoder().decode(part.subarray(0, got));
  }
  const [first, ...lines] = text.split("\r\n\r\n")[0].split("\r\n");
  const [method, path] = first.split(" ");
  const headers = new Headers(lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  }));
  return { method, path, headers };
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await connection.write(bytes.subarray(written));
}
