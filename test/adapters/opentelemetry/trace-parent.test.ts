import { expect, it } from "vitest";
import { readTraceparent, writeTraceparent } from "../../../adapters/opentelemetry/trace-parent.ts";

it("reads what it writes, and nothing else", () => {
    const text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const context = readTraceparent(text);
    expect(context).toMatchObject({ traceFlags: 1, isRemote: true });
    expect(context && writeTraceparent(context)).toBe(text);
    for (const other of [
        undefined,
        "",
        text.toUpperCase(),
        `${text}-x`,
        text.slice(1),
        "01-a-b-c",
    ]) {
        expect(readTraceparent(other)).toBeUndefined();
    }
});
