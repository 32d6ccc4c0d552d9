/**
 * `npm run test:soak -- --minutes N --conversations N --sequences N --seed N`: prints one JSON line,
 * and one on the error output for each answer that needs a look.
 */
import { parseArgs } from "node:util";
import { runSoak } from "./run-soak.ts";
import type { Trend } from "./memory-trend.ts";
import type { Finding } from "./soak-verdict.ts";

const { values } = parseArgs({
    options: {
        minutes: { type: "string", default: "60" },
        conversations: { type: "string", default: "64" },
        sequences: { type: "string", default: "8" },
        seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    },
});
const minutes = Number(values.minutes);
const options = {
    seed: Number(values.seed),
    durationMs: minutes * 60_000,
    conversations: Number(values.conversations),
    sequences: Number(values.sequences),
    longestPauseMs: 3_000,
    comparedPart: 0.25,
    onFinding: (finding: Finding) => console.error(JSON.stringify(finding)),
};
const { memory, ...result } = await runSoak(options);

const mebibyte = 2 ** 20;
const inMebibytes = ({ median, growth, growthPerHour }: Trend) => ({
    medianMiB: Math.round(median / mebibyte),
    growthMiB: Math.round((growth / mebibyte) * 10) / 10,
    growthMiBPerHour: Math.round((growthPerHour / mebibyte) * 10) / 10,
});
const faults = [
    result.crossTalk > 0 && "a secret was seen by another patient",
    result.different > 0 && "an answer was not that of the reference",
    result.nearTies > Math.max(1, result.compared * 0.005) && "too many answers were near ties",
    result.failed > 0 && "a request failed",
    result.secretsTold < result.secretsAskedFor * 0.9 && "secrets were forgotten",
    !result.allSequencesFree && "a sequence was not given back",
    memory.live.growth + memory.buffers.growth > mebibyte &&
        "the memory that JavaScript holds on to grew, buffers included",
    memory.native.growth > memory.process.median * 0.03 && "the memory outside of JavaScript grew",
    memory.process.growth > memory.process.median * 0.03 && "the memory of the process grew",
].filter((fault) => fault !== false);
console.log(
    JSON.stringify({
        soak: faults.length === 0 ? "passed" : "failed",
        faults,
        minutes,
        seed: options.seed,
        conversations: options.conversations,
        sequences: options.sequences,
        ...result,
        process: inMebibytes(memory.process),
        native: inMebibytes(memory.native),
        live: inMebibytes(memory.live),
        buffers: inMebibytes(memory.buffers),
    }),
);
if (faults.length > 0) process.exitCode = 1;
