/** Answers some questions with a draft model, and prints the answers and what the log says of it. */
import { createLogger, type Logger } from "../../../src/log.ts";
import { ask, openDemo, system, user } from "./demo-model.ts";

const [modelPath, draftPath, ...questions] = process.argv.slice(2);
if (modelPath === undefined || draftPath === undefined) throw new Error("A model is missing.");
const warnings: unknown[] = [];
const logger: Logger = {
    ...createLogger("silent"),
    warn: (...line: unknown[]) => void warnings.push(line),
};
const model = await openDemo({ modelPath, draftPath, projectorPath: undefined, logger });
const texts: string[] = [];
for (const question of questions) {
    const { text } = await ask(model, question, [system("English"), user(question)]);
    texts.push(text);
}
await model.close();
console.log(JSON.stringify({ texts, warnings }));
