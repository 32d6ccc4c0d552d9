import { encodeQR } from "qr";
import type { PlatformAccount } from "../../src/message.ts";
import type { LinkState } from "../../src/ports.ts";
import type { Backlog } from "../../src/queue-ports.ts";
import type { CounterReading } from "../../src/safety-ports.ts";
import type { ProcessStatus } from "../../src/status-ports.ts";
import { wait } from "../../src/wait.ts";
import { measure } from "./measure.ts";
import type { PageSources } from "./page-options.ts";
import type { LinkView, Overview, Sample } from "./wire.ts";

/** What whoever looks at the page is told. */
export interface WatchNews {
    readonly sample?: Sample;
    readonly overview?: Overview;
}

/** What the page's own process says of itself. */
export interface OwnState {
    readonly version: string;
    readonly isChatOpen: () => boolean;
}

/** Half an hour at one every two seconds. */
const mostSamples = 900;

/** Looks again and again at how the clinic's processes are, and remembers the last half hour. */
export class Watch {
    readonly #sources: PageSources;
    readonly #own: OwnState;
    readonly #links = new Map<PlatformAccount, LinkState>();
    readonly #samples: Sample[] = [];
    readonly #listeners = new Set<(news: WatchNews) => void>();
    #processes: readonly ProcessStatus[] | undefined;
    #deadReplies: number | undefined;
    #told = "";

    constructor(sources: PageSources, own: OwnState) {
        this.#sources = sources;
        this.#own = own;
    }

    /** The last half hour, oldest first. */
    get samples(): readonly Sample[] {
        return this.#samples;
    }

    get overview(): Overview {
        return {
            nowMs: Date.now(),
            links: [...this.#links].map(([account, state]) => viewLink(account, state)),
            ...(this.#processes === undefined ? {} : { processes: this.#processes }),
            ...(this.#deadReplies === undefined ? {} : { deadReplies: this.#deadReplies }),
            chatOpen: this.#own.isChatOpen(),
            version: this.#own.version,
        };
    }

    /** Shows how a link with a phone stands. */
    show(account: PlatformAccount, state: LinkState): void {
        this.#links.set(account, state);
        this.#tellOverview();
    }

    /** Tells what is new from now on, until the function that it gives is called. */
    listen(listener: (news: WatchNews) => void): () => void {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    /** Looks every `everyMs` until the signal aborts. Never fails. */
    async run(everyMs: number, signal: AbortSignal): Promise<void> {
        while (!signal.aborted) {
            await this.look();
            await wait(everyMs, signal).catch(() => undefined);
        }
    }

    /** Looks once, and tells what it sees. Never fails. */
    async look(): Promise<void> {
        const { readStatus, readBacklog, readCounters, outbox } = this.#sources;
        const [processes, backlog, counters, dead] = await Promise.all([
            unlessAway(readStatus),
            unlessAway(readBacklog),
            unlessAway(readCounters),
            unlessAway(async () => await outbox.dead()),
        ]);
        this.#processes = processes;
        this.#deadReplies = dead?.length;
        this.#keep({ processes, backlog, counters });
        this.#tellOverview();
    }

    #keep(seen: {
        readonly processes: readonly ProcessStatus[] | undefined;
        readonly backlog: Backlog | undefined;
        readonly counters: readonly CounterReading[] | undefined;
    }): void {
        const sample: Sample = { atMs: Date.now(), values: measure(seen) };
        this.#samples.push(sample);
        if (this.#samples.length > mostSamples) this.#samples.shift();
        this.#tell({ sample });
    }

    /** Tells only what has changed: most looks see the same. */
    #tellOverview(): void {
        const { overview } = this;
        const text = JSON.stringify({ ...overview, nowMs: 0 });
        if (text === this.#told) return;
        this.#told = text;
        this.#tell({ overview });
    }

    #tell(news: WatchNews): void {
        for (const listener of this.#listeners) listener(news);
    }
}

function viewLink(account: PlatformAccount, state: LinkState): LinkView {
    switch (state.name) {
        case "qr":
            return { account, name: state.name, squares: squaresOf(state.code) };
        case "pairing-code":
            return { account, name: state.name, pairingCode: state.code };
        case "failed":
            return { account, ...state };
        case "starting":
        case "ready":
        case "logged-out":
            return { account, name: state.name };
    }
}

function squaresOf(code: string): readonly string[] {
    const rows = encodeQR(code, "raw", { ecc: "low", border: 4 });
    return rows.map((row) => row.map((isDark) => (isDark ? "1" : "0")).join(""));
}

async function unlessAway<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
    try {
        return await read();
    } catch {
        return undefined;
    }
}
