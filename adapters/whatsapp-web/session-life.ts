import { join } from "node:path";
import type { Client } from "whatsapp-web.js";
import { describeError, type Logger } from "../../src/log.ts";
import type { LinkState } from "../../src/ports.ts";
import { withDeadline } from "../../src/wait.ts";
import { browsersEnd, freeProfile, killBrowsers } from "./browser-process.ts";
import { createClient } from "./library-client.ts";
import { endOf, endOfState, type SessionEnd } from "./session-ends.ts";
import { profileName } from "./session-folder.ts";
import type { LinkMark } from "./session-mark.ts";
import type { SessionTimings } from "./session-timings.ts";
import { type Milestones, watchPage } from "./session-watch.ts";

/** A linked session that can receive and send. */
export interface WebSession {
    readonly client: Client;
    /** Aborts when the browser, the page or the link is gone: nothing can be sent any more. */
    readonly lost: AbortSignal;
}

/** What one life of the session is made of. */
export interface LifeParts {
    readonly sessionFolder: string;
    readonly browserPath: string;
    readonly webVersion: string | undefined;
    readonly pairWithPhone: string | undefined;
    readonly mark: LinkMark;
    readonly timings: SessionTimings;
    readonly logger: Logger;
    readonly report: (state: LinkState) => void;
    readonly work: (session: WebSession) => Promise<void>;
    /** Aborts when another process has taken the folder. */
    readonly taken: AbortSignal;
}

/**
 * One life of the session: a browser from its start to its end. Gives why it ended and how long it
 * was ready; the browser is gone then, whatever happened to it.
 */
export async function liveOnce(
    parts: LifeParts,
    signal: AbortSignal,
): Promise<{ readonly end: SessionEnd; readonly readyMs: number }> {
    const life = new Life(parts);
    try {
        return await life.run(signal);
    } finally {
        await life.close();
    }
}

class Life {
    readonly #parts: LifeParts;
    readonly #client: Client;
    readonly #lost = new AbortController();
    readonly #milestones: Milestones = {
        progressAtMs: undefined,
        noticed: false,
        listening: false,
        ready: false,
    };
    readonly #ended = deferred<SessionEnd>();
    #readyAtMs: number | undefined;
    #starting: Promise<void> = Promise.resolve();
    #working: Promise<void> = Promise.resolve();

    constructor(parts: LifeParts) {
        this.#parts = parts;
        this.#client = createClient({
            sessionFolder: parts.sessionFolder,
            browserPath: parts.browserPath,
            startMs: parts.timings.startMs,
            ...(parts.webVersion === undefined ? {} : { webVersion: parts.webVersion }),
            ...(parts.pairWithPhone === undefined ? {} : { pairWithPhone: parts.pairWithPhone }),
            onFault: (error) => this.#fault(error),
            onPairingRefused: () => this.#end("pairing-refused"),
            onListening: () => {
                this.#milestones.listening = true;
            },
        });
    }

    async run(signal: AbortSignal): Promise<{ end: SessionEnd; readyMs: number }> {
        const stop = (): void => this.#stop();
        const taken = (): void => this.#end("folder-in-use");
        signal.addEventListener("abort", stop, { once: true });
        this.#parts.taken.addEventListener("abort", taken, { once: true });
        if (signal.aborted) stop();
        try {
            this.#listen();
            this.#starting = this.#start();
            const watching = this.#watch();
            const end = await this.#ended.promise;
            const readyMs = this.#readyAtMs === undefined ? 0 : performance.now() - this.#readyAtMs;
            this.#lost.abort();
            await watching;
            return { end, readyMs };
        } finally {
            signal.removeEventListener("abort", stop);
            this.#parts.taken.removeEventListener("abort", taken);
        }
    }

    /** Ends the browser: politely, so that it writes down what it knows, and then surely. */
    async close(): Promise<void> {
        const { timings, sessionFolder } = this.#parts;
        const profile = join(sessionFolder, profileName);
        await settled(this.#working, timings.closingMs);
        const end = await this.#ended.promise;
        const browser = end === "page-silent" ? undefined : this.#client.pupBrowser;
        if (browser?.connected) {
            await settled(browser.close(), timings.browserClosingMs);
            await browsersEnd(profile, timings.browserClosingMs);
        }
        await killBrowsers(profile);
        await settled(this.#starting, timings.closingMs);
    }

    async #start(): Promise<void> {
        try {
            await freeProfile(join(this.#parts.sessionFolder, profileName));
            if (this.#lost.signal.aborted) return;
            await withDeadline(this.#parts.timings.startMs, this.#lost.signal, async (deadline) => {
                const late = new Promise<never>((_, reject) => {
                    deadline.addEventListener("abort", () => reject(new Error("timed out")));
                });
                await Promise.race([this.#client.initialize(), late]);
            });
        } catch (error) {
            this.#parts.logger.debug(describeError(error), "WhatsApp: the start has failed");
            this.#end(endOf(error));
        }
    }

    #listen(): void {
        const { report, mark } = this.#parts;
        const client = this.#client;
        const askForLink = (state: LinkState): void => {
            // Whoever was linked and is asked for a code again has been unlinked.
            if (mark.isLinked) this.#end("logged-out");
            else if (!this.#lost.signal.aborted) report(state);
        };
        client.on("qr", (code) => askForLink({ name: "qr", code }));
        client.on("code", (code) => askForLink({ name: "pairing-code", code }));
        client.on("authenticated", () => {
            this.#milestones.noticed = true;
            this.#progress();
        });
        client.on("loading_screen", () => this.#progress());
        client.on("ready", () => this.#ready());
        client.on("disconnected", (reason) => this.#end(endOfState(reason)));
        client.on("auth_failure", () => this.#end("refused"));
    }

    #progress(): void {
        this.#milestones.progressAtMs = performance.now();
    }

    /** The library may say this several times, and too early. */
    #ready(): void {
        const { ready, listening } = this.#milestones;
        if (ready || !listening || this.#lost.signal.aborted) return;
        this.#milestones.ready = true;
        this.#readyAtMs = performance.now();
        this.#working = this.#work();
    }

    async #work(): Promise<void> {
        const { mark, report, work, logger } = this.#parts;
        try {
            await mark.link();
            report({ name: "ready" });
            await work({ client: this.#client, lost: this.#lost.signal });
            this.#end("work-ended");
        } catch (error) {
            if (!this.#lost.signal.aborted) {
                logger.warn(describeError(error), "WhatsApp: reading the messages has failed");
            }
            this.#end("work-failed");
        }
    }

    async #watch(): Promise<void> {
        const hooked = this.#hookBrowser();
        try {
            const { timings } = this.#parts;
            const { signal } = this.#lost;
            this.#end(await watchPage(this.#client, this.#milestones, timings, signal));
        } catch {
            // It has ended.
        }
        await hooked;
    }

    /** The library says nothing when its browser or its page goes away. */
    async #hookBrowser(): Promise<void> {
        await this.#starting;
        const { pupBrowser, pupPage } = this.#client;
        pupBrowser?.on("disconnected", () => this.#end("browser-gone"));
        pupPage?.on("close", () => this.#end("page-gone"));
        pupPage?.on("error", () => this.#end("page-gone"));
        pupPage?.on("framenavigated", (frame) => {
            // Before that the library finds its way into the new page; later it would double its ears.
            const isMain = frame === pupPage.mainFrame();
            if (isMain && this.#milestones.ready) void this.#moved(pupPage);
        });
        if (pupBrowser && !pupBrowser.connected) this.#end("browser-gone");
    }

    /** An address that changes while its document stays, as for a chat, moves nothing. */
    async #moved(page: NonNullable<Client["pupPage"]>): Promise<void> {
        const stays = await page.evaluate("window.WWebJS !== undefined").catch(() => false);
        if (stays !== true) this.#end("page-moved");
    }

    #fault(error: unknown): void {
        this.#parts.logger.debug(describeError(error), "WhatsApp: the library has failed");
        if (!this.#milestones.ready) this.#end(endOf(error));
    }

    /** The work hears of the stop by itself and has some time to end in order. */
    #stop(): void {
        if (!this.#milestones.ready) return this.#end("stopped");
        void settled(this.#working, this.#parts.timings.closingMs).then(() => this.#end("stopped"));
    }

    #end(end: SessionEnd): void {
        this.#ended.resolve(end);
    }
}

/** A promise and what fulfils it, for the first time that counts. */
function deferred<Value>(): {
    readonly promise: Promise<Value>;
    readonly resolve: (value: Value) => void;
} {
    let resolve: (value: Value) => void = () => undefined;
    const promise = new Promise<Value>((fulfil) => {
        resolve = fulfil;
    });
    return { promise, resolve };
}

/** Resolves when a promise has ended, however it did, or after some time. Never fails. */
async function settled(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
    await withDeadline(timeoutMs, undefined, async (deadline) => {
        const late = new Promise<void>((resolve) => {
            deadline.addEventListener("abort", () => resolve(), { once: true });
        });
        await Promise.race([promise.catch(() => undefined), late]);
    });
}
