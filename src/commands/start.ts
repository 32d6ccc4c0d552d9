import type { AssistantParts } from "../assistant.ts";
import { type ClinicProcess, openClinicProcess, type Role } from "../clinic-process.ts";
import type { Config } from "../config.ts";
import { AppError } from "../errors.ts";
import { describeError } from "../log.ts";
import type { ConfigurationStatus } from "../status-ports.ts";
import { attendTerminal, openTerminal } from "./chat.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { greeting } from "./greeting.ts";
import { cloudRemedy } from "./inspect-platforms.ts";
import { openLinkView } from "./link-view.ts";
import { openOperations } from "./open-operations.ts";
import { openTraces } from "./open-traces.ts";
import {
    inspectCurrentConfig,
    openLog,
    readSoundConfig,
    stopController,
    visibly,
} from "./session.ts";

/** `bimedix2 start`, as it was typed. */
export interface StartOptions {
    readonly role: Role;
}

/** Serves until the process is told to stop. */
export async function start({ role }: StartOptions): Promise<ExitCode> {
    const stop = stopController();
    const source = { started: readSoundConfig(), inspect: inspectCurrentConfig };
    const { config } = source.started;
    const withTerminal = role === "all" && hasTerminal(config);
    const logger = openLog(config, withTerminal);
    // One conversation's unforeseen fault must not end all others.
    process.on("unhandledRejection", (error) => {
        logger.error(describeError(error), "an unforeseen failure was survived; please report it");
    });
    const telemetry = await openTraces(logger);
    const { display, page, connect } = openLinkView(config, role, logger);
    // Before anything else: it shows how the rest comes up.
    const pageServed = page?.run(stop.signal);
    const hasPage = (await page?.isOpen) ?? false;
    let clinic: ClinicProcess | undefined;
    const operationsServed = openOperations(source.started, () => clinic?.operations, logger, stop);
    try {
        clinic = await visibly((onProgress) =>
            openClinicProcess(config, role, logger, onProgress, {
                display,
                ...(page && hasPage ? { chat: page.platform } : {}),
                source,
                telemetry,
                ...(withTerminal ? { onChange: tellChange } : {}),
            }),
        );
        connect(clinic);
        const { answers, model, platforms, storage } = clinic;
        process.stdout.write(
            greeting({
                ...(model ? { model: model.description } : {}),
                notices: answers.current().reply.notices,
                redis: storage.description,
                licence: config.model.licence,
                lines: describePlatforms(config, role, hasPage ? page?.address : undefined),
                withTerminal,
            }),
        );
        // A page that comes by itself must not hide that the clinic's token has been lost.
        const isForPage = hasPage && config.localPage.enabled === true;
        const isForNobody = platforms.every((platform) => platform === page?.platform);
        if (isForNobody && role !== "worker" && !withTerminal && !isForPage) {
            throw new AppError(
                "config-invalid",
                "Everything works, but there is nobody to answer: no platform is set up, and this is no terminal.",
                { remedy: telegramRemedy },
            );
        }
        const attended = withTerminal ? attend(clinic, stop) : Promise.resolve();
        await Promise.all([clinic.serve(stop.signal), attended]);
        return exitCode.success;
    } finally {
        stop.abort();
        await clinic?.close();
        await telemetry.close();
        await Promise.all([pageServed, operationsServed]);
    }
}

const telegramRemedy =
    "Run npx bimedix2 init, or ask @BotFather on Telegram for a bot token and put it into the file .env as TELEGRAM_BOT_TOKEN=… (docs/telegram.md).";

/** Whoever sits at the terminal does not read the log. */
function tellChange(
    applied: readonly string[],
    { faults, afterRestart }: ConfigurationStatus,
): void {
    const lines =
        faults.length > 0
            ? ["The changed configuration has faults; everything goes on as before.", ...faults]
            : [
                  ...(applied.length === 0 ? [] : [`Holds from now on: ${applied.join(", ")}`]),
                  ...(afterRestart.length === 0
                      ? []
                      : [`Holds after a restart: ${afterRestart.join(", ")}`]),
              ];
    if (lines.length > 0) process.stderr.write(`\n${lines.join("\n")}\n`);
}

function hasTerminal({ platforms }: Config): boolean {
    const { enabled } = platforms.terminal;
    return enabled === "auto" ? process.stdin.isTTY && process.stdout.isTTY : enabled;
}

function describePlatforms(config: Config, role: Role, pageAddress: string | undefined): string[] {
    if (role === "worker") {
        return ["role      worker: answers what adapter processes have received"];
    }
    const { telegram, whatsappWeb, whatsappCloud, cloudLacksSecrets } = config.platforms;
    const none = !telegram && !whatsappWeb && !whatsappCloud;
    return [
        ...(role === "adapters" ? ["role      adapters: workers answer"] : []),
        ...(telegram ? ["Telegram  on"] : []),
        ...(none ? [`Telegram  off. ${telegramRemedy}`] : []),
        ...(none && !cloudLacksSecrets
            ? ['WhatsApp  off. See "Which platform" in README.md.']
            : []),
        ...(whatsappCloud ? [`WhatsApp  on, ${describeCloud(whatsappCloud)}`] : []),
        ...(cloudLacksSecrets ? [`WhatsApp  off. ${cloudRemedy}`] : []),
        ...(whatsappWeb ? ["WhatsApp  on, through WhatsApp Web (unofficial)"] : []),
        ...(pageAddress === undefined ? [] : [`page      ${pageAddress}`]),
    ];
}

function describeCloud({
    phoneNumberIds,
    listen: { host, port, path },
}: NonNullable<Config["platforms"]["whatsappCloud"]>): string {
    const numbers = phoneNumberIds.length === 1 ? "one number" : `${phoneNumberIds.length} numbers`;
    const name = host.includes(":") ? `[${host}]` : host;
    return `Cloud API, ${numbers}; Meta's calls are awaited at http://${name}:${port}${path}`;
}

/** Talks to whoever sits at the terminal; leaving it ends the program, as everybody expects of one. */
async function attend(
    { answers, model, storage: { store } }: ClinicProcess,
    stop: AbortController,
): Promise<void> {
    if (!model) return;
    const parts = (): AssistantParts => ({ ...answers.current().reply, store, model });
    const terminal = openTerminal("chat", answers.current().reply.notices);
    try {
        await attendTerminal(terminal, parts, stop.signal);
    } finally {
        stop.abort();
    }
}
