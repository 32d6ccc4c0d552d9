import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    createWhatsAppWebPlatform,
    type WhatsAppWebOptions,
} from "../../../adapters/whatsapp-web/whatsapp-web-platform.ts";
import type { InboundMessage } from "../../../src/message.ts";
import type { LinkState, Platform } from "../../../src/ports.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import type { WhatsAppPeer } from "../../fakes/whatsapp-web/peer.ts";
import type { LinkedPhone } from "./linked-phone.ts";
import { quickTimings } from "./whatsapp-web-world.ts";

/** A platform that runs, and what it has handed over. */
export interface ListeningPlatform {
    readonly platform: Platform;
    readonly received: readonly InboundMessage[];
    readonly states: readonly LinkState[];
    readonly log: ReturnType<typeof createRecordingLogger>;
    readonly texts: () => string[];
    /** Waits until so many messages were handed over, and gives them. */
    readonly receives: (count: number) => Promise<readonly InboundMessage[]>;
    readonly stop: () => Promise<void>;
}

/** How a platform is run. */
export interface ListeningOptions extends Partial<WhatsAppWebOptions> {
    readonly receive?: (message: InboundMessage) => Promise<void>;
    /** A part of the conversations that the test is about: the others are taken in silence. */
    readonly about?: string;
    /** The session that is there already; absent: one of its own, with a browser of its own. */
    readonly phone?: LinkedPhone;
}

/** Runs the adapter before a peer. */
export function listen(
    peer: WhatsAppPeer,
    sessionFolder: string,
    { receive = () => Promise.resolve(), phone, about = "", ...options }: ListeningOptions = {},
): ListeningPlatform {
    const log = createRecordingLogger();
    const received: InboundMessage[] = [];
    const states: LinkState[] = [];
    const ended = new AbortController();
    const platform = createWhatsAppWebPlatform(
        {
            sessionFolder,
            browserPath: peer.browserPath,
            webVersion: peer.webVersion,
            groups: "mentions",
            display: { show: (_account, state) => void states.push(state) },
            logger: log,
            ...options,
            timings: {
                ...quickTimings,
                restart: { firstMs: 1, mostMs: 50 },
                ...options.timings,
            },
        },
        ...(phone ? [phone.keepLinked] : []),
    );
    const running = platform.run(async (message) => {
        if (!message.conversation.includes(about)) return;
        await receive(message);
        received.push(message);
    }, ended.signal);
    return {
        platform,
        received,
        states,
        log,
        texts: () => received.map(({ text }) => text),
        receives: async (count) => {
            await peer.until(() => received.length >= count);
            return received;
        },
        stop: async () => {
            ended.abort();
            await running;
        },
    };
}

/** A folder of its own for a test. */
export async function makeFolder(): Promise<{
    readonly path: string;
    readonly remove: () => Promise<void>;
}> {
    const path = await mkdtemp(join(tmpdir(), "whatsapp-test-"));
    return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
