import { expect, test } from "vitest";
import { runSoak } from "./soak/run-soak.ts";

test(
    "many patients at few sequences: each reads what it would read alone, and no other's secret",
    { timeout: 200_000 },
    async () => {
        const result = await runSoak({
            seed: 8,
            durationMs: 20_000,
            conversations: 64,
            sequences: 8,
            longestPauseMs: 1_000,
            comparedPart: 0.25,
        });
        expect(result).toMatchObject({
            failed: 0,
            crossTalk: 0,
            different: 0,
            allSequencesFree: true,
        });
        // Else there was nothing to see
        expect(result.compared).toBeGreaterThan(10);
        expect(result.nearTies).toBeLessThanOrEqual(1);
        expect(result.secretsAskedFor).toBeGreaterThan(5);
        expect(result.secretsTold).toBeGreaterThanOrEqual(result.secretsAskedFor * 0.9);
    },
);
