import { join } from "node:path";
import { type BenchModel, benchGpu, benchModels } from "./peers/bench-models.ts";
import {
    type Answer,
    type Contender,
    measureBoth,
    message,
    mustHaveReadTheSame,
    productContender,
    round,
    serverContender,
} from "./peers/contender.ts";
import { withPair } from "./peers/pair.ts";
import { drawPictures } from "./peers/pictures.ts";
import { median } from "./percentile.ts";
import { packageRoot } from "../src/package-root.ts";
import { loadPrompts } from "../src/prompt/prompt-library.ts";
import type { ChatImage, ChatMessage, ModelDescription } from "../src/ports.ts";

const turns = 20;
const questions = [
    "What type of scan is this?",
    "On which side is it?",
    "Is there any abnormality?",
    "What organ is this?",
    "My name is Sara",
    "What should I do for a cough?",
    "Are there abnormalities on both sides?",
    "What is my name?",
    "What should I do for a fever?",
    "Describe this scan in detail.",
];
/** Each as long, and different from the first word. */
const openings = [
    "Please look at this.",
    "Hello to all there.",
    "My doctor sent me.",
    "Thank you for this.",
    "Can you help me?",
    "It began last night.",
    "Good morning to you.",
    "Since Monday I cough.",
    "Nobody answers me here.",
    "A nurse told me this.",
];
/** The turns that come with a picture, from 1. */
const pictured = [1, 10];

/**
 * Time to the first token of each of the 20 turns of a conversation, with two pictures where the
 * model sees: the product's model against llama.cpp's own server with its prompt cache, turn by turn
 * in one run. Each goes on from its own answers; each round is a conversation with new pictures, and
 * begins with the product's own instructions to the model, as every patient's does. Both remember
 * them from the patient before; `unprepared` is a first turn with instructions that neither has read.
 */
export async function run(): Promise<void> {
    const models: Record<string, unknown> = {};
    for (const model of benchModels("demo", "400m")) models[model.name] = await measure(model);
    const measures = `time to the first token of each of ${turns} turns`;
    console.log(JSON.stringify({ benchmark: "turns", measures, models }));
}

async function measure({ name, threads, files }: BenchModel): Promise<object> {
    const rounds = name === "400m" ? 9 : 7;
    const maxTokens = name === "400m" ? 16 : 48;
    const options = { gpu: benchGpu(), threads, conversations: 1, maxTokens };
    const contextTokens = name === "demo" ? 2048 : 4096;
    const opened = { ...options, contextTokens, ...(await files()) };
    return withPair(opened, async ({ product, server }) => {
        const played: TurnFigures[][] = [];
        const unprepared: TurnFigures[] = [];
        const prompts = await loadPrompts(join(packageRoot(), "prompts"));
        const instructions = prompts.text("system", "en", { clinicName: "the clinic" });
        // Another patient each time, with other pictures.
        const talk = async (index: number, text: string, count: number): Promise<TurnFigures[]> => {
            const pictures = await drawPictures(product.description, index);
            const ours = productContender(product, index);
            const theirs = serverContender(server, pictures.files);
            const system = message("system", text);
            const { images } = pictures;
            return await play({ index, system, images, count, maxTokens }, ours, theirs);
        };
        await product.prepare?.([instructions]);
        // The first round warms up, and lets the server read the instructions.
        for (let index = 0; index <= rounds; index++) {
            const figures = await talk(index, instructions, turns);
            if (index > 0) played.push(figures);
        }
        for (let index = 1; index <= rounds; index++) {
            const [first] = await talk(rounds + index, `Day ${index}. ${instructions}`, 1);
            if (first) unprepared.push(first);
        }
        const { device } = product.description;
        return { device, rounds, ...summarize(played, unprepared, product.description) };
    });
}

interface TurnFigures {
    readonly product: Answer;
    readonly server: Answer;
}

interface Conversation {
    /** Which side begins follows from it. */
    readonly index: number;
    readonly system: ChatMessage;
    readonly images: readonly ChatImage[];
    /** Of turns. */
    readonly count: number;
    readonly maxTokens: number;
}

async function play(
    { index, system, images, count, maxTokens }: Conversation,
    ours: Contender,
    theirs: Contender,
): Promise<TurnFigures[]> {
    const histories: [ChatMessage[], ChatMessage[]] = [[system], [system]];
    const figures: TurnFigures[] = [];
    const ask = async (contender: Contender, history: ChatMessage[]): Promise<Answer> => {
        const onText = (): void => undefined;
        const answer = await contender.ask({
            conversation: 0,
            messages: history,
            maxTokens,
            onText,
        });
        history.push(message("assistant", answer.text));
        return answer;
    };
    for (let turn = 1; turn <= count; turn++) {
        const image = images[pictured.indexOf(turn)];
        const asked = questions[(turn - 1) % questions.length] ?? "";
        // Nobody begins as the patient before; what one has said, the product never gives to another.
        const text = turn === 1 ? `${openings[index % openings.length] ?? ""} ${asked}` : asked;
        const question = message("user", text, ...(image ? [image] : []));
        for (const history of histories) history.push(question);
        const answers = await measureBoth(
            index + turn,
            () => ask(ours, histories[0]),
            () => ask(theirs, histories[1]),
        );
        if (turn === 1) mustHaveReadTheSame(answers.product, answers.server);
        figures.push(answers);
    }
    return figures;
}

function summarize(
    played: readonly TurnFigures[][],
    unprepared: readonly TurnFigures[],
    { vision }: ModelDescription,
): object {
    const medians = (figure: (one: TurnFigures) => number): number[] =>
        Array.from({ length: turns }, (_, turn) =>
            median(played.flatMap((figures) => figures.slice(turn, turn + 1).map(figure))),
        );
    const first = {
        product: median(unprepared.map((one) => one.product.timingsMs.firstToken)),
        server: median(unprepared.map((one) => one.server.timingsMs.firstToken)),
    };
    const product = medians((one) => one.product.timingsMs.firstToken);
    const server = medians((one) => one.server.timingsMs.firstToken);
    const serverReading = medians((one) => one.server.timingsMs.reading);
    const ratios = product.map((ms, turn) => ms / (server[turn] ?? Number.NaN));
    return {
        pictures: vision.status === "ready" ? pictured.length : 0,
        lastPromptTokens: medians((one) => one.product.tokens.prompt).at(-1),
        // Of each prompt, what was not remembered.
        readTokens: {
            product: medians((one) => one.product.tokens.prompt - one.product.tokens.cached),
            server: medians((one) => one.server.tokens.prompt - one.server.tokens.cached),
        },
        firstTokenMs: {
            product: product.map(round),
            server: server.map(round),
            // Without what HTTP and the unpacking of pictures take.
            serverByItsOwnClock: serverReading.map(round),
        },
        ratios: ratios.map(round),
        // A first turn whose instructions neither has read before.
        unprepared: {
            firstTokenMs: { product: round(first.product), server: round(first.server) },
            ratio: round(first.product / first.server),
        },
        worstRatio: round(Math.max(...ratios)),
        worstRatioToItsOwnClock: round(
            Math.max(...product.map((ms, turn) => ms / (serverReading[turn] ?? Number.NaN))),
        ),
        target: 1,
        lateToEarly: { product: round(lateToEarly(product)), server: round(lateToEarly(server)) },
    };
}

/** Turns 16 to 20 against 2 to 6: 1 when a turn takes no longer as the conversation grows. */
function lateToEarly(firstTokenMs: readonly number[]): number {
    return median(firstTokenMs.slice(15, 20)) / median(firstTokenMs.slice(1, 6));
}
