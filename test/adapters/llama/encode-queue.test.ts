import { describe, expect, it } from "vitest";
import { EncodeQueue } from "../../../adapters/llama/encode-queue.ts";

interface Picture {
    readonly name: string;
}

/** A queue that answers with the picture's name; `batches` lists what was encoded at once. */
function start(batchSize: number): {
    readonly queue: EncodeQueue<Picture, string>;
    readonly batches: string[];
} {
    const batches: string[] = [];
    const queue = new EncodeQueue<Picture, string>(async (pictures) => {
        batches.push(pictures.map(({ name }) => name).join());
        await new Promise(setImmediate);
        if (pictures.some(({ name }) => name === "bad")) throw new Error("bad");
        return pictures.map(({ name }) => name.toUpperCase());
    }, batchSize);
    return { queue, batches };
}

function named(names: string): Picture[] {
    return names.split("").map((name) => ({ name }));
}

describe("EncodeQueue", () => {
    it("encodes together what waits at the same time, and gives each its own", async () => {
        const { queue, batches } = start(3);
        const all = named("abcdefg").map((picture) => queue.add(picture));
        expect(await Promise.all(all)).toEqual(["A", "B", "C", "D", "E", "F", "G"]);
        expect(batches).toEqual(["a,b,c", "d,e,f", "g"]);
    });

    it("lets owners take turns", async () => {
        const { queue, batches } = start(1);
        const [many, few] = [{}, {}];
        const all = named("abcd").map((picture) => queue.add(picture, { owner: many }));
        await all[0];
        all.push(...named("yz").map((picture) => queue.add(picture, { owner: few })));
        await Promise.all(all);
        expect(batches.join("")).toBe("aybzcd");
    });

    it("encodes nothing that is not needed any more, save what has begun", async () => {
        const { queue, batches } = start(2);
        const abort = new AbortController();
        const { signal } = abort;
        const all = named("abcd").map((picture) => queue.add(picture, { signal }));
        const other = queue.add({ name: "x" });
        await new Promise(setImmediate);
        abort.abort();
        const outcomes = await Promise.allSettled([...all, queue.add({ name: "e" }, { signal })]);
        expect(outcomes.map(({ status }) => status)).toEqual([
            "fulfilled",
            "fulfilled",
            "rejected",
            "rejected",
            "rejected",
        ]);
        expect(outcomes[2]).toMatchObject({ reason: { code: "aborted" } });
        expect(await other).toBe("X");
        expect(batches).toEqual(["a,b", "x"]);
    });

    it("tries the pictures of a failed batch one by one, so that one fails alone", async () => {
        const { queue, batches } = start(3);
        const names = ["a", "bad", "c", "d"];
        const outcomes = await Promise.allSettled(names.map((name) => queue.add({ name })));
        expect(outcomes.map(({ status }) => status)).toEqual([
            "fulfilled",
            "rejected",
            "fulfilled",
            "fulfilled",
        ]);
        expect(batches).toEqual(["a,bad,c", "a", "bad", "c", "d"]);
    });

    it("is idle when all is done, and goes on afterwards", async () => {
        const { queue, batches } = start(2);
        for (const picture of named("abc")) void queue.add(picture);
        await queue.idle();
        expect(batches).toEqual(["a,b", "c"]);
        expect(await queue.add({ name: "d" })).toBe("D");
        await queue.idle();
    });
});
