import { isForeignThroughout } from "./language/foreign-throughout.ts";
import type { Triage } from "./safety/triage/assessment.ts";

/**
 * The red-flag screen with what the language detector knows: in a message that is in another
 * language throughout, words that merely resemble ours are no symptoms.
 */
export function createScreen(triage: Triage): Triage {
    return (text, earlier = []) => {
        const assessment = triage(text, earlier);
        if (assessment.disposition === "none" || !isForeignThroughout(text)) return assessment;
        return triage(text, earlier, { otherLanguage: true });
    };
}
