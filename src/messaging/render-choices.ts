import type { Choice, Language } from "../message.ts";
import { directLines } from "./text-direction.ts";
import { plainText } from "./formatted-text.ts";

/** The choices of a reply as lines of text, for platforms without buttons: what to type for each. */
export function renderChoices(choices: readonly Choice[], language: Language): string {
    const lines = choices.map(({ label, command }) => {
        return `${label}: ${`/${command.name} ${command.argument}`.trim()}`;
    });
    return plainText(directLines([{ text: lines.join("\n"), styles: [] }], language));
}
