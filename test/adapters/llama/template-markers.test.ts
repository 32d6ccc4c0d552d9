import { expect, test } from "vitest";
import { withoutMarkers } from "../../../adapters/llama/chat-template.ts";

test("no marker is left of what somebody writes, however it is written", () => {
    const markers = ["###", "Instruction:", "[INST]", "$&:"];
    const texts = ["##### Instruction:", "######", "[INST][INST]", "[INST[INST]]", "$&:"];
    for (const text of texts) {
        const shown = withoutMarkers(text, markers);
        expect(markers.filter((marker) => shown.includes(marker))).toEqual([]);
        expect(shown.replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }
});
