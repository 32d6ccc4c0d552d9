import type { Config } from "../config.ts";
import type { Notices } from "../notices.ts";
import { packageVersion } from "../package-version.ts";
import type { ModelDescription, ModelMemory } from "../ports.ts";

/** What an administrator is greeted with. */
export interface Greeting {
    /** Absent in a process without one. */
    readonly model?: ModelDescription;
    readonly notices: Notices;
    readonly redis: string;
    readonly licence: Config["model"]["licence"];
    /** What else runs, a line each. */
    readonly lines: readonly string[];
    readonly withTerminal: boolean;
}

/** What runs, in a few lines for the administrator, and what to set up next. */
export function greeting({
    model,
    notices,
    redis,
    licence,
    lines,
    withTerminal,
}: Greeting): string {
    const all = [
        `BiMediX2 Chat ${packageVersion()}`,
        ...(model ? describeModel(model, licence) : []),
        `  Redis     ${redis}`,
        ...lines.map((line) => `  ${line}`),
        ...(model?.demonstration
            ? [
                  "",
                  notices("demonstration", "en"),
                  notices("demonstration", "ar"),
                  'To use BiMediX2 itself: see "The real model" in README.md.',
              ]
            : []),
        ...(withTerminal
            ? [
                  "",
                  "Write your question. Commands: /image PATH, /language, /reset, /help, /quit",
                  "اكتب سؤالك بالعربية أو بالإنجليزية. /help للمساعدة، /quit للخروج.",
              ]
            : []),
        "",
    ];
    return `${all.join("\n")}\n`;
}

function describeModel(
    { name, device, vision, memory, contextTokens }: ModelDescription,
    licence: Greeting["licence"],
): string[] {
    return [
        `  model     ${name}, ${device}`,
        `  licence   ${licence.name}: ${licence.notice}`,
        vision.status === "ready"
            ? "  pictures  yes"
            : `  pictures  no: ${vision.reason} What to do: ${vision.remedy}`,
        ...(memory ? [`  memory    ${memoryText(memory, contextTokens)}`] : []),
    ];
}

function memoryText(
    { conversations, sharedTokens, deviceBytes, advice }: ModelMemory,
    contextTokens: number,
): string {
    const gigabytes = (deviceBytes / 1e9).toFixed(deviceBytes < 1e8 ? 3 : 1);
    const number = conversations === 1 ? "1 conversation" : `${conversations} conversations`;
    const shared = conversations === 1 ? "" : `, ${sharedTokens} together`;
    const remark = advice === undefined ? "" : `. ${advice}`;
    return `${gigabytes} GB; ${number} at a time, each of ${contextTokens} tokens at most${shared}${remark}`;
}
