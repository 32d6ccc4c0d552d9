import { isAppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { PlatformAccount } from "../../src/message.ts";
import type { LinkDisplay, LinkState } from "../../src/ports.ts";
import { backoffMs, wait } from "../../src/wait.ts";
import { findBrowser } from "./find-browser.ts";
import { endOf, explain, type SessionEnd } from "./session-ends.ts";
import { clearSessionFolder, openSessionFolder } from "./session-folder.ts";
import { liveOnce, type WebSession } from "./session-life.ts";
import { lockSessionFolder } from "./session-lock.ts";
import { LinkMark } from "./session-mark.ts";
import { createReport } from "./session-report.ts";
import { defaultSessionTimings, type SessionTimings } from "./session-timings.ts";

export type { WebSession } from "./session-life.ts";

/** A number that is linked with WhatsApp Web. */
export interface SessionOptions {
    /**
     * Where the link is kept, absolute. Only its owner may enter it. When the phone unlinks, all in
     * it is removed except the versions of WhatsApp Web.
     */
    readonly sessionFolder: string;
    /** Default: found by itself. */
    readonly browserPath?: string;
    /** The version of WhatsApp Web, `versions/<version>.html` in the folder. Default: today's. */
    readonly webVersion?: string;
    /** The phone to link by a pairing code instead of a QR code: digits with the country's prefix. */
    readonly pairWithPhone?: string;
    readonly display: LinkDisplay;
    readonly account: PlatformAccount;
    readonly logger: Logger;
    readonly timings?: Partial<SessionTimings>;
}

/** After these WhatsApp is left alone for longer: who insists, is blocked. */
const rebuffing: ReadonlySet<SessionEnd> = new Set(["conflict", "pairing-refused", "refused"]);

/** What one try to keep the session needs. */
interface Keeping {
    readonly options: SessionOptions;
    readonly timings: SessionTimings;
    readonly report: (state: LinkState) => void;
    readonly work: (session: WebSession) => Promise<void>;
}

/**
 * Keeps a number linked with WhatsApp Web until the signal aborts, through every fault of the
 * browser, the page, the library and the link: each time all of it is ended and begun anew, after
 * growing pauses. `work` is called for each session that is ready, and hears through `lost` that it
 * has ended. When the signal aborts, `work` has some seconds to end by itself; no browser is left.
 *
 * @throws `config-invalid` when there is no browser, or the folder cannot be used.
 */
export async function keepLinked(
    options: SessionOptions,
    work: (session: WebSession) => Promise<void>,
    signal: AbortSignal,
): Promise<void> {
    const timings = { ...defaultSessionTimings, ...options.timings };
    const report = createReport(options.account, options.display, options.logger);
    const keeping = { options, timings, report, work };
    await findBrowser(options.browserPath);
    await openSessionFolder(options.sessionFolder);
    let failures = 0;
    let rebuffs = 0;
    while (!signal.aborted) {
        report({ name: "starting" });
        const { end, readyMs } = await keepOnce(keeping, signal);
        if (signal.aborted) return;
        const stable = readyMs >= timings.stableMs;
        failures = stable ? 1 : failures + 1;
        const isRebuff = rebuffing.has(end);
        if (isRebuff) rebuffs += 1;
        else if (stable) rebuffs = 0;
        if (end === "stopped") continue;
        if (end === "logged-out") report({ name: "logged-out" });
        else report({ name: "failed", ...explain(end) });
        const pauseMs = isRebuff
            ? backoffMs(rebuffs, timings.rebuff)
            : backoffMs(failures, timings.restart);
        await wait(pauseMs, signal).catch(() => undefined);
    }
}

/** One life of the session in a folder that is this process's alone. */
async function keepOnce(
    { options, timings, report, work }: Keeping,
    signal: AbortSignal,
): Promise<{ readonly end: SessionEnd; readonly readyMs: number }> {
    const { sessionFolder, logger } = options;
    try {
        await openSessionFolder(sessionFolder);
        const lock = await lockSessionFolder(sessionFolder, timings.lockBeatMs, signal);
        try {
            const ended = await liveOnce(
                {
                    sessionFolder,
                    browserPath: await findBrowser(options.browserPath),
                    webVersion: options.webVersion,
                    pairWithPhone: options.pairWithPhone,
                    mark: await LinkMark.read(sessionFolder),
                    timings,
                    logger,
                    report,
                    work,
                    taken: lock.lost,
                },
                signal,
            );
            if (ended.end === "logged-out") await clearSessionFolder(sessionFolder);
            return ended;
        } finally {
            await lock.release();
        }
    } catch (error) {
        if (!signal.aborted) logger.debug(describeError(error), "WhatsApp: the session has failed");
        const end = isAppError(error, "config-invalid") ? "browser-not-started" : endOf(error);
        return { end, readyMs: 0 };
    }
}
