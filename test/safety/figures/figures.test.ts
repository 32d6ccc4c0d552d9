import { expect, it } from "vitest";
import type { CounterReading } from "../../../src/safety-ports.ts";
import { figuresTable } from "../../../src/safety/figures/figures-table.ts";

const readings: readonly CounterReading[] = [
    { name: "access-refused", labels: { reason: "blocked" }, value: 12 },
    { name: "access-refused", labels: { reason: "not-listed" }, value: 0 },
    { name: "limited", labels: { scope: "patient", reason: "rate" }, value: 0 },
    { name: "erased", labels: {}, value: 3 },
];

it("writes counters as people read them", () => {
    expect(figuresTable(readings)).toEqual([
        "12  access-refused: messages that the access lists refused",
        "12    reason blocked",
        " 0  limited: messages and questions beyond a limit",
        " 3  erased: conversations that were erased on demand",
    ]);
});
