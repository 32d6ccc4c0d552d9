import type { Command, InboundMessage, PictureRefusal } from "../message.ts";
import type { ArrivedPictures, WaitingMessage } from "../queue-ports.ts";
import { cleanText } from "./clean-text.ts";

/** What is done with the oldest messages of a conversation. */
export type TurnPlan =
    /** A command is carried out, alone. */
    | {
          readonly kind: "command";
          readonly settled: 1;
          readonly message: InboundMessage;
          readonly command: Command;
      }
    /** `/stop`: what waits before it is dropped. */
    | {
          readonly kind: "stop";
          readonly settled: number;
          /** Under the id of the `/stop`, the words that it drops; its own when there are none. */
          readonly message: InboundMessage;
          readonly acceptedAtMs: number;
          /** The other commands before it: what they change is changed nevertheless. */
          readonly commands: readonly Command[];
      }
    /** An emergency or a crisis: what waits before it is answered by the same fixed message. */
    | {
          readonly kind: "alarm";
          readonly settled: number;
          readonly message: InboundMessage;
          /** The commands before it: what they change is changed nevertheless. */
          readonly commands: readonly Command[];
      }
    /** Messages that follow each other are answered as one question. */
    | {
          readonly kind: "question";
          readonly settled: number;
          readonly message: InboundMessage;
          readonly pictures: ArrivedPictures;
      }
    /** A question whose pictures have not arrived yet. */
    | { readonly kind: "wait"; readonly againInMs: number };

/** The clinic's limits of one question. */
export interface TurnLimits {
    readonly maxCharacters: number;
    readonly maxImages: number;
}

const lookAgainInMs = 500;
/**
 * A picture that has not arrived by then will not. Whoever fetches it gives up sooner, and says so,
 * unless nobody was there to fetch it: but then nobody is there to deliver an answer either.
 */
const longestPictureWaitMs = 600_000;

/**
 * Plans the next turn of a conversation. Messages are settled from the oldest on: successive plans
 * settle each of them once, in order.
 *
 * @param waiting All unanswered messages, oldest first; at least one.
 * @param startedAtMs When this process began: while it did not run, nothing was waited for.
 */
export function planTurn(
    waiting: readonly WaitingMessage[],
    limits: TurnLimits,
    nowMs: number,
    startedAtMs = 0,
): TurnPlan {
    const [first] = waiting;
    const command = first?.message.command;
    const alarmAt = waiting.findLastIndex(({ message }) => message.alarm !== undefined);
    if (alarmAt !== -1) return planAlarm(waiting.slice(0, alarmAt + 1));
    if (first && command && command.name !== "stop") {
        return { kind: "command", settled: 1, message: first.message, command };
    }
    const stopAt = waiting.findIndex(({ message }) => message.command?.name === "stop");
    const stop = waiting[stopAt];
    if (stop) return planStop(waiting.slice(0, stopAt), stop);

    const commandAt = waiting.findIndex(({ message }) => message.command !== undefined);
    const until = waiting.slice(0, commandAt === -1 ? waiting.length : commandAt);
    const run = until.slice(0, howManyAreAlike(until));
    const batch = run.slice(0, howManyFit(run, limits.maxCharacters));
    const due = batch.filter(isDue);
    if (
        due.some(
            ({ acceptedAtMs }) =>
                nowMs - Math.max(acceptedAtMs, startedAtMs) < longestPictureWaitMs,
        )
    ) {
        return { kind: "wait", againInMs: lookAgainInMs };
    }
    return {
        kind: "question",
        settled: batch.length,
        message: mergeMessages(batch.map(({ message }) => message)),
        pictures: mergePictures(batch, limits.maxImages),
    };
}

function planAlarm(until: readonly WaitingMessage[]): TurnPlan {
    const messages = until.map(({ message }) => message);
    return {
        kind: "alarm",
        settled: until.length,
        message: mergeMessages(messages.filter(({ command }) => command === undefined)),
        commands: messages.flatMap(({ command }) => command ?? []),
    };
}

function planStop(before: readonly WaitingMessage[], stop: WaitingMessage): TurnPlan {
    const dropped = before.map(({ message }) => message);
    const questions = dropped.filter(({ command }) => command === undefined);
    const words = questions.length > 0 ? mergeMessages(questions) : stop.message;
    return {
        kind: "stop",
        settled: before.length + 1,
        message: { ...words, id: stop.message.id },
        acceptedAtMs: stop.acceptedAtMs,
        commands: dropped.flatMap(({ command }) => command ?? []),
    };
}

/** What was sent before consent is not answered together with what came after it. */
function howManyAreAlike(run: readonly WaitingMessage[]): number {
    const isWithheld = ({ message }: WaitingMessage): boolean => message.withheld !== undefined;
    const [first] = run;
    const otherAt = run.findIndex((one) => first && isWithheld(one) !== isWithheld(first));
    return otherAt === -1 ? run.length : otherAt;
}

/** So many of the first messages that together they are no longer than one may be; at least one. */
function howManyFit(run: readonly WaitingMessage[], maxCharacters: number): number {
    let characters = 0;
    const surplusAt = run.findIndex(({ message }) => {
        const { length } = cleanText(message.text);
        const lineFeed = length > 0 && characters > 0 ? 1 : 0;
        characters += lineFeed + length;
        return characters > maxCharacters;
    });
    return surplusAt === -1 ? run.length : Math.max(1, surplusAt);
}

function isDue({ message, pictures }: WaitingMessage): boolean {
    return message.attachments.length > 0 && pictures === undefined;
}

/** The last message with the words and attachments of all, and what the latest of them quotes. */
function mergeMessages(messages: readonly InboundMessage[]): InboundMessage {
    const last = messages.at(-1);
    if (!last) throw new RangeError("There is no turn without a message.");
    const quoted = messages.findLast((message) => message.quoted)?.quoted;
    const appLanguage = messages.findLast((message) => message.appLanguage)?.appLanguage;
    const withheld = messages.findLast((message) => message.withheld)?.withheld;
    const alarms = messages.flatMap(({ alarm }) => alarm ?? []);
    return {
        id: last.id,
        conversation: last.conversation,
        receivedAtMs: last.receivedAtMs,
        text: messages
            .map(({ text }) => cleanText(text))
            .filter((text) => text !== "")
            .join("\n"),
        attachments: messages.flatMap(({ attachments }) => attachments),
        ...(quoted === undefined ? {} : { quoted }),
        ...(appLanguage === undefined ? {} : { appLanguage }),
        ...(withheld === undefined ? {} : { withheld }),
        ...(alarms.length === 0
            ? {}
            : {
                  alarm: {
                      emergency: alarms.some(({ emergency }) => emergency),
                      crisis: alarms.some(({ crisis }) => crisis),
                  },
              }),
    };
}

function mergePictures(batch: readonly WaitingMessage[], maxImages: number): ArrivedPictures {
    const images = batch.flatMap(({ pictures }) => pictures?.images ?? []);
    const refusals = new Set<PictureRefusal>(
        batch.flatMap(({ pictures }) => pictures?.refusals ?? []),
    );
    if (batch.some(isDue)) refusals.add("image-unavailable");
    if (images.length > maxImages) refusals.add("images-too-many");
    return { images: images.slice(0, maxImages), refusals: [...refusals] };
}
