import { expect, it } from "vitest";
import { Places } from "../../../adapters/redis/places.ts";

it("gives places in the order in which they are asked for, and gives up in time", async () => {
    const places = new Places(1);
    expect(await places.take(60_000)).toBe(true);
    expect(await places.take(1)).toBe(false);
    const got: string[] = [];
    const first = places.take(60_000).then(() => got.push("first"));
    const second = places.take(60_000).then(() => got.push("second"));
    places.give();
    await first;
    expect(got).toEqual(["first"]);
    places.give();
    await second;
    places.give();
    expect(await places.take(60_000)).toBe(true);
    expect(await places.take(1)).toBe(false);
});
