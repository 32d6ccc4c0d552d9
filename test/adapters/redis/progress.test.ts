import { expect, it } from "vitest";
import { Progress } from "../../../adapters/redis/progress.ts";
import { eventually, gate } from "../../contracts/exchange-bench.ts";

it("passes the first text on at once and then the latest, one at a time", async () => {
    const passed: string[] = [];
    const slow = gate();
    const progress = new Progress(async (text) => {
        passed.push(text);
        if (passed.length === 1) await slow.opened;
    }, 1);
    progress.show("a");
    expect(passed).toEqual(["a"]);
    for (const text of ["ab", "abc", "abcd"]) progress.show(text);
    expect(passed).toEqual(["a"]);
    slow.open();
    await eventually(() => passed.length === 2);
    expect(passed).toEqual(["a", "abcd"]);
    progress.show("abcde");
    await eventually(() => passed.length === 3);
});

it("passes nothing on after its end", async () => {
    const passed: string[] = [];
    const progress = new Progress((text) => {
        passed.push(text);
        return Promise.resolve();
    }, 1);
    progress.show("a");
    progress.show("ab");
    progress.end();
    progress.show("abc");
    // Longer than its pause: a text that was still to come would come now.
    await new Promise((done) => setTimeout(done, 20));
    expect(passed).toEqual(["a"]);
});
