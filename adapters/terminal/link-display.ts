import type { Writable } from "node:stream";
import { encodeQR } from "qr";
import type { PlatformAccount } from "../../src/message.ts";
import type { LinkDisplay, LinkState } from "../../src/ports.ts";

/** Where and how the terminal tells how a link stands. */
export interface TerminalLinkOptions {
    readonly output: Writable;
    /** Whether people see the output: only they are shown codes, which link a phone. */
    readonly interactive: boolean;
    /** The local page that shows the same. */
    readonly pageAddress?: string;
}

const black = "\u001B[30;107m";
const reset = "\u001B[0m";
const howTo = "On the phone: WhatsApp, Settings, Linked devices, Link a device";

/** Tells in the terminal how an account that is linked with a phone stands. */
export function createTerminalLinkDisplay(options: TerminalLinkOptions): LinkDisplay {
    return {
        show: (_account: PlatformAccount, state: LinkState) => {
            options.output.write(`${describeState(state, options)}\n`);
        },
    };
}

function describeState(state: LinkState, options: TerminalLinkOptions): string {
    switch (state.name) {
        case "starting":
            return "WhatsApp: starting the browser.";
        case "qr":
            return describeQr(state.code, options);
        case "pairing-code":
            return describePairingCode(state.code, options);
        case "ready":
            return "WhatsApp: linked. The assistant answers patients now.";
        case "logged-out":
            return "WhatsApp: the phone has unlinked this program. A new code follows.";
        case "failed":
            return `WhatsApp: ${state.reason} ${state.remedy}`;
    }
}

function describeQr(code: string, { interactive, pageAddress }: TerminalLinkOptions): string {
    if (!interactive) return withoutPeople("QR code", pageAddress);
    const alsoOn = pageAddress === undefined ? "" : ` It is also shown at ${pageAddress}`;
    return [
        "WhatsApp: link the clinic's phone.",
        `${howTo}, and scan this:`,
        "",
        drawQr(code),
        "",
        `The code changes about every 20 seconds; the latest one counts.${alsoOn}`,
    ].join("\n");
}

function describePairingCode(
    code: string,
    { interactive, pageAddress }: TerminalLinkOptions,
): string {
    if (!interactive) return withoutPeople("pairing code", pageAddress);
    return [
        "WhatsApp: link the clinic's phone.",
        `${howTo}, Link with phone number instead, and type: ${splitCode(code)}`,
    ].join("\n");
}

function withoutPeople(what: string, pageAddress: string | undefined): string {
    return pageAddress === undefined
        ? `WhatsApp: a phone must be linked. Start the program in a terminal to see the ${what}.`
        : `WhatsApp: a phone must be linked. On this machine, open ${pageAddress} to see the ${what}.`;
}

/** WhatsApp shows the eight characters in two groups. */
function splitCode(code: string): string {
    return code.length === 8 ? `${code.slice(0, 4)}-${code.slice(4)}` : code;
}

/** Two rows of squares to a line, dark on light in every terminal: it fits into 62 columns. */
function drawQr(code: string): string {
    const rows = encodeQR(code, "raw", { ecc: "low", border: 2 });
    const lines: string[] = [];
    for (let top = 0; top < rows.length; top += 2) {
        const upper = rows[top] ?? [];
        const lower = rows[top + 1] ?? [];
        const squares = upper.map((dark, column) => drawPair(dark, lower[column] ?? false));
        lines.push(`${black}${squares.join("")}${reset}`);
    }
    return lines.join("\n");
}

function drawPair(upper: boolean, lower: boolean): string {
    if (upper) return lower ? "█" : "▀";
    return lower ? "▄" : " ";
}
