import { expect, it } from "vitest";
import { answerTurn } from "../src/answer-turn.ts";
import { deliverReply } from "../src/deliver-reply.ts";
import type { InboundMessage } from "../src/message.ts";
import type { Platform, Sharing } from "../src/ports.ts";
import { type PlatformDuties, serve } from "../src/serve.ts";
import { wait } from "../src/wait.ts";
import { assemble, never } from "./fakes/assembled-parts.ts";
import { createJournalingPlatform } from "./fakes/journaling-platform.ts";
import { createMemoryExchange } from "./fakes/memory-exchange.ts";
import { createScriptedModel } from "./fakes/scripted-model.ts";

const deliveryMs = 30;

/** Two processes that speak for one account over one queue. */
class TwoProcesses {
    readonly exchange = createMemoryExchange();
    /** What happened in which process, in order. */
    readonly events: string[] = [];
    readonly #stops = [new AbortController(), new AbortController()] as const;
    readonly #ends: Promise<void>[] = [];

    constructor(sharing: Sharing) {
        const parts = assemble(createScriptedModel(() => ""));
        const describeModel = (): Promise<undefined> => Promise.resolve(undefined);
        for (const [index, stop] of this.#stops.entries()) {
            const platform = this.#platform(index, sharing);
            const duties: PlatformDuties = {
                platform,
                receive: async (message) => void (await this.exchange.inbox.accept(message)),
                fetchPictures: () => Promise.resolve({ images: [], refusals: [] }),
                deliver: async (delivery) => {
                    this.events.push(`${index} delivers`);
                    await wait(deliveryMs, never);
                    const end = await deliverReply(delivery, platform, parts, {
                        deliveryGiveUpMs: 1e9,
                    });
                    this.events.push(`${index} delivered`);
                    return end;
                },
            };
            const desk = { ...parts, describeModel };
            const rules = { setAsideAfterDeaths: 2 };
            const process = {
                platforms: [duties],
                desk: (turn: Parameters<typeof answerTurn>[0]) => answerTurn(turn, desk, rules),
                finishWithinMs: 5_000,
            };
            this.#ends.push(serve(this.exchange, process, stop.signal));
        }
    }

    #platform(index: number, sharing: Sharing): Platform {
        return {
            ...createJournalingPlatform(),
            sharing,
            run: async (_receive, signal) => {
                this.events.push(`${index} runs`);
                await wait(1e9, signal).catch(() => undefined);
                this.events.push(`${index} ends`);
            },
        };
    }

    async ask(id: string): Promise<void> {
        const command = { name: "help", argument: "" } as const;
        const key = "telegram:clinic:1";
        const rest = { receivedAtMs: 1, text: "", attachments: [], command };
        const message: InboundMessage = { id, conversation: key, ...rest };
        await this.exchange.inbox.accept(message);
    }

    async until(condition: () => boolean): Promise<void> {
        while (!condition()) await wait(1, never);
    }

    async stop(index: 0 | 1): Promise<void> {
        this.#stops[index].abort();
        await this.#ends[index];
    }
}

it("a platform that can only be used alone delivers where it runs, until all is out", async () => {
    const clinic = new TwoProcesses("alone");
    await clinic.ask("1");
    await clinic.until(() => clinic.events.includes("0 delivers"));
    // It ends after what is on its way, and only then may the other one begin.
    await clinic.stop(0);
    await clinic.ask("2");
    await clinic.until(() => clinic.events.includes("1 delivered"));
    await clinic.stop(1);
    expect(clinic.events).toEqual(
        [0, 1].flatMap((n) => [`${n} runs`, `${n} delivers`, `${n} delivered`, `${n} ends`]),
    );
});

it("one that only receives alone delivers everywhere", async () => {
    const clinic = new TwoProcesses("receive-alone");
    await clinic.until(() => clinic.events.includes("0 runs"));
    for (let id = 0; !clinic.events.includes("1 delivered"); id += 1) {
        await clinic.ask(String(id));
        await wait(deliveryMs * 2, never);
    }
    expect(clinic.events).not.toContain("1 runs");
    await clinic.stop(0);
    await clinic.until(() => clinic.events.includes("1 runs"));
    await clinic.stop(1);
});

it("one that all may use runs everywhere", async () => {
    const clinic = new TwoProcesses("together");
    await clinic.until(() => clinic.events.length === 2);
    expect(clinic.events.toSorted()).toEqual(["0 runs", "1 runs"]);
    await Promise.all([clinic.stop(0), clinic.stop(1)]);
});
