import { fileURLToPath } from "node:url";

/** The experiment whose results at commit d7b275b lie in test/golden/records. */
export const EARLIER = `name: two
question: Do results of an earlier version still open?
model: embedded
device: reference
prompts:
  - name: clara
    prompt: Clara works as a baker in Tampa, Florida. On weekends, she likes
    target: " skating in the park"
sweeps:
  - method: integrated-gradients
    baseline: mean
    quadrature: gauss-legendre
    steps: 3
  - method: feature-ablation
    scheme: zero
`;

/** Fingerprint of its model. */
export const EARLIER_FINGERPRINT = "sha256:ac18b6a917cf12faee638053339c6c8bd16cdf6e6bb98f9cdc1f816e713bac13";

/** Their directory. */
export const EARLIER_RECORDS: string = fileURLToPath(new URL("../../golden/records/", import.meta.url));
