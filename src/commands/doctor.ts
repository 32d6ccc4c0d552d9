import { homedir } from "node:os";
import { findBuildTools } from "../../adapters/llama/companion-tools.ts";
import { inspectCompanion } from "../../adapters/llama/companion.ts";
import { inspectDevice } from "../../adapters/llama/device.ts";
import { inspectModelFile } from "../../adapters/llama/model-file.ts";
import { inspectRedis } from "../../adapters/redis/inspect.ts";
import { companionFolder, openNotices } from "../compose.ts";
import type { Config } from "../config.ts";
import { isAppError } from "../errors.ts";
import { createLogger } from "../log.ts";
import { packageRoot } from "../package-root.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import type { Finding } from "./finding.ts";
import { inspectDataKeys } from "./inspect-data-keys.ts";
import { inspectModelPrivacy, inspectModelServer } from "./inspect-model-server.ts";
import { inspectTelegram, inspectWhatsAppCloud, inspectWhatsAppWeb } from "./inspect-platforms.ts";
import { inspectProjector } from "./inspect-projector.ts";
import { inspectStaff } from "./inspect-staff.ts";
import { inspectSafety } from "./inspect-safety.ts";
import { readConfig } from "./session.ts";
import { showVersion } from "./version.ts";

/** `bimedix2 doctor`, as it was typed. */
export interface DoctorOptions {
    /** Whether the output may be shown to strangers. */
    readonly report: boolean;
}

/**
 * Checks everything that the product needs, a line each with the remedy where there is one. Changes
 * nothing. A report begins with the versions, and holds no path, name or number of the clinic.
 *
 * @returns `failure` when there is a fault.
 */
export async function doctor({ report: isForStrangers }: DoctorOptions): Promise<ExitCode> {
    if (isForStrangers) {
        process.stdout.write("A report without secrets, names or what patients wrote:\n\n");
        await showVersion({ json: false });
        process.stdout.write("\n");
    }
    const report = createReport(isForStrangers ? withoutNames : (_, finding) => finding);
    await report.check("Node.js", checkNode);
    await report.check("compiler", checkCompiler);
    let config: Config | undefined;
    await report.check("configuration", async () => {
        config = readConfig();
        await openNotices(config);
        return { state: "ok", text: config.clinicFile ?? "no clinic.yaml: the defaults hold" };
    });
    if (config) await checkConfigured(config, report);
    return report.faults() > 0 ? exitCode.failure : exitCode.success;
}

async function checkConfigured(config: Config, report: Report): Promise<void> {
    await checkModelParts(config, report);
    await report.check("safety", async () => inspectSafety(config));
    await report.check("Redis", async () => checkRedis(config));
    await report.check("data keys", async () => inspectDataKeys(config));
    await report.check("Telegram", async () => inspectTelegram(config));
    await report.check("WhatsApp", async () => inspectWhatsAppCloud(config));
    await report.check("WhatsApp Web", async () => inspectWhatsAppWeb(config));
    await report.check("staff", async () => inspectStaff(config));
}

async function checkModelParts(config: Config, report: Report): Promise<void> {
    const { model } = config;
    if (model.server) {
        await report.check("model", async () => inspectModelServer(config, model.server));
        await report.check("privacy", async () => inspectModelPrivacy(model.server));
        await report.check("licence", async () => showLicence(config));
        return;
    }
    await report.check("device", async () => checkDevice(config));
    await report.check("eyes", async () => checkCompanion(config));
    await report.check("model", async () => checkModel(model, model.modelPath));
    await report.check("licence", async () => showLicence(config));
    await report.check("projector", async () => inspectProjector(config));
}

interface Report {
    check(name: string, examine: () => Promise<Finding>): Promise<void>;
    faults(): number;
}

/** Checks whose findings name the clinic's accounts, groups and numbers. */
const namingChecks: ReadonlySet<string> = new Set(["Telegram", "WhatsApp", "staff"]);

/** What a stranger may read of a finding. */
function withoutNames(name: string, { state, text, remedy }: Finding): Finding {
    const shown = namingChecks.has(name) ? "(not shown)" : withoutPlaces(text);
    return {
        state,
        text: shown,
        ...(remedy === undefined ? {} : { remedy: withoutPlaces(remedy) }),
    };
}

function withoutPlaces(text: string): string {
    return text
        .replaceAll(process.cwd(), ".")
        .replaceAll(homedir(), "~")
        .replaceAll(/\/\/[^\s/]*@/g, "//…@");
}

function createReport(show: (name: string, finding: Finding) => Finding): Report {
    let faults = 0;
    const marks = { ok: "ok    ", notice: "notice", fault: "FAULT " } as const;
    return {
        check: async (name, examine) => {
            const finding = await examine().catch((error: unknown): Finding => asFinding(error));
            const { state, text, remedy } = show(name, finding);
            if (state === "fault") faults += 1;
            const advice = remedy === undefined ? "" : ` What to do: ${remedy}`;
            process.stdout.write(`${marks[state]}  ${name.padEnd(14)}${text}${advice}\n`);
        },
        faults: () => faults,
    };
}

function asFinding(error: unknown): Finding {
    if (!isAppError(error)) {
        const text = error instanceof Error ? error.message : String(error);
        return { state: "fault", text: `The check itself failed: ${text}` };
    }
    return {
        state: "fault",
        text: error.message,
        ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    };
}

async function checkNode(): Promise<Finding> {
    const { node } = process.versions;
    const [major = 0, minor = 0] = node.split(".").map(Number);
    if (major > 20 || (major === 20 && minor >= 19)) return { state: "ok", text: node };
    return {
        state: "fault",
        text: `${node} is too old.`,
        remedy: "Install Node.js 20.19 or newer from https://nodejs.org.",
    };
}

async function checkCompiler(): Promise<Finding> {
    try {
        await findBuildTools();
    } catch (error) {
        // Where everything is built already, as in a container, none is needed: "eyes" tells.
        return { ...asFinding(error), state: "notice" };
    }
    return { state: "ok", text: "git, cmake and a C++ compiler are there" };
}

async function checkDevice({ model }: Config): Promise<Finding> {
    const { description, memory } = await inspectDevice(model.gpu, createLogger("silent"));
    const free = gigabytes(memory.freeBytes);
    return {
        state: "ok",
        text: `${description}, ${free} of ${gigabytes(memory.totalBytes)} GB free`,
    };
}

async function checkCompanion(config: Config): Promise<Finding> {
    if (config.model.projectorPath === undefined) {
        return { state: "notice", text: "not needed: the model takes no pictures" };
    }
    const { variant } = await inspectDevice(config.model.gpu, createLogger("silent"));
    const state = await inspectCompanion({
        packageRoot: packageRoot(),
        cacheFolder: companionFolder(config),
        variant,
    });
    switch (state.status) {
        case "built":
            return { state: "ok", text: "the companion for pictures is built" };
        case "buildable":
            return { state: "ok", text: "the companion for pictures is built at the first start" };
        case "unavailable":
            return { state: "fault", text: state.reason, remedy: state.remedy };
    }
}

async function checkModel(model: Config["model"], path: string): Promise<Finding> {
    const { parameters, byteSize } = await inspectModelFile(path);
    const text = `${model.name}, ${parameters} parameters, ${gigabytes(byteSize)} GB`;
    if (!model.demonstration) return { state: "ok", text };
    return {
        state: "notice",
        text: `${text}: a demonstration that knows no medicine.`,
        remedy: 'Follow "The real model" in README.md.',
    };
}

async function showLicence({ model }: Config): Promise<Finding> {
    const { name, notice, url } = model.licence;
    return { state: "ok", text: `${name}: ${notice} ${url}` };
}

async function checkRedis({ redis, dataFolder }: Config): Promise<Finding> {
    const { ok, summary, remedy } = await inspectRedis({
        ...(redis.url === undefined ? {} : { url: redis.url }),
        dataFolder,
        packageRoot: packageRoot(),
    });
    return {
        state: ok ? (remedy === undefined ? "ok" : "notice") : "fault",
        text: summary,
        ...(remedy === undefined ? {} : { remedy }),
    };
}

function gigabytes(bytes: number): string {
    return (bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1);
}
