/** The composition root of `bimedix2 start`: one process of a clinic, in one role or in all. */
import { answerTurn } from "./answer-turn.ts";
import type { AssistantParts, DeskParts, ReplyParts } from "./assistant.ts";
import { openPlatforms } from "./clinic-platforms.ts";
import {
    assistantSettings,
    openModel,
    openNotices,
    openOtherLanguages,
    queueSettings,
} from "./compose.ts";
import type { Config } from "./config.ts";
import { reached } from "./conversation/late-store.ts";
import { deliverReply } from "./deliver-reply.ts";
import { fetchPictures } from "./fetch-pictures.ts";
import type { Logger } from "./log.ts";
import { openSafety } from "./open-safety.ts";
import { openStaff } from "./open-staff.ts";
import type { ChatModel, LinkDisplay, Platform } from "./ports.ts";
import { summariseCase } from "./summarise-case.ts";
import { Receiver } from "./receive.ts";
import { type Exchange, type PlatformDuties, type ProcessDuties, serve } from "./serve.ts";
import { wait } from "./wait.ts";
import { type OnProgress, openStorage, type Storage } from "./storage.ts";

/** What a process does for the clinic. */
export type Role = "all" | "adapters" | "worker";

/** What a process is made of, until it is closed. */
export interface ClinicProcess {
    readonly replyParts: ReplyParts;
    readonly storage: Storage;
    /** Absent in a process that only runs adapters. */
    readonly model?: ChatModel;
    readonly platforms: readonly Platform[];
    /**
     * Serves until the signal aborts. While Redis is away, patients are told so.
     *
     * @throws `config-invalid`: a platform needs the administrator.
     */
    serve(signal: AbortSignal): Promise<void>;
    close(): Promise<void>;
}

const nowhere: LinkDisplay = { show: () => undefined };

/**
 * Finds or starts Redis, and loads the texts and what the role needs.
 *
 * @param display Where the administrator sees how a linked phone stands.
 * @throws As {@link openStorage}, {@link openModel} and {@link openNotices} do.
 */
export async function openClinicProcess(
    config: Config,
    role: Role,
    logger: Logger,
    onProgress: OnProgress,
    display: LinkDisplay = nowhere,
): Promise<ClinicProcess> {
    const patient = { withoutRedis: "serve" } as const;
    const notices = await openNotices(config);
    const otherLanguages = await openOtherLanguages(config);
    const storage = await openStorage(config, logger, onProgress, patient);
    try {
        const safety = await openSafety(config, storage);
        const model = role === "adapters" ? undefined : await openModel(config, logger, onProgress);
        const platforms =
            role === "worker" ? [] : openPlatforms(config, { notices, storage, display, logger });
        const settings = assistantSettings(config, patient);
        const staff = openStaff(config, storage);
        const { data } = storage;
        const replyParts = {
            notices,
            otherLanguages,
            logger,
            settings,
            safety,
            data,
            ...(staff ? { staff } : {}),
        };
        const parts = { ...replyParts, storage, platforms, ...(model ? { model } : {}) };
        return {
            replyParts,
            storage,
            platforms,
            ...(model ? { model } : {}),
            serve: (signal) => serveClinic(parts, config, signal),
            close: async () => {
                await model?.close();
                await storage.close();
            },
        };
    } catch (error) {
        await storage.close();
        throw error;
    }
}

/** What {@link serveClinic} serves with. */
export interface ServingParts extends ReplyParts {
    readonly storage: Pick<Storage, "store" | "openExchange">;
    readonly platforms: readonly Platform[];
    readonly model?: ChatModel;
}

/** As {@link ClinicProcess.serve}. */
export async function serveClinic(
    parts: ServingParts,
    config: Config,
    signal: AbortSignal,
): Promise<void> {
    let exchange: Exchange | undefined;
    const inbox: Exchange["inbox"] = {
        accept: async (message, options) => reached(exchange).inbox.accept(message, options),
        backlog: async () => reached(exchange).inbox.backlog(),
        firstDelayNotice: async (key) => reached(exchange).inbox.firstDelayNotice(key),
    };
    const { store } = parts.storage;
    const queue = queueSettings(config);
    const receiver = new Receiver({ ...parts, inbox, store, queue }, signal);
    exchange = await untilReached(parts, receiver, (opened) => (exchange = opened), signal);
    if (exchange) {
        await serve(exchange, describeDuties(parts, exchange, receiver, config), signal);
    }
    await receiver.idle();
}

/** Until then a platform that has not begun to receive is missed by nobody. */
const soonMs = 1_000;

/**
 * Waits for Redis. Meanwhile the platforms run all the same, so that patients are told that their
 * answer will come later. `undefined`: the signal came first.
 */
async function untilReached(
    { storage, platforms }: ServingParts,
    receiver: Receiver,
    onReached: (exchange: Exchange) => void,
    signal: AbortSignal,
): Promise<Exchange | undefined> {
    const opening = storage.openExchange();
    const early = new AbortController();
    const soon = await Promise.race([opening, wait(soonMs, early.signal)]);
    if (soon) return soon;
    const stopped = new Promise<undefined>((resolve) => {
        signal.addEventListener("abort", () => resolve(undefined), { once: true });
        if (signal.aborted) resolve(undefined);
    });
    // What one process alone may receive waits until it is known which.
    const running = platforms
        .filter(({ sharing }) => sharing !== "alone")
        .map((platform) => {
            const { receive, glance } = receivingOf(platform, receiver);
            return platform.run(receive, early.signal, glance);
        });
    const failed = Promise.all(running).then(() => undefined);
    try {
        const exchange = await Promise.race([
            opening,
            stopped,
            ...(running.length ? [failed] : []),
        ]);
        // From now on what waits can be stored.
        if (exchange) onReached(exchange);
        return exchange;
    } finally {
        early.abort();
        await Promise.allSettled(running);
    }
}

function receivingOf(
    platform: Platform,
    receiver: Receiver,
): Required<Pick<PlatformDuties, "receive" | "glance">> {
    return {
        receive: (message) => receiver.receive(message, platform),
        glance: (message) => receiver.glance(message, platform),
    };
}

function describeDuties(
    parts: ServingParts,
    { fleet }: Exchange,
    receiver: Receiver,
    config: Config,
): ProcessDuties {
    const { storage, model, platforms, ...replyParts } = parts;
    const settings = queueSettings(config);
    const desk: DeskParts = {
        ...replyParts,
        describeModel: async () => model?.description ?? (await fleet.model()),
    };
    const duties = (platform: Platform): PlatformDuties => ({
        platform,
        ...receivingOf(platform, receiver),
        fetchPictures: (message, signal) => fetchPictures(message, platform, desk, signal),
        deliver: (delivery) => deliverReply(delivery, platform, replyParts, settings),
    });
    const assistant: AssistantParts | undefined = model && {
        ...replyParts,
        store: storage.store,
        model,
    };
    return {
        platforms: platforms.map(duties),
        desk: (turn) => answerTurn(turn, desk, settings),
        finishWithinMs: config.queue.finishWithinMs,
        ...(assistant
            ? {
                  worker: {
                      model: assistant.model.description,
                      slots: config.model.conversationsInMemory,
                      answer: (turn) => answerTurn(turn, assistant, settings),
                      ...(assistant.staff
                          ? {
                                summarise: (code, signal) => summariseCase(code, assistant, signal),
                            }
                          : {}),
                  },
              }
            : {}),
    };
}
