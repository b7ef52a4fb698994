import assert from "node:assert/strict";
import { networkFault } from "../../../src/checkpoint/hub/network_fault.ts";

Deno.test("networkFault() has words of its own for what the system says", () => {
  const said = (message: string) => networkFault(new TypeError("error sending request", { cause: new Error(message) }));
  assert.equal(said("tcp connect error: Connection refused (os error 111)"), "a refused connection");
  assert.equal(said("dns error: failed to lookup address information"), "no such host");
  assert.equal(said("invalid peer certificate: UnknownIssuer"), "a certificate or encryption that cannot be trusted");
  assert.equal(said("connection closed before message completed"), "a connection that broke off");
  assert.equal(said("invalid HTTP version parsed"), "something else than HTTP");
  assert.equal(said("nothing for 10 s"), "nothing for 10 s");
  assert.equal(said("of https://closed.example/refused"), "no answer");
  assert.equal(networkFault(null), "no answer");
});
