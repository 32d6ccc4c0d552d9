import { stringify } from "yaml";
import type { InspectedConfig } from "../config.ts";
import { secretVariables, variableNames } from "../settings/environment.ts";
import { configInvalid } from "../settings/faults.ts";
import { clinicSettingPaths } from "../settings/setting-names.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { inspectCurrentConfig } from "./session.ts";

/** `bimedix2 config show`, as it was typed. */
export interface ConfigShowOptions {
    /** Whether the patients of the access lists and the administrators are shown. */
    readonly showAddresses: boolean;
}

type Section = Record<string, unknown>;

/**
 * Prints what holds, as YAML: every setting of clinic.yaml, with the defaults and the model's own values,
 * and every variable. Of secrets it says `set` or `not set`.
 *
 * @throws `config-invalid`.
 */
export async function showConfig({ showAddresses }: ConfigShowOptions): Promise<ExitCode> {
    const inspected = inspectCurrentConfig();
    if (!inspected.config) throw configInvalid(inspected.faults);
    const { clinicFile } = inspected.config;
    const source = clinicFile === undefined ? "There is no clinic.yaml." : `From ${clinicFile}.`;
    const settings = allSettings(effectiveSettings(inspected, showAddresses));
    const shown = { ...settings, environment: shownVariables(inspected.variables) };
    const text = stringify(shown, { lineWidth: 0, nullStr: "" });
    // An unset setting keeps its colon and loses the space behind it.
    process.stdout.write(`# ${source}\n${text.replaceAll(/^( *\w+:) $/gm, "$1")}`);
    return exitCode.success;
}

function effectiveSettings(inspected: InspectedConfig, showAddresses: boolean): Section {
    const { settings, model } = inspected;
    const { allow, block } = settings.access;
    const { emergencyNumber, timeZone } = inspected.sound.clinic;
    const shown = (people: readonly string[], kind = "patients"): unknown =>
        showAddresses || people.length === 0
            ? people
            : `${String(people.length)} ${kind} (--show-addresses shows them)`;
    return {
        ...settings,
        clinic: { ...settings.clinic, emergencyNumber, timeZone },
        model: {
            ...settings.model,
            file: model?.modelPath,
            projector: model?.projectorPath,
            contextTokens: model?.contextTokens,
            maxAnswerTokens: model?.maxAnswerTokens,
            temperature: model?.temperature,
            topP: model?.topP,
        },
        access: { allow: shown(allow), block: shown(block) },
        admins: shown(settings.admins, "administrators"),
    };
}

/** In the order of the file, with `null` for what is not set. */
function allSettings(settings: Section): Section {
    const all: Section = {};
    for (const path of clinicSettingPaths()) {
        const section = at(all, path.slice(0, -1));
        const name = path.at(-1);
        if (!isSection(section) || name === undefined) continue;
        const value = at(settings, path);
        section[name] = isSection(value) ? {} : (value ?? null);
    }
    return { ...all, notices: settings["notices"] };
}

function at(settings: Section, path: readonly string[]): unknown {
    return path.reduce<unknown>(
        (section, name) => (isSection(section) ? section[name] : undefined),
        settings,
    );
}

function isSection(value: unknown): value is Section {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An address is shown only when nothing but host, port and path is in it: the rest may be secret. */
const plainAddress = /^[a-z-]+:\/\/[\w.,:[\]-]+(?:\/[\w./-]*)?$/i;

function shownVariables(variables: InspectedConfig["variables"]): Section {
    return Object.fromEntries(
        variableNames.map((name) => {
            const { [name]: value } = variables;
            const isSecret =
                secretVariables.includes(name) ||
                (value?.includes("://") === true && !plainAddress.test(value));
            if (!isSecret) return [name, value ?? null];
            return [name, value === undefined ? "not set" : "set"];
        }),
    );
}
