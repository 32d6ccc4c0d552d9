import type { Logger } from "../../src/log.ts";
import type { PlatformAccount } from "../../src/message.ts";
import type { LinkDisplay, LinkState } from "../../src/ports.ts";

const sentences: Readonly<Record<LinkState["name"], string>> = {
    starting: "WhatsApp: the browser is starting",
    qr: "WhatsApp: waiting for a phone to scan the QR code",
    "pairing-code": "WhatsApp: waiting for the pairing code to be typed into the phone",
    ready: "WhatsApp: linked, the assistant receives messages",
    "logged-out": "WhatsApp: the phone has unlinked this program; it must be linked again",
    failed: "WhatsApp: not working; trying again until it does",
};

/** Tells the administrator and the log how the session stands: each change once. */
export function createReport(
    account: PlatformAccount,
    display: LinkDisplay,
    logger: Logger,
): (state: LinkState) => void {
    let shown = "";
    /** Failures and what comes between them, until something better happens. */
    let logged = new Set<string>();
    return (state) => {
        const text = JSON.stringify(state);
        if (text === shown) return;
        shown = text;
        display.show(account, state);
        // A code links the clinic's phone: it is for eyes, not for files.
        const reason =
            state.name === "failed" ? { reason: state.reason, remedy: state.remedy } : {};
        const entry = state.name + (state.name === "failed" ? state.reason : "");
        const bad = state.name === "failed" || state.name === "logged-out";
        const level = logged.has(entry) ? "debug" : bad ? "warn" : "info";
        logger[level]({ whatsapp: state.name, ...reason }, sentences[state.name]);
        if (state.name === "ready") logged = new Set();
        logged.add(entry);
    };
}
