import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepLinked, type WebSession } from "../../../adapters/whatsapp-web/session.ts";
import { whatsappWebAccount } from "../../../adapters/whatsapp-web/normalise-message.ts";
import { createLogger } from "../../../src/log.ts";
import { startWhatsAppPeer, type WhatsAppPeer } from "../../fakes/whatsapp-web/peer.ts";

/** A phone that is linked once, in one browser, for all tests of a file. */
export interface LinkedPhone {
    readonly peer: WhatsAppPeer;
    readonly session: WebSession;
    /** Stands in for the starts of browsers: each run works with the session that there is. */
    readonly keepLinked: typeof keepLinked;
    close(): Promise<void>;
}

/** Links a phone through the real library and a real browser. */
export async function linkPhone(): Promise<LinkedPhone> {
    const peer = await startWhatsAppPeer();
    const sessionFolder = await mkdtemp(join(tmpdir(), "whatsapp-session-"));
    await peer.prepare(sessionFolder);
    peer.pair();
    const ended = new AbortController();
    let give = (_session: WebSession): void => undefined;
    const ready = new Promise<WebSession>((resolve) => (give = resolve));
    const running = keepLinked(
        {
            sessionFolder,
            browserPath: peer.browserPath,
            webVersion: peer.webVersion,
            account: whatsappWebAccount,
            display: { show: () => undefined },
            logger: createLogger("silent"),
        },
        async (session) => {
            give(session);
            await aborted(ended.signal);
        },
        ended.signal,
    );
    const failed = running.then(() => Promise.reject(new Error("The phone was not linked.")));
    const session = await Promise.race([ready, failed]);
    failed.catch(() => undefined);
    return {
        peer,
        session,
        keepLinked: async (_options, work, signal) => {
            if (signal.aborted) return;
            await work(session);
            if (!signal.aborted) throw new Error("The work has ended by itself.");
        },
        close: async () => {
            ended.abort();
            await running;
            await peer.close();
            await rm(sessionFolder, { recursive: true, force: true });
        },
    };
}

async function aborted(signal: AbortSignal): Promise<void> {
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
