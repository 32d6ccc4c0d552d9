import type { Composition } from "../compose.ts";
import { packageVersion } from "../package-version.ts";

/** What runs, in a few lines for the administrator, and what to set up next. */
export function greeting(
    { parts, redis, licence }: Composition,
    platforms: readonly string[],
    withTerminal: boolean,
): string {
    const { name, device, vision, demonstration } = parts.model.description;
    const lines = [
        `BiMediX2 Chat ${packageVersion()}`,
        `  model     ${name}, ${device}`,
        `  licence   ${licence.name}: ${licence.notice}`,
        vision.status === "ready"
            ? "  pictures  yes"
            : `  pictures  no: ${vision.reason} What to do: ${vision.remedy}`,
        `  Redis     ${redis}`,
        ...platforms.map((line) => `  ${line}`),
        ...(demonstration
            ? [
                  "",
                  parts.notices("demonstration", "en"),
                  parts.notices("demonstration", "ar"),
                  'To use BiMediX2 itself: see "The real model" in README.md.',
              ]
            : []),
        ...(withTerminal
            ? ["", "Write your question. Commands: /image PATH, /language, /reset, /help, /quit"]
            : []),
        "",
    ];
    return `${lines.join("\n")}\n`;
}
