import { randomBytes } from "node:crypto";
import { once, setMaxListeners } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { LinkDisplay, Platform } from "../../src/ports.ts";
import { ChatFiles } from "./chat-files.ts";
import { ChatRoom, withoutCommands } from "./chat-room.ts";
import { type EventSources, EventStreams } from "./events.ts";
import { createPageServer, listen, tryToListen } from "./listen.ts";
import { createPageApp } from "./page-app.ts";
import type { LocalPageOptions } from "./page-options.ts";
import { PasswordTries } from "./password-tries.ts";
import { defaultSessionLimits, type Session, Sessions } from "./sessions.ts";
import { createToken, type SignInParts } from "./sign-in.ts";
import { Watch } from "./watch.ts";
import { createWebChat } from "./web-chat.ts";

/** The page on which the administrator sees the clinic and tries the assistant. */
export interface LocalPage extends LinkDisplay {
    /** Where it is. Without a password it holds a secret: only who is told it can open the page. */
    readonly address: string;
    /** Its chat. Whoever runs it must have the page's port: that is where its messages come from. */
    readonly platform: Platform;
    /** Whether the port was free when the page began to run; settled soon after that. */
    readonly isOpen: Promise<boolean>;
    /** Serves until the signal aborts. A port that is taken is tried again; never fails. */
    run(signal: AbortSignal): Promise<void>;
}

/** Makes the page; it does nothing until it runs. */
export function createLocalPage(options: LocalPageOptions): LocalPage {
    const { logger, sources, password, maxFileBytes, publicAddress } = options;
    const room = new ChatRoom();
    const files = new ChatFiles();
    const chat = createWebChat({ board: room, files, logger });
    const watch = new Watch(sources, { version: options.version, isChatOpen: () => chat.isOpen });
    const closing = new AbortController();
    // Every stream of events listens; Node would take that for a leak.
    setMaxListeners(0, closing.signal);
    let { port } = options;

    const beginChat = (): string => {
        const name = randomBytes(9).toString("base64url");
        room.open(name);
        return name;
    };
    const endChat = (name: string): void => {
        room.close(name);
        files.close(name);
    };
    const sessions = new Sessions({ ...defaultSessionLimits, ...options.sessionLimits }, (ended) =>
        endChat(ended.chat),
    );
    const eventSources: EventSources = {
        begin: (name) => ({
            overview: watch.overview,
            samples: watch.samples,
            chat: {
                id: name,
                entries: room.entries(name).map(withoutCommands),
                maxFileBytes,
            },
        }),
        listenAll: (tell) =>
            watch.listen(({ overview, sample }) => {
                if (overview) tell("overview", overview);
                if (sample) tell("sample", sample);
            }),
        listenChat: (name, tell) => room.listen(name, tell),
        isValid: (secret) => sessions.find(secret, { passively: true }) !== undefined,
        closing: closing.signal,
    };
    const streams = new EventStreams(eventSources);
    const beginAnew = (session: Session): void => {
        const before = session.chat;
        session.chat = beginChat();
        endChat(before);
        streams.restart(session.id);
    };
    const token = createToken();
    const signIn: SignInParts = {
        sessions,
        beginChat,
        audit: sources.audit,
        ...(password === undefined ? {} : { password }),
        token,
        tries: new PasswordTries({ publicAddress, audit: sources.audit, logger }),
        port: () => port,
        logger,
    };
    let settle: (isOpen: boolean) => void = () => undefined;
    const isOpen = new Promise<boolean>((resolve) => (settle = resolve));
    const app = createPageApp({
        options,
        signIn,
        chat: { room, files, chat, maxFileBytes, beginAnew },
        streams,
        onDeadLetters: () => void watch.look(),
    });
    return {
        get address() {
            const place = publicAddress ?? `http://${shownHost(options.host)}:${port}`;
            return password === undefined ? `${place}/#sign-in=${token}` : `${place}/`;
        },
        platform: chat.platform,
        isOpen,
        show: (account, state) => watch.show(account, state),
        run: async (signal) => {
            const server = createPageServer(app);
            const watching = watch.run(options.sampleMs ?? 2_000, signal);
            const first = await tryToListen(server, options);
            settle(first === undefined);
            if (first === undefined || (await listen(server, options, logger, signal))) {
                ({ port } = server.address() as AddressInfo);
                logger.info({ page: "open" }, "The local page is open");
                if (!signal.aborted) await once(signal, "abort");
                await close(server, closing);
            }
            await watching;
        },
    };
}

async function close(server: Server, closing: AbortController): Promise<void> {
    const closed = once(server, "close");
    closing.abort();
    server.close();
    server.closeAllConnections();
    await closed;
}

/** The address under which this machine reaches itself. */
function shownHost(host: string): string {
    if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
    return host.includes(":") ? `[${host}]` : host;
}
