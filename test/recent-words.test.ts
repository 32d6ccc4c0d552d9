import { expect, test } from "vitest";
import type { Alarm, Command, ConversationKey, InboundMessage } from "../src/message.ts";
import type { Inbox } from "../src/queue-ports.ts";
import { Receiver } from "../src/receive.ts";
import { RecentWords } from "../src/recent-words.ts";
import { assemble, message, never } from "./fakes/assembled-parts.ts";
import { createMemoryExchange } from "./fakes/memory-exchange.ts";
import { createRecordingPlatform } from "./fakes/recording-platform.ts";
import { createScriptedModel } from "./fakes/scripted-model.ts";

const patient: ConversationKey = "telegram:7:42";
const minutes = 60_000;

test("words are joined for two minutes, and are not there any more afterwards", () => {
    const recent = new RecentWords();
    const say = (chat: number, text: string, atMs: number): string =>
        recent.join(message(text, { conversation: `telegram:7:${chat}` }), text, atMs);
    say(1, "chest pain", 0);
    say(2, "a cough", minutes);
    expect(say(1, "my arm", 1.9 * minutes)).toBe("chest pain\nmy arm");
    say(3, "a cold", 3 * minutes);
    // A clock that was set back shows what is there.
    expect(say(2, "and fever", 2 * minutes)).toBe("and fever");
    expect(say(1, "and sweating", 3 * minutes)).toBe("my arm\nand sweating");
});

test.each<[string, Command, boolean]>([
    ["erased", { name: "delete", argument: "yes" }, false],
    ["erased in Arabic", { name: "delete", argument: " نعم" }, false],
    ["kept by one who only declines", { name: "decline", argument: "" }, true],
    ["kept, since the patient is only asked", { name: "delete", argument: "" }, true],
    ["kept beside another command", { name: "help", argument: "" }, true],
])("words that are %s make an emergency accordingly", async (_name, command, isAlarm) => {
    const alarms: (Alarm | undefined)[] = [];
    const exchange = createMemoryExchange();
    const inbox: Inbox = {
        ...exchange.inbox,
        accept: async ({ alarm }) => {
            alarms.push(alarm);
            return await Promise.resolve("accepted");
        },
    };
    const parts = assemble(createScriptedModel(() => ""));
    const queue = { tellWaitAbove: 20 };
    const receiver = new Receiver(() => ({ ...parts, inbox, queue, workerBackWithinMs: 1 }), never);
    const platform = createRecordingPlatform();
    const send = async (text: string, rest: Partial<InboundMessage> = {}): Promise<void> =>
        await receiver.receive(message(text, { conversation: patient, ...rest }), platform);
    await send("terrible headache and I see flashing lights");
    await send("", { command });
    await send("I am pregnant");
    await receiver.idle();
    expect(alarms.map((alarm) => alarm !== undefined)).toEqual([false, false, isAlarm]);
});
