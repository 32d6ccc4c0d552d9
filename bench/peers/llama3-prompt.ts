import type { ChatMessage } from "../../src/ports.ts";
import type { ServerPrompt } from "./llama-server.ts";

/**
 * Writes a conversation as the product's template `llama3` does, but for the first token, which
 * llama-server puts there itself.
 *
 * @param pictures The files of the messages' pictures, by their ids.
 */
export function llama3Prompt(
    messages: readonly ChatMessage[],
    pictureMarker = "",
    pictures: ReadonlyMap<string, Buffer> = new Map(),
): ServerPrompt {
    const turns = messages.map(({ role, text, images }) => {
        const markers = images.map(() => pictureMarker).join(" ");
        const gap = images.length === 0 ? "" : images.length === 1 ? "\n" : " ";
        return `${header(role)}${markers}${gap}${text}<|eot_id|>`;
    });
    return {
        text: turns.join("") + header("assistant"),
        pictures: messages.flatMap(({ images }) =>
            images.map(({ id }) => {
                const file = pictures.get(id);
                if (file === undefined) throw new Error("A picture's file is missing.");
                return file.toString("base64");
            }),
        ),
    };
}

function header(role: ChatMessage["role"]): string {
    return `<|start_header_id|>${role}<|end_header_id|>\n\n`;
}
