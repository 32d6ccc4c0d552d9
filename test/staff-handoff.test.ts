import { afterEach, describe, expect, test, vi } from "vitest";
import { readCode } from "../src/handoff/case-code.ts";
import { deliverReply } from "../src/deliver-reply.ts";
import type { InboundMessage } from "../src/message.ts";
import type { Inbox } from "../src/queue-ports.ts";
import { Receiver } from "../src/receive.ts";
import { createRecordingPlatform } from "./fakes/recording-platform.ts";
import type { WorkingHours } from "../src/handoff/working-hours.ts";
import { AppError } from "../src/errors.ts";
import { plainText } from "../src/messaging/formatted-text.ts";
import { readMarkdown } from "../src/messaging/read-markdown.ts";
import { summariseCase } from "../src/summarise-case.ts";
import type { Script } from "./fakes/scripted-model.ts";
import { echo, failing, message, never, notices } from "./fakes/assembled-parts.ts";
import { patient, room, StaffBench } from "./fakes/staff-bench.ts";

const shown = (markdown: string | undefined): string => plainText(readMarkdown(markdown ?? ""));
const silent = (): never => {
    throw new Error("The model was asked.");
};
afterEach(() => {
    vi.useRealTimers();
});

describe("a patient who asks for a person", () => {
    test("is passed on with a summary, hears their answers, and gets the assistant back", async () => {
        const bench = new StaffBench(echo);
        await bench.agree();
        bench.write("I have had a headache since Monday.");
        await bench.answer(patient);
        await bench.read(patient);
        bench.command("doctor");
        expect(await bench.answer(patient, bench.desk)).toBe("done");
        const [told] = await bench.read(patient);
        expect(told?.text).toBe(notices("doctor-passed", "en"));
        const [note = ""] = await bench.notes();
        const { handoff } = await bench.settings();
        expect(readCode(shown(note))).toBe(handoff?.code);
        expect(shown(note)).toContain("I have had a headache since Monday.");
        expect(shown(note)).toContain("Telegram · English · messages: 1 · pictures: 0");
        expect(note).not.toContain("77");

        bench.write("Are you there?");
        expect(await bench.answer(patient, bench.desk)).toBe("done");
        bench.write("Hello?");
        await bench.answer(patient, bench.desk);
        expect((await bench.read(patient)).map(({ text }) => text)).toEqual([
            notices("handoff-noted", "en"),
        ]);
        const passed = await bench.notes();
        expect(passed.map(shown)).toEqual([
            expect.stringMatching(
                /^.?#\w{5}.? · The patient writes:\n\nAre you there\?$/u,
            ) as string,
            expect.stringMatching(/Hello\?$/) as string,
        ]);
        expect(bench.model.requests).toHaveLength(1);

        bench.writeInRoom("Take *two* steps back.", shown(passed[1]));
        await bench.answer(room, bench.desk);
        const [answer] = await bench.read(patient);
        expect(shown(answer?.text)).toBe("From Night Clinic:\n\nTake *two* steps back.");
        expect(shown((await bench.notes())[0])).toContain("On its way to the patient.");

        bench.writeInRoom("/done", shown(note));
        await bench.answer(room, bench.desk);
        expect((await bench.read(patient)).map(({ text }) => text)).toEqual([
            notices("handoff-done", "en"),
        ]);
        expect(await bench.settings()).not.toHaveProperty("handoff");
        bench.write("Thank you.");
        await bench.answer(patient);
        expect(bench.model.requests).toHaveLength(2);
        const { turns } = await bench.mailboxes.store.read(patient);
        expect(turns.filter(({ fromStaff }) => fromStaff).map(({ text }) => text)).toEqual([
            "Take *two* steps back.",
        ]);
        // What was said meanwhile is the model's context.
        expect(JSON.stringify(bench.model.requests[1])).toContain("two");
    });

    test("goes back to the assistant when they like", async () => {
        const bench = new StaffBench(echo);
        await bench.agree();
        await bench.handOver();
        bench.command("doctor");
        await bench.answer(patient);
        const [waiting] = await bench.read(patient);
        expect(waiting?.choices).toEqual([
            {
                label: notices("label-assistant", "en"),
                command: { name: "doctor", argument: "back" },
            },
        ]);
        bench.command("doctor", "back");
        await bench.answer(patient);
        expect((await bench.read(patient))[0]?.text).toBe(notices("doctor-back", "en"));
        expect(shown((await bench.notes())[0])).toContain("gone back to the assistant");
        expect(await bench.settings()).not.toHaveProperty("handoff");
    });

    test.each([
        ["reset", "", "started afresh"],
        ["delete", "yes", "erased the conversation"],
    ] as const)("ends it with /%s, and only the code is told", async (name, argument, said) => {
        const bench = new StaffBench(silent);
        await bench.agree();
        const code = await bench.handOver();
        bench.command(name, argument);
        await bench.answer(patient);
        expect(shown((await bench.notes())[0])).toContain(said);
        expect(await bench.settings()).not.toHaveProperty("handoff");
        const isErased = (await bench.cases.find(code)) === undefined;
        expect(isErased).toBe(name === "delete");
        bench.writeInRoom(`/reply #${code} Are you well?`);
        await bench.answer(room);
        expect(await bench.read(patient)).toHaveLength(isErased ? 1 : 2);
    });

    test("must agree first, since a summary is passed on", async () => {
        const bench = new StaffBench(silent);
        bench.command("doctor");
        await bench.answer(patient);
        const [asked] = await bench.read(patient);
        expect(asked?.choices?.map(({ command }) => command.name)).toEqual(["agree", "decline"]);
        expect(await bench.notes()).toEqual([]);
    });

    test("is told that pictures stay behind; the clinic's people, how many there are", async () => {
        const bench = new StaffBench(silent);
        await bench.agree();
        await bench.handOver();
        const written = bench.write("My x-ray", { attachments: [{ kind: "image", id: "a" }] });
        expect(await bench.answer(patient, bench.desk)).toEqual({ againInMs: 500 });
        bench.mailboxes.putPictures(written, { images: [], refusals: [] });
        await bench.answer(patient, bench.desk);
        expect((await bench.read(patient))[0]?.text).toContain(notices("handoff-no-files", "en"));
        expect(shown((await bench.notes())[0])).toMatch(/My x-ray\n\nPictures or files.*: .?1/su);
    });

    test("whose long message is passed on whole, each piece under the code", async () => {
        const bench = new StaffBench(silent);
        await bench.agree();
        const code = await bench.handOver();
        const line = "I went to the market in the morning and met my neighbour";
        const words = Array.from({ length: 120 }, () => line).join("\n");
        bench.write(words);
        await bench.answer(patient);
        const notes = (await bench.notes()).map(shown);
        expect(notes.length).toBeGreaterThan(1);
        expect(notes.map(readCode)).toEqual(notes.map(() => code));
        expect(notes.join("\n").match(new RegExp(line, "g"))).toHaveLength(120);
    });

    test("cannot name another's case with what they write", async () => {
        const bench = new StaffBench(silent);
        await bench.agree();
        const code = await bench.handOver();
        bench.write("#AAAAA · The patient writes:\n# Headline **bold**");
        await bench.answer(patient);
        const [note = ""] = await bench.notes();
        expect(readCode(shown(note))).toBe(code);
        expect(shown(note)).toContain("# Headline **bold**");
    });
});

describe("outside the clinic's hours", () => {
    const hours: WorkingHours = {
        timeZone: "Asia/Riyadh",
        days: { sunday: [{ from: 540, to: 1020 }], monday: [{ from: 540, to: 1020 }] },
    };
    const at = (time: string): void => {
        vi.useFakeTimers({ now: Date.parse(time), toFake: ["Date"] });
    };

    test("a patient is told when they come, and is answered by the assistant until they do", async () => {
        at("2026-03-01T22:00:00+03:00");
        const bench = new StaffBench(echo, { settings: { hours } });
        await bench.agree();
        bench.command("doctor");
        await bench.answer(patient);
        expect((await bench.read(patient))[0]?.text).toContain("Monday 2 March at 09:00");
        expect(shown((await bench.notes())[0])).toContain("These are not your hours");
        bench.write("It hurts.");
        expect(await bench.answer(patient, bench.desk)).toBe("needs-model");
        await bench.answer(patient);
        expect((await bench.read(patient))[0]?.text).toContain("You said: It hurts.");
        expect(shown((await bench.notes())[0])).toContain("It hurts.");

        at("2026-03-02T09:00:00+03:00");
        bench.write("Good morning.");
        expect(await bench.answer(patient, bench.desk)).toBe("done");
        expect((await bench.read(patient))[0]?.text).toBe(notices("handoff-noted", "en"));
        expect(bench.model.requests).toHaveLength(1);
    });

    test("their first answer silences the assistant; at night a patient hears once when they come", async () => {
        at("2026-03-01T22:00:00+03:00");
        const bench = new StaffBench(silent, { settings: { hours } });
        await bench.agree();
        const code = await bench.handOver();
        bench.writeInRoom(`/reply #${code} I am still here.`);
        await bench.answer(room);
        await bench.read(patient);
        bench.write("Good.");
        bench.write("Thanks.");
        await bench.answer(patient, bench.desk);
        bench.write("And now?");
        await bench.answer(patient, bench.desk);
        const replies = await bench.read(patient);
        expect(replies).toHaveLength(1);
        expect(replies[0]?.text).toContain("Monday 2 March at 09:00");
        expect(replies[0]?.choices?.[0]?.command.argument).toBe("back");
    });

    test("when they are silent for too long, the assistant goes on and says so", async () => {
        at("2026-03-01T10:00:00+03:00");
        const bench = new StaffBench(echo, { settings: { hours } });
        await bench.agree();
        await bench.handOver();
        at("2026-03-01T22:00:00+03:00");
        bench.write("Nobody?");
        expect(await bench.answer(patient, bench.desk)).toBe("needs-model");
        await bench.answer(patient);
        const [reply] = await bench.read(patient);
        expect(reply?.text).toMatch(/written nothing for a while[\s\S]*You said: Nobody\?/);
        expect(reply?.choices?.map(({ command }) => command.name)).toEqual(["doctor"]);
        expect(await bench.settings()).not.toHaveProperty("handoff");
        const notes = (await bench.notes()).map(shown);
        expect(notes[0]).toContain("You have not written for a while");
        expect(notes[1]).toContain("Nobody?");
    });
});

describe("an alarm", () => {
    const crisis = { emergency: false, crisis: true };
    const emergency = { emergency: true, crisis: false };

    test("of a crisis alerts the clinic's people at once, without a word of what was written", async () => {
        // The staff is told once in a quarter of an hour.
        vi.useFakeTimers({ now: Date.parse("2026-03-01T10:00:00+03:00"), toFake: ["Date"] });
        const bench = new StaffBench(silent);
        await bench.agree();
        bench.write("I want to kill myself", { alarm: crisis });
        await bench.answer(patient, bench.desk);
        const [fixed] = await bench.read(patient);
        expect(fixed?.text).toContain(notices("crisis", "en"));
        expect(fixed?.text.endsWith(notices("crisis-staff-told", "en"))).toBe(true);
        const [note = ""] = await bench.notes();
        expect(shown(note)).toContain("Crisis");
        expect(note).not.toContain("kill");
        expect(await bench.settings()).not.toHaveProperty("handoff");
        // Once more within minutes: the person gets the message again, the staff is not flooded.
        bench.write("I want to die", { alarm: crisis });
        await bench.answer(patient, bench.desk);
        expect(await bench.read(patient)).toHaveLength(1);
        expect(await bench.notes()).toHaveLength(0);

        bench.writeInRoom("I am Dr. Salem. May I call you?", shown(note));
        await bench.answer(room);
        const [answer] = await bench.read(patient);
        expect(shown(answer?.text)).toContain("May I call you?");
        expect(answer?.text).toContain(notices("staff-says-first", "en"));
        bench.write("Yes");
        await bench.answer(patient, bench.desk);
        expect(shown((await bench.notes()).at(-1))).toMatch(/Yes$/);
    });

    test("of somebody who has agreed to nothing alerts them too, and they know it", async () => {
        const bench = new StaffBench(silent);
        bench.write("", { alarm: crisis, withheld: { language: "ar" } });
        await bench.answer(patient, bench.desk);
        expect((await bench.read(patient))[0]?.text).toContain(notices("crisis-staff-told", "ar"));
        const [note = ""] = await bench.notes();
        expect(shown(note)).toContain("have not agreed yet");
        // What they write back would reach nobody: they are asked, and promised nothing.
        bench.writeInRoom("May I call you?", shown(note));
        await bench.answer(room);
        const [answer] = await bench.read(patient);
        expect(answer?.choices?.map(({ command }) => command.name)).toEqual(["agree", "decline"]);
        expect(answer?.text).not.toContain(notices("staff-says-first", "en"));
    });

    test("of an emergency gets its fixed message also while they have the conversation in hand", async () => {
        const bench = new StaffBench(silent);
        await bench.agree();
        await bench.handOver();
        bench.write("crushing chest pain down my left arm", { alarm: emergency });
        await bench.answer(patient, bench.desk);
        expect((await bench.read(patient))[0]?.text).toContain(notices("emergency", "en"));
        expect(shown((await bench.notes())[0])).toMatch(/may be an emergency.*chest pain/s);
    });

    test("that is found no sooner than in its turn alerts them as well", async () => {
        const bench = new StaffBench(silent);
        await bench.agree();
        bench.write("I want to kill myself");
        await bench.answer(patient, bench.desk);
        expect((await bench.read(patient))[0]?.text).toContain(notices("crisis-staff-told", "en"));
        expect(shown((await bench.notes())[0])).toContain("Crisis");
    });

    test("after an order to erase keeps nothing", async () => {
        const bench = new StaffBench(silent);
        await bench.agree();
        bench.command("delete", "yes");
        bench.write("I want to kill myself", { alarm: crisis });
        await bench.answer(patient, bench.desk);
        expect((await bench.read(patient))[0]?.text).toContain(notices("crisis", "en"));
        expect(await bench.mailboxes.store.read(patient)).toEqual({ turns: [] });
    });

    test("reaches the patient while the clinic's people cannot be told, and them later", async () => {
        const bench = new StaffBench(silent);
        const postbox = failing(bench.parts.staff.postbox, "post", 2);
        await bench.agree();
        bench.write("I want to kill myself", { alarm: crisis });
        await bench.answer(patient, { ...bench.parts, staff: { ...bench.parts.staff, postbox } });
        expect(await bench.read(patient)).toHaveLength(1);
        expect(await bench.notes()).toHaveLength(1);
    });

    test("reaches the patient whatever is the matter with the clinic's room", async () => {
        const post = (): Promise<void> => Promise.reject(new AppError("store-failed", "Full."));
        const bench = new StaffBench(silent, { staff: { postbox: { post } } });
        bench.write("I want to kill myself", { alarm: crisis });
        expect(await bench.answer(patient)).toBe("done");
        expect(await bench.read(patient)).toHaveLength(1);
    });

    test("an order for a person is not told to be carried out before it is", async () => {
        const bench = new StaffBench(silent);
        const postbox = failing(bench.parts.staff.postbox, "post", 3);
        await bench.agree();
        bench.command("doctor");
        await bench.answer(patient, { ...bench.parts, staff: { ...bench.parts.staff, postbox } });
        expect(await bench.read(patient)).toHaveLength(1);
        expect(await bench.notes()).toHaveLength(1);
    });
});

describe("what should be seen today", () => {
    const urgent = "I have had a fever of 39.5 for four days and a stiff neck";
    test.each(["offer", "pass", "nothing"] as const)("%s", async (onUrgent) => {
        const bench = new StaffBench(echo, { settings: { onUrgent } });
        const triage: typeof bench.parts.safety.triage = () => ({
            disposition: "urgent",
            crisis: false,
            rules: ["fever-long"],
        });
        const parts = { ...bench.parts, safety: { ...bench.parts.safety, triage } };
        await bench.agree();
        bench.write(urgent);
        await bench.answer(patient, parts);
        const [reply] = await bench.read(patient);
        const notes = (await bench.notes()).map(shown);
        const { handoff } = await bench.settings();
        const commands = reply?.choices?.map(
            ({ command }) => `${command.name} ${command.argument}`,
        );
        expect(reply?.text).toContain(`You said: ${urgent}`);
        if (onUrgent === "pass") {
            expect(commands).toEqual(["doctor back"]);
            expect(reply?.text).toContain(notices("doctor-passed", "en"));
            expect(notes[0]).toMatch(/should be seen.*fever-long.*stiff neck/s);
            expect(handoff?.code).toBe(readCode(notes[0] ?? ""));
        } else {
            expect(commands).toEqual(onUrgent === "offer" ? ["doctor "] : undefined);
            expect(notes).toEqual([]);
            expect(handoff).toBeUndefined();
        }
    });
});

describe("what the clinic's people write", () => {
    test("is carried out once, however often it is tried", async () => {
        const bench = new StaffBench(silent);
        await bench.agree("ar");
        const code = await bench.handOver();
        bench.writeInRoom(`/reply #${code} تفضّل غدًا`);
        const claimed = await bench.mailboxes.claimTurn(room);
        const { answerStaff } = await import("../src/answer-staff.ts");
        if (!claimed) throw new Error("Nothing is to be answered.");
        const lost = new AppError("aborted", "The process stops.");
        const dying = { ...claimed.turn, commit: () => Promise.reject(lost) };
        await expect(answerStaff(dying, bench.parts)).rejects.toThrow(lost);
        claimed.end("died");
        await bench.answer(room);
        const replies = await bench.read(patient);
        expect(replies.map(({ text }) => shown(text))).toEqual(
            ["من Night Clinic:\n\nتفضّل غدًا"].map((text) =>
                text.replace("Night Clinic", "عيادة الليل"),
            ),
        );
        expect(replies[0]?.language).toBe("ar");
        expect((await bench.mailboxes.store.read(patient)).turns).toHaveLength(1);
    });

    test.each([
        ["Hello?", undefined, "staff-no-code"],
        ["Hello?", "You have no conversation in hand.", "staff-no-code"],
        ["/done", undefined, "staff-no-code"],
        ["/reply #AAAAA x", undefined, "staff-unknown"],
        ["/open", undefined, "staff-open-none"],
    ] as const)("%s (to %s) is answered with %s", async (text, note, name) => {
        const bench = new StaffBench(silent);
        bench.writeInRoom(text, note);
        await bench.answer(room);
        expect(await bench.notes()).toEqual([notices(name, "en", { code: "#AAAAA" })]);
    });

    test("without words, and what is no text, is not passed on", async () => {
        const bench = new StaffBench(silent);
        await bench.agree();
        const code = await bench.handOver();
        const photo = { attachments: [{ kind: "other", id: "a" }] } as const;
        bench.writeInRoom("", `#${code} · …`, photo);
        await bench.answer(room);
        bench.writeInRoom(`/reply #${code}`);
        await bench.answer(room);
        bench.writeInRoom("See this", `#${code} · …`, photo);
        await bench.answer(room);
        const notes = await bench.notes();
        expect(notes.slice(0, 2)).toEqual([
            notices("staff-text-only", "en"),
            notices("staff-empty", "en"),
        ]);
        expect(notes[2]).toContain(notices("staff-text-only", "en"));
        expect(await bench.read(patient)).toHaveLength(1);
    });

    test("/open lists what they have in hand, /done of another says so", async () => {
        const bench = new StaffBench(silent);
        await bench.agree();
        const code = await bench.handOver();
        bench.writeInRoom("/open");
        await bench.answer(room);
        const [list = ""] = await bench.notes();
        expect(shown(list)).toMatch(new RegExp(`^Conversations[^#]*#${code}`, "u"));
        // A reply to the list itself must not reach whoever stands first in it.
        expect(readCode(shown(list))).toBeUndefined();
        bench.command("doctor", "back");
        await bench.answer(patient);
        await bench.notes();
        bench.writeInRoom(`/done #${code}`);
        await bench.answer(room);
        expect(await bench.notes()).toEqual([
            notices("staff-not-open", "en", { code: `#${code}` }),
        ]);
    });

    test("and edit after it was sent is told to reach nobody, once", async () => {
        const bench = new StaffBench(silent);
        await bench.agree();
        const code = await bench.handOver();
        const inbox: Inbox = {
            accept: (accepted) => Promise.resolve(bench.mailboxes.accept(accepted)),
            backlog: () => Promise.resolve({ conversations: 0, waitMs: 0, workers: 1 }),
            firstDelayNotice: () => Promise.resolve(true),
        };
        const queue = { tellWaitAbove: 20 };
        const receiver = new Receiver(() => ({ ...bench.parts, inbox, queue }), never);
        const write = async (text: string, rest: Partial<InboundMessage> = {}): Promise<void> => {
            const said = { id: "m1", conversation: room, fromStaff: true, ...rest };
            await receiver.receive(message(text, said), createRecordingPlatform());
        };
        await write(`/reply #${code} Take 500 mg.`);
        await write(`/reply #${code} Take 250 mg.`, { edit: true });
        await bench.answer(room);
        expect(await bench.notes()).toEqual([notices("staff-sent", "en", { code: `#${code}` })]);
        await write(`/reply #${code} Take 50 mg.`, { edit: true });
        await write(`/reply #${code} Take 50 mg.`, { edit: true });
        const late = notices("staff-edit-late", "en", { code: `#${code}` });
        expect(readCode(shown(late))).toBe(code);
        expect(await bench.notes()).toEqual([late]);
        expect((await bench.read(patient)).map(({ text }) => shown(text))).toEqual([
            expect.stringContaining("Take 250 mg.") as string,
        ]);
        await write("/open", { edit: true });
        await write("Good morning", { edit: true });
        await write("/done", { edit: true, conversation: "telegram:77:-9" });
        expect(await bench.notes()).toEqual([]);
    });

    test.each([
        ["patient-unreachable", {}, "dropped"],
        ["platform-rejected", {}, "dropped"],
        ["platform-unavailable", { retryable: true }, "dead"],
    ] as const)("and does not reach the patient (%s) is told to them, once", async (...fault) => {
        const [failure, options, end] = fault;
        const bench = new StaffBench(silent);
        await bench.agree();
        const code = await bench.handOver();
        const platform = createRecordingPlatform(new Map(), () => {
            throw new AppError(failure, "No.", options);
        });
        const deliver = async (): Promise<unknown> => {
            const claimed = bench.mailboxes.claimDelivery(patient);
            if (!claimed) throw new Error("Nothing is to be delivered.");
            const given = { deliveryGiveUpMs: 0 };
            return await deliverReply(claimed.delivery, platform, bench.parts, given).finally(() =>
                claimed.end({ againInMs: 0 }),
            );
        };
        bench.command("help");
        await bench.answer(patient);
        expect(await deliver()).toBe(end);
        // They have not answered this patient yet.
        expect(await bench.notes()).toEqual([]);
        await bench.read(patient);

        bench.writeInRoom(`/reply #${code} Come at four.`);
        await bench.answer(room);
        await bench.notes();
        expect([await deliver(), await deliver()]).toEqual([end, end]);
        expect(await bench.notes()).toEqual([
            notices("staff-undelivered", "en", { code: `#${code}` }),
        ]);
    });

    test("in a room that is none any more, nothing is carried out", async () => {
        const bench = new StaffBench(silent);
        await bench.agree();
        const code = await bench.handOver();
        bench.writeInRoom(`/reply #${code} x`);
        const staff = { ...bench.parts.staff, rooms: ["telegram:77:-9"] as const };
        await bench.answer(room, { ...bench.parts, staff });
        expect(await bench.notes()).toEqual([]);
        expect(await bench.read(patient)).toEqual([]);
    });

    test("a clinic that takes its room away leaves no patient alone", async () => {
        const bench = new StaffBench(echo);
        await bench.agree();
        await bench.handOver();
        bench.write("Hello?");
        const { staff: _staff, ...alone } = bench.parts;
        await bench.answer(patient, alone);
        expect((await bench.read(patient))[0]?.text).toContain("You said: Hello?");
    });
});

describe("the model's summary", () => {
    const summary = "- Headache since Monday\n- Wants to see a doctor";
    const written = async (
        bench: StaffBench,
        signal = new AbortController().signal,
    ): Promise<string[]> => {
        bench.write("I have had a headache since Monday.");
        await bench.answer(patient);
        const code = await bench.handOver();
        expect(bench.summariesAsked).toEqual([code]);
        await summariseCase(code, bench.parts, signal);
        await summariseCase(code, bench.parts, signal);
        return (await bench.notes()).map(shown);
    };
    const whenAsked =
        (answer: string): Script =>
        ({ messages }) =>
            messages.at(-1)?.text.includes(notices("summary-request", "en")) ? answer : "I see.";
    const script = whenAsked(summary);

    test("follows once, under the code, as the AI's", async () => {
        const bench = new StaffBench(script);
        await bench.agree();
        const notes = await written(bench);
        expect(notes).toHaveLength(1);
        expect(notes[0]).toMatch(/^.?#\w{5}.? · Written by the AI, may be wrong:/u);
        expect(notes[0]).toContain("Headache since Monday");
        expect(JSON.stringify(bench.model.requests.at(-1))).toContain("I have had a headache");
    });

    test.each<[what: string, script: Script]>([
        ["in the wrong language", whenAsked("يشكو المريض من صداع منذ يوم الاثنين ويريد طبيبًا.")],
        ["empty", whenAsked("")],
        ["an order to the model", whenAsked(`My instructions are: ${notices("system", "en")}`)],
    ])("that is %s is left out", async (_what, bad) => {
        const bench = new StaffBench(bad);
        await bench.agree("en");
        const code = await bench.handOver();
        bench.write("I have had a headache since Monday.");
        await bench.answer(patient);
        await bench.notes();
        await summariseCase(code, bench.parts, new AbortController().signal);
        expect(await bench.notes()).toEqual([]);
    });

    test("is not asked for where texts stay hidden, and the note has none", async () => {
        const bench = new StaffBench(script, { settings: { showText: false } });
        await bench.agree();
        bench.write("I have had a headache since Monday.");
        await bench.answer(patient);
        bench.command("doctor");
        await bench.answer(patient);
        bench.write("Hello?");
        await bench.answer(patient);
        expect(bench.summariesAsked).toEqual([]);
        expect((await bench.notes()).join()).not.toMatch(/headache|Hello/);
    });

    test("of a case that has ended, or was erased, is not written", async () => {
        const bench = new StaffBench(silent);
        await bench.agree();
        const code = await bench.handOver();
        bench.command("doctor", "back");
        await bench.answer(patient);
        await bench.notes();
        await summariseCase(code, bench.parts, new AbortController().signal);
        await summariseCase("AAAAA", bench.parts, new AbortController().signal);
        expect(await bench.notes()).toEqual([]);
    });
});
