// The hub of test/checkpoint/hub with its small model, for layout.py; ends when its standard input does.
import { serveHub } from "../../checkpoint/hub/hub_server.ts";
import { NAME, SINGLE_MODEL } from "../../checkpoint/hub/trial.ts";

const server = serveHub({ [NAME]: { revisions: { main: SINGLE_MODEL, "v1.0": SINGLE_MODEL } } });
Deno.stdout.writeSync(new TextEncoder().encode(`${server.endpoint}\n`));
await Deno.stdin.read(new Uint8Array(1));
await server.close();
