import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import {
    createTerminalLinkDisplay,
    type TerminalLinkOptions,
} from "../../../adapters/terminal/link-display.ts";
import type { LinkState } from "../../../src/ports.ts";
import { readTerminalQr } from "../../setup/read-qr.ts";

/** As long as WhatsApp's. */
const code = `2@${"Ab3/".repeat(36)},${"x".repeat(43)}=,${"y".repeat(43)}=,c2VjcmV0,1`;
const pageAddress = "http://127.0.0.1:7420/secret/";

function shown(state: LinkState, options: Omit<TerminalLinkOptions, "output">): string {
    const output = new PassThrough();
    createTerminalLinkDisplay({ ...options, output }).show("whatsapp-web:main", state);
    return String(output.read());
}

describe("the link in the terminal", () => {
    it("is a QR code that a phone can read, dark on light in every terminal", () => {
        const text = shown({ name: "qr", code }, { interactive: true, pageAddress });
        const [dark, reset] = ["\u001B[30;107m", "\u001B[0m"];
        const lines = text.split("\n").filter((line) => line.startsWith(dark));
        const squares = lines.map((line) => line.slice(dark.length, -reset.length));
        expect(readTerminalQr(squares)).toBe(code);
        expect(squares[0]?.length).toBeLessThan(80);
        expect(text).toContain(pageAddress);
    });

    it("is shown to people only: a file is told where to look", () => {
        const states: LinkState[] = [
            { name: "qr", code },
            { name: "pairing-code", code: "ABCD1234" },
        ];
        for (const state of states) {
            const text = shown(state, { interactive: false, pageAddress });
            expect(text).toContain(pageAddress);
            expect(text).not.toMatch(/█|ABCD|2@/);
            expect(text.trim().split("\n")).toHaveLength(1);
            expect(shown(state, { interactive: false })).toMatch(/terminal/);
        }
    });

    it("tells every other state in one line", () => {
        expect(shown({ name: "pairing-code", code: "ABCD1234" }, { interactive: true })).toContain(
            "ABCD-1234",
        );
        const states: LinkState[] = [
            { name: "starting" },
            { name: "ready" },
            { name: "logged-out" },
            { name: "failed", reason: "The browser has ended.", remedy: "Wait." },
        ];
        const texts = states.map((state) => shown(state, { interactive: true }));
        expect(new Set(texts).size).toBe(states.length);
        for (const text of texts) expect(text).toMatch(/^WhatsApp: .+\.\n$/);
        expect(texts.at(-1)).toContain("The browser has ended. Wait.");
    });
});
