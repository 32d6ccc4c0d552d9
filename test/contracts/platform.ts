import { afterEach, beforeEach, describe } from "vitest";
import { PlatformBench, type PlatformWorld } from "./platform-bench.ts";
import { describeJournal } from "./platform-journal.ts";
import { describeReceiving } from "./platform-receiving.ts";
import { describeReplying } from "./platform-replying.ts";

/** What every platform promises. `createWorld` gives a fresh one each time. */
export function describePlatform(name: string, createWorld: () => Promise<PlatformWorld>): void {
    describe(`${name} as a platform`, () => {
        let bench: PlatformBench;
        beforeEach(async () => {
            bench = new PlatformBench(await createWorld());
        });
        afterEach(() => bench.close());

        describeReceiving(() => bench);
        describeReplying(() => bench);
        describeJournal(() => bench);
    });
}
