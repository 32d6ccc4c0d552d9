/** What it costs each message that the process watches itself, without and with traces. */
import { openTelemetry } from "../adapters/opentelemetry/telemetry.ts";
import type { AssistantParts, DeskParts } from "../src/assistant.ts";
import { createLogger } from "../src/log.ts";
import type { InboundMessage } from "../src/message.ts";
import { ProcessWatch } from "../src/process-watch.ts";
import type { OpenDelivery, OpenTurn } from "../src/queue-ports.ts";
import { noTelemetry, type Telemetry } from "../src/telemetry-ports.ts";

const messages = 20_000;
const rounds = 5;
/** What the product adds to a message, of which this is a part: `npm run bench -- overhead`. */
const addedUs = 10_000;
const account = "telegram:1";
const logger = createLogger("silent");

/** Measures and prints one JSON line. */
export async function run(): Promise<void> {
    const bare = await best(undefined);
    const watched = await best(noTelemetry);
    process.env["OTEL_TRACES_SAMPLER"] = "always_on";
    const telemetry = openTelemetry({ version: "bench", logger });
    const traced = await best(telemetry);
    const report = {
        benchmark: "watch",
        messages,
        bareUs: round(bare),
        watchedUs: round(watched),
        tracedUs: round(traced),
        ofWhatTheProductAdds: round(watched / addedUs, 5),
        ratio: round(watched / bare),
    };
    console.log(JSON.stringify(report));
    // Nobody collects the spans.
    process.exit();
}

/** Microseconds a message, of the quickest round. */
async function best(telemetry: Telemetry | undefined): Promise<number> {
    let bestUs = Infinity;
    for (let index = 0; index < rounds; index += 1) {
        bestUs = Math.min(bestUs, await once(telemetry && new ProcessWatch(telemetry)));
    }
    return bestUs;
}

async function once(watch: ProcessWatch | undefined): Promise<number> {
    const startedAtMs = performance.now();
    for (let index = 0; index < messages; index += 1) await passOne(watch);
    return ((performance.now() - startedAtMs) * 1_000) / messages;
}

/** One message through all that is watched, where nothing else happens. */
async function passOne(watch: ProcessWatch | undefined): Promise<void> {
    const done = (): Promise<"done"> => Promise.resolve("done");
    const delivered = async (delivery: OpenDelivery): Promise<"delivered"> => {
        await delivery.reply();
        return "delivered";
    };
    const answer = async (turn: OpenTurn): Promise<"done"> => {
        await turn.commit({ settled: 1, reply });
        return await done();
    };
    if (!watch) {
        await done();
        await answer(turn);
        await delivered(delivery);
        return;
    }
    await watch.receive(message, account, async () => void (await done()));
    await watch.answer(turn, parts, answer);
    await watch.deliver(delivery, account, delivered);
}

const message: InboundMessage = {
    id: "1",
    conversation: "telegram:1:1",
    receivedAtMs: 0,
    text: "",
    attachments: [],
};
const reply = { text: "", language: "en" } as const;
const turn: OpenTurn = {
    id: "1",
    conversation: message.conversation,
    messages: [{ message, acceptedAtMs: Date.now() }],
    history: { turns: [] },
    deaths: 0,
    signal: new AbortController().signal,
    show: () => undefined,
    commit: () => Promise.resolve(),
};
const delivery: OpenDelivery = {
    id: "1",
    to: { conversation: message.conversation },
    journal: { save: () => Promise.resolve() },
    signal: turn.signal,
    onProgress: () => undefined,
    reply: () => Promise.resolve({ reply, committedAtMs: 0 }),
};
/** Nothing of them is used here. */
const parts = { safety: {} } as AssistantParts | DeskParts;

function round(value: number, digits = 2): number {
    return Number(value.toFixed(digits));
}
