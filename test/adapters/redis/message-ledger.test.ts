import { afterAll, beforeAll, expect, it } from "vitest";
import { createMessageLedger } from "../../../adapters/redis/message-ledger.ts";
import { createLogger } from "../../../src/log.ts";
import type { PlatformAccount } from "../../../src/message.ts";
import type { MessageLedger } from "../../../src/ports.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";

let redis: TestRedis;
beforeAll(async () => {
    redis = await startTestRedis();
});
afterAll(() => redis.close());

const logger = createLogger("silent");
const ledgerOf = (keyPrefix: string, account: PlatformAccount): MessageLedger =>
    createMessageLedger(redis.client, { keyPrefix, account, logger });

async function untilNoted(ledger: MessageLedger, ids: readonly number[]): Promise<void> {
    const all = (noted: ReadonlySet<number>): boolean => ids.every((id) => noted.has(id));
    while (!all(await ledger.noted(0, 1e9))) await new Promise((resolve) => setTimeout(resolve, 5));
}

it("tells every process what any of them has written down, and nothing of other accounts", async () => {
    const prefix = redis.freshPrefix();
    const writer = ledgerOf(prefix, "telegram:1");
    for (const id of [7, 8, 8, 9, 12]) writer.note(id);
    ledgerOf(prefix, "telegram:2").note(10);
    const reader = ledgerOf(prefix, "telegram:1");
    await untilNoted(reader, [7, 8, 9, 12]);
    expect(await reader.noted(7, 12)).toEqual(new Set([8, 9]));
    expect(await reader.noted(9, 12)).toEqual(new Set());
});

it("keeps the newest, in bounded room", async () => {
    const ledger = ledgerOf(redis.freshPrefix(), "telegram:1");
    for (let round = 0; round < 5; round += 1) {
        const ids = Array.from({ length: 5_000 }, (_, index) => round * 5_000 + index);
        for (const id of ids) ledger.note(id);
        await untilNoted(ledger, ids.slice(-1));
    }
    const noted = await ledger.noted(-1, 1e9);
    expect(noted.size).toBe(20_000);
    expect(Math.min(...noted)).toBe(5_000);
});
