import { type DeviceReport, inspectDevice } from "../../adapters/llama/device.ts";
import { openNotices } from "../compose.ts";
import type { Config } from "../config.ts";
import { createLogger } from "../log.ts";
import {
    checkCompanion,
    checkCompiler,
    checkModel,
    checkNode,
    checkRedis,
    showDevice,
    showLicence,
} from "./doctor-checks.ts";
import { createReport, type Report, withoutNames } from "./doctor-report.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { inspectDataKeys } from "./inspect-data-keys.ts";
import { inspectDraftModel } from "./inspect-draft.ts";
import { inspectFiles } from "./inspect-files.ts";
import { inspectMemory } from "./inspect-memory.ts";
import { inspectModelPrivacy, inspectModelServer } from "./inspect-model-server.ts";
import { inspectTelegram, inspectWhatsAppCloud, inspectWhatsAppWeb } from "./inspect-platforms.ts";
import { inspectProjector } from "./inspect-projector.ts";
import { inspectSafety } from "./inspect-safety.ts";
import { inspectStaff } from "./inspect-staff.ts";
import type { Mending } from "./mend-files.ts";
import { mendAll } from "./mend.ts";
import { readConfig } from "./session.ts";
import { showVersion } from "./version.ts";

/** `bimedix2 doctor`, as it was typed. */
export interface DoctorOptions {
    readonly json: boolean;
    /** Whether what can be mended safely is mended first. */
    readonly fix: boolean;
    /** Whether the output may be shown to strangers. */
    readonly report: boolean;
}

/**
 * Checks everything that the product needs, a line each with the remedy where there is one. Changes
 * nothing, unless it shall mend. A report begins with the versions, and holds no path, name or number of
 * the clinic.
 *
 * @returns `failure` when there is a fault.
 */
export async function doctor({
    json,
    fix,
    report: isForStrangers,
}: DoctorOptions): Promise<ExitCode> {
    const print = (line: string): void => {
        if (!json) process.stdout.write(line);
    };
    if (isForStrangers) {
        print("A report without secrets, names or what patients wrote:\n\n");
        await showVersion({ json: false });
        print("\n");
    }
    const mendings = fix ? await mendAll() : [];
    if (fix) print(`${mendingLines(mendings).join("\n")}\n\n`);
    const report = createReport(isForStrangers ? withoutNames : (_, finding) => finding, print);
    await checkAll(report);
    const { findings } = report;
    const ok = !findings.some(({ state }) => state === "fault");
    if (json)
        process.stdout.write(`${JSON.stringify({ ok, findings, ...(fix ? { mendings } : {}) })}\n`);
    return ok ? exitCode.success : exitCode.failure;
}

function mendingLines(mendings: readonly Mending[]): readonly string[] {
    if (mendings.length === 0) return ["There is nothing to mend."];
    return mendings.map(({ name, mended, text, remedy }) => {
        const advice = remedy === undefined ? "" : ` What to do: ${remedy}`;
        return `${mended ? "mended" : "LEFT  "}  ${name.padEnd(14)}${text}.${advice}`;
    });
}

async function checkAll(report: Report): Promise<void> {
    await report.check("Node.js", checkNode);
    await report.check("compiler", checkCompiler);
    let config: Config | undefined;
    await report.check("configuration", async () => {
        config = readConfig();
        await openNotices(config);
        return { state: "ok", text: config.clinicFile ?? "no clinic.yaml: the defaults hold" };
    });
    if (config) await checkConfigured(config, report);
}

async function checkConfigured(config: Config, report: Report): Promise<void> {
    await report.check("files", async () => inspectFiles(config));
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
    let device: DeviceReport | undefined;
    await report.check("device", async () => {
        device = await inspectDevice(model, createLogger("silent"));
        return showDevice(device);
    });
    await report.check("eyes", async () => checkCompanion(config));
    await report.check("model", async () => checkModel(model, model.modelPath));
    const found = (name: string) => report.findings.find(({ check }) => check === name);
    const { draft, ...withoutDraft } = model;
    const canGuess = found("eyes")?.state === "ok";
    const opened = canGuess ? model : withoutDraft;
    await report.check("memory", async () => inspectMemory(opened, device));
    if (draft && found("model")?.state !== "fault") {
        const plan = found("memory")?.plan;
        await report.check("draft model", async () =>
            inspectDraftModel(model, draft, { canGuess, plan }),
        );
    }
    await report.check("licence", async () => showLicence(config));
    await report.check("projector", async () => inspectProjector(config));
}
