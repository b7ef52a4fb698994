import assert from "node:assert/strict";
import { parseCpuInfo, processorName, readProcessor } from "../../bench/processor.ts";

const AMD = `processor	: 0
vendor_id	: AuthenticAMD
cpu family	: 25
model		: 17
model name	: AMD EPYC
stepping	: 1
flags		: fpu smep sse2 avx avx2 fma avx512f avx512_bf16 bmi2
bugs		: sysret_ss_attrs

processor	: 1
vendor_id	: AuthenticAMD
cpu family	: 25
model		: 17
model name	: AMD EPYC
flags		: fpu smep sse2 avx avx2 fma avx512f avx512_bf16 bmi2

`;

Deno.test("parseCpuInfo() reads vendor, name, family, model, instruction sets and processors of x86", () => {
  assert.deepEqual(parseCpuInfo(AMD), {
    vendor: "AuthenticAMD",
    name: "AMD EPYC",
    family: "25",
    model: "17",
    instructions: ["avx", "avx2", "avx512_bf16", "avx512f", "fma"],
    cores: 2,
  });
});

Deno.test("parseCpuInfo() reads Intel's tiles", () => {
  const flags = "flags\t\t: sse4_2 avx2 avx512f amx_bf16 avx512_fp16 amx_tile amx_int8 avx_vnni\n";
  const { instructions } = parseCpuInfo(`processor\t: 0\nvendor_id\t: GenuineIntel\n${flags}`);
  assert.deepEqual(instructions, [
    "amx_bf16",
    "amx_int8",
    "amx_tile",
    "avx2",
    "avx512_fp16",
    "avx512f",
    "avx_vnni",
    "sse4_2",
  ]);
});

Deno.test("parseCpuInfo() names an ARM processor by implementer and part", () => {
  const text = "processor\t: 0\nFeatures\t: fp asimd sve i8mm bf16 crc32\nCPU implementer\t: 0x41\n" +
    "CPU architecture: 8\nCPU part\t: 0xd40\n\nHardware\t: a board\n";
  assert.deepEqual(parseCpuInfo(text), {
    vendor: "0x41",
    name: "0x41 0xd40",
    family: "8",
    model: "0xd40",
    instructions: ["asimd", "bf16", "i8mm", "sve"],
    cores: 1,
  });
});

Deno.test("parseCpuInfo() says nothing of what the system does not tell", () => {
  const nothing = { vendor: null, name: "unknown", family: null, model: null, instructions: null };
  assert.deepEqual(parseCpuInfo("processor : 0\n"), { ...nothing, cores: 1 });
  assert.deepEqual(parseCpuInfo(""), { ...nothing, cores: 0 });
});

Deno.test("readProcessor() finds a processor here", () => {
  const { name, cores } = readProcessor();
  assert.ok(name.length > 0 && cores >= 1, `got ${cores} × ${name}`);
});

Deno.test("processorName() tells families of one name apart", () => {
  const processor = parseCpuInfo(AMD);
  assert.equal(processorName(processor), "AMD EPYC, family 25, model 17");
  assert.equal(processorName({ ...processor, family: null, model: null }), "AMD EPYC");
});
