import type { ImageReference, Language, Turn } from "../message.ts";
import type { ChatImage, ChatMessage } from "../ports.ts";

/** What a prompt is made of. */
export interface PromptParts {
    readonly system: string;
    /** Oldest first; the last is the patient's. */
    readonly turns: readonly Turn[];
    /** The picture that a turn refers to. */
    readonly image: (reference: ImageReference) => ChatImage;
    /** The question that stands in for one: a patient who sends only pictures asks what they show. */
    readonly notices: (name: "image-question" | "images-question", language: Language) => string;
}

/**
 * The messages for the model: the system message, then the patient and the assistant in turn,
 * beginning with the patient. Successive turns of one side become one message, turns without words
 * and pictures none.
 */
export function buildMessages({ system, turns, image, notices }: PromptParts): ChatMessage[] {
    const said = turns.filter(({ text, images }) => text.trim() !== "" || images.length > 0);
    const first = said.findIndex(({ role }) => role === "user");
    const groups = first === -1 ? [] : groupBySide(said.slice(first));
    return [
        { role: "system", text: system, images: [] },
        ...groups.map((group): ChatMessage => {
            const images = group.turns.flatMap((turn) => turn.images.map((it) => image(it)));
            const text = group.turns
                .map((turn) => turn.text)
                .filter((words) => words.trim() !== "")
                .join("\n\n");
            const language = group.turns.at(-1)?.language ?? "en";
            const question = images.length === 1 ? "image-question" : "images-question";
            return { role: group.role, text: text || notices(question, language), images };
        }),
    ];
}

interface Group {
    readonly role: Turn["role"];
    readonly turns: Turn[];
}

function groupBySide(turns: readonly Turn[]): Group[] {
    const groups: Group[] = [];
    for (const turn of turns) {
        const last = groups.at(-1);
        if (last?.role === turn.role) last.turns.push(turn);
        else groups.push({ role: turn.role, turns: [turn] });
    }
    return groups;
}
