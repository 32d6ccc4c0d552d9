import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    keepLinked,
    type SessionOptions,
    type WebSession,
} from "../../../adapters/whatsapp-web/session.ts";
import type { SessionTimings } from "../../../adapters/whatsapp-web/session-timings.ts";
import type { LinkState } from "../../../src/ports.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import type { WhatsAppPeer } from "../../fakes/whatsapp-web/peer.ts";

/** Short enough that a test of faults takes no time, long enough for a busy machine. */
export const quickSessionTimings: Partial<SessionTimings> = {
    startMs: 20_000,
    readyMs: 10_000,
    probeMs: 50,
    answerMs: 4_000,
    offlineMs: 300,
    closingMs: 5_000,
    browserClosingMs: 5_000,
    restart: { firstMs: 1, mostMs: 20 },
    rebuff: { firstMs: 300, mostMs: 300 },
    lockBeatMs: 100,
};

/** A session that is kept linked before a peer, and what is known of it. */
export class KeptSession {
    readonly folder: string;
    readonly states: LinkState[] = [];
    readonly logger = createRecordingLogger();
    readonly #peer: WhatsAppPeer;
    readonly #stop = new AbortController();
    readonly #stopped = once(this.#stop.signal, "abort");
    #running: Promise<void> = Promise.resolve();
    /** How many sessions were ready. */
    works = 0;
    /** The one that is ready now. */
    session: WebSession | undefined;

    private constructor(peer: WhatsAppPeer, folder: string) {
        this.#peer = peer;
        this.folder = folder;
    }

    static async start(
        peer: WhatsAppPeer,
        options: Partial<SessionOptions> = {},
    ): Promise<KeptSession> {
        const folder =
            options.sessionFolder ?? (await mkdtemp(join(tmpdir(), "whatsapp-session-")));
        await peer.prepare(folder);
        const kept = new KeptSession(peer, folder);
        kept.#running = keepLinked(
            {
                sessionFolder: folder,
                browserPath: peer.browserPath,
                webVersion: peer.webVersion,
                account: "whatsapp-web:main",
                display: { show: (_account, state) => void kept.states.push(state) },
                logger: kept.logger,
                ...options,
                timings: { ...quickSessionTimings, ...options.timings },
            },
            (session) => kept.#work(session),
            kept.#stop.signal,
        );
        return kept;
    }

    /** The names of the states, and of failures the reasons, since a state that was seen. */
    namesSince(from: number): string[] {
        return this.states
            .slice(from)
            .map((state) => (state.name === "failed" ? state.reason : state.name));
    }

    /** Waits for a state. */
    async shows(name: LinkState["name"]): Promise<void> {
        await this.#peer.until(() => this.states.at(-1)?.name === name);
    }

    /** Does something after which the session must come back; gives the states meanwhile. */
    async comesBackAfter(act: () => void): Promise<string[]> {
        const { works, states } = this;
        const seen = states.length;
        act();
        await this.#peer.until(() => this.works > works && this.session !== undefined);
        return this.namesSince(seen);
    }

    /** Tells it to end, and waits for that. */
    async stop(): Promise<void> {
        this.#stop.abort();
        await this.#running;
    }

    async close(): Promise<void> {
        await this.stop();
        await rm(this.folder, { recursive: true, force: true });
    }

    async #work(session: WebSession): Promise<void> {
        this.works += 1;
        this.session = session;
        await Promise.race([once(session.lost, "abort"), this.#stopped]);
        this.session = undefined;
    }
}
