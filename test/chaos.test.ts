import { expect, test } from "vitest";
import { runChaos } from "./chaos/run-chaos.ts";

test(
    "whatever is killed, every message gets one answer, in order",
    { timeout: 400_000 },
    async () => {
        const result = await runChaos({
            seed: 7,
            messages: 150,
            kills: 5,
            chats: 30,
            patienceMs: 120_000,
        });
        const { details, accepted, answered, lost, duplicated, reordered, kills } = result;
        expect(
            { accepted, answered, lost, duplicated, reordered, kills },
            details.join("\n"),
        ).toEqual({
            accepted: 150,
            answered: 150,
            lost: 0,
            duplicated: 0,
            reordered: 0,
            kills: 5,
        });
    },
);
