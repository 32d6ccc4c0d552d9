import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import { AppError } from "../errors.ts";

/** One question to the administrator. */
export interface Question {
    readonly text: string;
    /** What an empty answer means. */
    readonly fallback?: string;
    /** What is wrong with an answer; `undefined`: nothing. */
    readonly fault?: (answer: string) => string | undefined;
}

/** Asks the administrator, until it is closed. */
export interface Questioner {
    /**
     * Asks until the answer is a usable one.
     *
     * @throws `aborted` when there will be no answer.
     */
    ask(question: Question): Promise<string>;
    confirm(text: string, fallback: boolean): Promise<boolean>;
    close(): void;
}

/** Asks on a terminal, or takes the answers from a pipe, one a line. */
export function createQuestioner(
    input: Readable,
    output: Writable,
    signal: AbortSignal,
): Questioner {
    const lines = createInterface({ input, output, terminal: false });
    signal.addEventListener("abort", () => lines.close(), { once: true });
    const answers = lines[Symbol.asyncIterator]();
    const read = async (prompt: string): Promise<string> => {
        output.write(prompt);
        const { value, done } = await answers.next();
        if (done === true) throw new AppError("aborted", "The questions were not answered.");
        return value.trim();
    };
    const ask = async ({ text, fallback, fault }: Question): Promise<string> => {
        const offer = fallback === undefined || fallback === "" ? "" : ` [${fallback}]`;
        for (;;) {
            const answer = (await read(`${text}${offer}: `)) || (fallback ?? "");
            const wrong = fault?.(answer);
            if (wrong === undefined) return answer;
            output.write(`  ${wrong}\n`);
        }
    };
    return {
        ask,
        confirm: async (text, fallback) => {
            const answer = await ask({
                text: `${text} (yes or no)`,
                fallback: fallback ? "yes" : "no",
                fault: (given) =>
                    /^(?:y|yes|n|no)$/i.test(given) ? undefined : "Please answer yes or no.",
            });
            return /^y/i.test(answer);
        },
        close: () => lines.close(),
    };
}

/** Says something between two questions. */
export function say(text: string): void {
    process.stdout.write(`${text}\n`);
}
