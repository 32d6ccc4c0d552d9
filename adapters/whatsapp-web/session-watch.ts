import type { Client } from "whatsapp-web.js";
import { wait, withDeadline } from "../../src/wait.ts";
import type { SessionEnd } from "./session-ends.ts";
import type { SessionTimings } from "./session-timings.ts";

/** Looks that may fail in a row while the page is loading: its context goes away meanwhile. */
const failuresToBelieve = 3;
/** So often in a row a page is synchronised without the library before it is told: it may be about to. */
const looksToHelp = 2;

/** What the page says of itself. */
interface PageState {
    readonly state: string | null;
    /** It is synchronised, and the library listened, at least afterwards. */
    readonly synchronised: boolean;
}

/** What happens in a session that matters to whoever watches over it. */
export interface Milestones {
    /** When the page was linked or its synchronisation went on last; `undefined`: not linked. */
    progressAtMs: number | undefined;
    /** The library has heard that the page is synchronised. */
    noticed: boolean;
    /** The library hears the page's messages. */
    listening: boolean;
    ready: boolean;
}

/**
 * Looks at the page again and again until something is wrong with it; gives what. Helps it where
 * the library does not: with a QR code that WhatsApp Web no longer renews, and with a page that was
 * synchronised before the library listened.
 *
 * @throws `aborted` when the signal does.
 */
export async function watchPage(
    client: Client,
    milestones: Milestones,
    timings: SessionTimings,
    signal: AbortSignal,
): Promise<SessionEnd> {
    let failures = 0;
    let unnoticed = 0;
    let offlineSinceMs: number | undefined;
    for (;;) {
        await wait(timings.probeMs, signal);
        if (!client.pupPage) continue;
        const seen = await look(client.pupPage, timings.answerMs);
        if (seen === "silent") return "page-silent";
        if (seen === "failed") {
            failures += 1;
            if (failures >= failuresToBelieve) return "page-silent";
            continue;
        }
        failures = 0;
        const nowMs = performance.now();
        if (seen.state === "CONNECTED") {
            offlineSinceMs = undefined;
            milestones.progressAtMs ??= nowMs;
        } else if (milestones.ready) {
            offlineSinceMs ??= nowMs;
            if (nowMs - offlineSinceMs > timings.offlineMs) return "offline";
        }
        const progressAtMs = milestones.progressAtMs ?? nowMs;
        if (!milestones.ready && nowMs - progressAtMs > timings.readyMs) return "ready-timeout";
        unnoticed = seen.synchronised && !milestones.noticed ? unnoticed + 1 : 0;
        if (unnoticed === looksToHelp) await call(client.pupPage, announceSynchronised, timings);
        if (seen.state === "UNPAIRED_IDLE") await call(client.pupPage, renewCode, timings);
    }
}

type Page = NonNullable<Client["pupPage"]>;

async function look(page: Page, answerMs: number): Promise<PageState | "silent" | "failed"> {
    return await answered(answerMs, page.evaluate(pageState));
}

/** Has the page do something, however that ends: the next look tells. */
async function call(page: Page, work: () => void, { answerMs }: SessionTimings): Promise<void> {
    await answered(answerMs, page.evaluate(work));
}

/** What a promise gives, unless it takes too long or fails. */
async function answered<Answer>(
    answerMs: number,
    promise: Promise<Answer>,
): Promise<Answer | "silent" | "failed"> {
    return await withDeadline(answerMs, undefined, (deadline) => {
        const late = new Promise<"silent">((resolve) => {
            deadline.addEventListener("abort", () => resolve("silent"), { once: true });
        });
        return Promise.race([promise.catch(() => "failed" as const), late]);
    });
}

/** What the following functions find in the page. */
interface PageGlobals {
    require?: (name: string) => {
        readonly Socket: { readonly state: string | null; readonly hasSynced: boolean };
        readonly refreshQR: () => void;
    };
    onAppStateHasSyncedEvent?: () => unknown;
}

/* These run within the page: nothing outside of them exists there. */

function pageState(): PageState {
    const page = globalThis as PageGlobals;
    if (!page.require) return { state: null, synchronised: false };
    const { state, hasSynced } = page.require("WAWebSocketModel").Socket;
    const listening = page.onAppStateHasSyncedEvent !== undefined;
    return { state, synchronised: state === "CONNECTED" && hasSynced && listening };
}

function announceSynchronised(): void {
    const page = globalThis as PageGlobals;
    page.onAppStateHasSyncedEvent?.();
}

function renewCode(): void {
    const page = globalThis as PageGlobals;
    page.require?.("WAWebLaunchSocketUtils").refreshQR();
}
