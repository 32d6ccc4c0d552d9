import type { Language } from "../message.ts";
import { promptFaults } from "../prompt/check-prompt.ts";
import { promptLanguages, type PromptName } from "../prompt/prompt-names.ts";
import type { Fault } from "./faults.ts";
import { clinicWordings, explainPlaceholders } from "./notice-settings.ts";
import type { ClinicFile } from "./read-clinic-file.ts";

/** What is wrong with the clinic's own wordings. */
export function noticeFaults({ settings, valuePlace }: ClinicFile): Fault[] {
    const wordings = clinicWordings(settings);
    return wordings.flatMap(({ name, path, texts }, index) => {
        const faults = promptLanguages.flatMap((language) =>
            textFaults(name, language, texts[language]).map((fault) => ({
                ...valuePlace([...path, language]),
                message: `${path.join(".")}.${language}: ${fault}`,
            })),
        );
        const former = wordings.slice(0, index).find((other) => other.name === name);
        if (former === undefined) return faults;
        const message = `${path.join(".")} and ${former.path.join(".")} word the same text. Keep one of them.`;
        return [...faults, { ...valuePlace(path), message }];
    });
}

function textFaults(name: PromptName, language: Language, text: string): readonly string[] {
    const faults = promptFaults(name, language, text, "clinic");
    const aboutBraces = faults.some((fault) => /[{}]/.test(fault));
    return [
        ...(/[\p{L}\p{Nd}]/u.test(text) ? [] : ["It says nothing: write words."]),
        ...(aboutBraces ? [`${faults.join(" ")} ${explainPlaceholders(name)}`] : faults),
        ...numberFaults(name, text),
    ];
}

/** Texts that are worth nothing without a number to call. */
const callers: Readonly<Partial<Record<PromptName, string>>> = {
    emergency: "{emergencyNumber}",
    crisis: "{crisisNumber}",
    "review-referral-emergency": "{emergencyNumber}",
};

function numberFaults(name: PromptName, text: string): readonly string[] {
    const { [name]: placeholder } = callers;
    const [firstLine = ""] = text.split("\n");
    const read = name === "emergency" ? firstLine : text;
    if (placeholder === undefined || read.includes(placeholder) || /\p{Nd}{2}/u.test(read))
        return [];
    const where = name === "emergency" ? "in its first line " : "";
    return [`It must say ${where}which number to call: write ${placeholder}.`];
}
