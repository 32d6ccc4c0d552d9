/** Watches what one process of a clinic does: for its status, for Prometheus, and for traces. */
import type { AssistantParts, DeskParts } from "./assistant.ts";
import type { InboundMessage, Journey, PlatformAccount } from "./message.ts";
import { PlatformConditions } from "./operations/platform-conditions.ts";
import { ProcessFigures } from "./operations/process-figures.ts";
import type { DeliveryEnd, OpenDelivery, OpenTurn, TurnEnd } from "./queue-ports.ts";
import type { Span, Telemetry } from "./telemetry-ports.ts";
import { beginBeneath, failureOf, traceParts } from "./trace-parts.ts";

/** What happens in one process, as it happens. Nothing that is watched changes by it. */
export class ProcessWatch {
    readonly figures = new ProcessFigures();
    readonly conditions = new PlatformConditions();
    readonly #telemetry: Telemetry;

    constructor(telemetry: Telemetry) {
        this.#telemetry = telemetry;
    }

    /** A message comes from its platform. */
    async receive(
        message: InboundMessage,
        account: PlatformAccount,
        receive: (message: InboundMessage) => Promise<void>,
    ): Promise<void> {
        const attributes = { "bimedix2.platform": platformOf(account) };
        const span = this.#telemetry.begin("receive", { attributes });
        const { traceparent } = span;
        await ending(span, () =>
            receive(traceparent === undefined ? message : { ...message, traceparent }),
        );
        this.figures.received(account);
    }

    /** A turn is answered. */
    async answer<Parts extends AssistantParts | DeskParts>(
        turn: OpenTurn,
        parts: Parts,
        answer: (turn: OpenTurn, parts: Parts) => Promise<TurnEnd>,
    ): Promise<TurnEnd> {
        const beganAtMs = Date.now();
        const acceptedAtMs = Math.min(...turn.messages.map((message) => message.acceptedAtMs));
        const span = this.#beginAnswer(turn, acceptedAtMs);
        const { traceparent } = span;
        const journey = { acceptedAtMs, ...(traceparent === undefined ? {} : { traceparent }) };
        const watched = this.#watchCommit(turn, journey, span);
        const watchedParts =
            traceparent === undefined ? parts : traceParts(parts, span, this.#telemetry);
        const withModel = "model" in parts;
        if (withModel) this.figures.busy += 1;
        try {
            const end = await ending(span, () => answer(watched, watchedParts));
            if (end === "done") this.figures.wait.add(Math.max(0, beganAtMs - acceptedAtMs));
            return end;
        } finally {
            if (withModel) this.figures.busy -= 1;
        }
    }

    /** A reply is delivered. */
    async deliver(
        delivery: OpenDelivery,
        account: PlatformAccount,
        deliver: (delivery: OpenDelivery) => Promise<DeliveryEnd>,
    ): Promise<DeliveryEnd> {
        let journey: Journey | undefined;
        let span: Span | undefined;
        let isReply = false;
        const watched: OpenDelivery = {
            id: delivery.id,
            to: delivery.to,
            journal: delivery.journal,
            signal: delivery.signal,
            onProgress: (show) => delivery.onProgress(show),
            reply: async () => {
                const committed = await delivery.reply();
                if (!committed) return undefined;
                const { journey: itsJourney, ...reply } = committed.reply;
                journey = itsJourney;
                isReply = true;
                span = this.#beginDelivery(journey, account);
                return { ...committed, reply };
            },
        };
        try {
            const end = await deliver(watched);
            if (isReply && typeof end === "string") this.#ended(account, end, journey);
            span?.note({ "bimedix2.end": typeof end === "string" ? end : "again" });
            span?.end();
            return end;
        } catch (error) {
            span?.end(failureOf(error));
            throw error;
        }
    }

    #beginAnswer({ messages, history, deaths }: OpenTurn, acceptedAtMs: number): Span {
        const [parent, ...links] = messages.flatMap(({ message }) => message.traceparent ?? []);
        const from = parent === undefined ? {} : { parent };
        const queued = this.#telemetry.begin("queue", { ...from, startedAtMs: acceptedAtMs });
        queued.end();
        return this.#telemetry.begin("answer", {
            ...from,
            links,
            attributes: {
                "bimedix2.messages": messages.length,
                "bimedix2.turns": history.turns.length,
                "bimedix2.deaths": deaths,
            },
        });
    }

    #watchCommit(turn: OpenTurn, journey: Journey, span: Span): OpenTurn {
        return {
            id: turn.id,
            conversation: turn.conversation,
            messages: turn.messages,
            history: turn.history,
            deaths: turn.deaths,
            signal: turn.signal,
            show: (textSoFar) => turn.show(textSoFar),
            commit: async (outcome) => {
                const { reply } = outcome;
                if (reply) span.note({ "bimedix2.language": reply.language });
                const whole = reply ? { ...outcome, reply: { ...reply, journey } } : outcome;
                await ending(beginBeneath(span, "commit", this.#telemetry), () =>
                    turn.commit(whole),
                );
            },
        };
    }

    #beginDelivery(journey: Journey | undefined, account: PlatformAccount): Span {
        const parent = journey?.traceparent;
        return this.#telemetry.begin("deliver", {
            ...(parent === undefined ? {} : { parent }),
            attributes: { "bimedix2.platform": platformOf(account) },
        });
    }

    #ended(
        account: PlatformAccount,
        end: Extract<DeliveryEnd, string>,
        journey: Journey | undefined,
    ): void {
        const answerMs = journey && Date.now() - journey.acceptedAtMs;
        this.figures.ended(account, end, answerMs);
    }
}

async function ending<Result>(span: Span, work: () => Promise<Result>): Promise<Result> {
    try {
        const result = await work();
        span.end();
        return result;
    } catch (error) {
        span.end(failureOf(error));
        throw error;
    }
}

function platformOf(account: PlatformAccount): string {
    return account.slice(0, account.indexOf(":"));
}
