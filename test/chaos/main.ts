/** `npm run test:chaos -- --seed N --messages N --kills N`: prints one JSON line. */
import { parseArgs } from "node:util";
import { runChaos } from "./run-chaos.ts";

const { values } = parseArgs({
    options: {
        seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
        messages: { type: "string", default: "2000" },
        kills: { type: "string", default: "20" },
        chats: { type: "string", default: "200" },
    },
});
const result = await runChaos({
    seed: Number(values.seed),
    messages: Number(values.messages),
    kills: Number(values.kills),
    chats: Number(values.chats),
    patienceMs: 90_000,
});
const { seed, accepted, answered, lost, duplicated, reordered, kills, recoveryMsP99 } = result;
console.log(
    JSON.stringify({
        seed,
        accepted,
        answered,
        lost,
        duplicated,
        reordered,
        kills,
        recoveryMsP99,
    }),
);
const slow = recoveryMsP99 > 30_000;
if (lost + duplicated + reordered > 0) process.exitCode = 1;
if (process.exitCode === 1 || slow) console.error(result.details.join("\n"));
