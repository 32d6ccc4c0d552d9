import { isAppError } from "../../src/errors.ts";

/** Why one life of the session ended. */
export type SessionEnd =
    /** It was told to. */
    | "stopped"
    /** What it was there for has ended. */
    | "work-ended"
    | "work-failed"
    | "browser-gone"
    | "browser-not-started"
    | "browser-without-sandbox"
    | "page-gone"
    | "page-moved"
    | "page-silent"
    | "offline"
    | "unreachable"
    | "start-timeout"
    | "ready-timeout"
    | "library-failed"
    | "pairing-refused"
    | "conflict"
    | "refused"
    | "logged-out"
    | "folder-in-use";

/** What the administrator is told about an end that was not asked for. */
export interface Explanation {
    readonly reason: string;
    readonly remedy: string;
}

const byItself = "Nothing needs to be done: it is started again by itself.";
const ifItStays =
    "It is tried again by itself. If this stays so for an hour, install the latest version of the assistant.";
const internet =
    "Check the clinic's internet connection, and that a firewall lets web.whatsapp.com through.";
const install =
    "Install Chromium anew, for example with `sudo apt install chromium`; it brings all that it needs.";

const explanations: Readonly<Record<Exclude<SessionEnd, "stopped" | "logged-out">, Explanation>> = {
    "work-ended": { reason: "The session has ended.", remedy: byItself },
    "work-failed": { reason: "The messages could not be read.", remedy: ifItStays },
    "browser-gone": { reason: "The browser has ended.", remedy: byItself },
    "browser-not-started": { reason: "The browser could not be started.", remedy: install },
    "browser-without-sandbox": {
        reason: "The browser cannot protect the machine here: it finds no sandbox.",
        remedy: "Install Chromium from the system's packages (`sudo apt install chromium`): it brings its sandbox.",
    },
    "page-gone": { reason: "The page of WhatsApp Web has closed.", remedy: byItself },
    "page-moved": { reason: "WhatsApp Web has loaded its page anew.", remedy: byItself },
    "page-silent": { reason: "The browser does not answer any more.", remedy: byItself },
    offline: { reason: "WhatsApp Web has no connection.", remedy: internet },
    unreachable: { reason: "web.whatsapp.com cannot be reached.", remedy: internet },
    "start-timeout": {
        reason: "WhatsApp Web did not load in time.",
        remedy: internet,
    },
    "ready-timeout": {
        reason: "WhatsApp Web did not finish loading the chats.",
        remedy: ifItStays,
    },
    "library-failed": {
        reason: "WhatsApp Web behaves otherwise than expected.",
        remedy: ifItStays,
    },
    "pairing-refused": {
        reason: "WhatsApp gave no pairing code.",
        remedy: "Check the phone number in the configuration. After several tries WhatsApp makes one wait; the QR code works meanwhile if the number is left out.",
    },
    conflict: {
        reason: "Another program uses the same WhatsApp session.",
        remedy: "End the other program. The assistant does not fight for the session; it looks again after a while.",
    },
    refused: {
        reason: "WhatsApp refuses this session.",
        remedy: "Open WhatsApp on the phone and see what it says about the account.",
    },
    "folder-in-use": {
        reason: "Another process uses the folder of the WhatsApp session.",
        remedy: "Let only one program use this folder. It is tried again by itself.",
    },
};

/** What the administrator is told about an end. */
export function explain(end: keyof typeof explanations): Explanation {
    return explanations[end];
}

/** What an error means that ended the start of a browser or of the page. */
export function endOf(error: unknown): SessionEnd {
    if (isAppError(error)) return "folder-in-use";
    // The library throws strings.
    const text = error instanceof Error ? error.message : String(error);
    if (/sandbox/i.test(text)) return "browser-without-sandbox";
    if (/Failed to launch|spawn|ENOENT|EACCES/.test(text)) return "browser-not-started";
    if (/net::ERR_/.test(text)) return "unreachable";
    if (/auth timeout|timed out|TimeoutError/i.test(text)) return "start-timeout";
    if (/Target closed|Session closed|Connection closed|detached/i.test(text)) return "page-gone";
    return "library-failed";
}

/** What a state of WhatsApp Web means that the library takes for the end. */
export function endOfState(state: string): SessionEnd {
    if (state === "LOGOUT" || state === "UNPAIRED" || state === "UNPAIRED_IDLE")
        return "logged-out";
    return state === "CONFLICT" ? "conflict" : "refused";
}
