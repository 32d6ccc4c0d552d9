import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { installedNodeLlamaCpp } from "../../adapters/llama/companion-inputs.ts";
import { AppError } from "../errors.ts";
import { packageRoot } from "../package-root.ts";
import { hubSettings } from "../settings/download-settings.ts";
import { configInvalid } from "../settings/faults.ts";
import { findModelProfile } from "../settings/model-profile.ts";
import type { ModelProfile } from "../settings/profile-schema.ts";
import { checkModelFiles } from "./check-model-files.ts";
import { conversionSteps } from "./conversion-steps.ts";
import { createDownloadProgress } from "./download-progress.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import {
    expectedOf,
    expectRoom,
    faultOf,
    fetchModelFile,
    type FetchNews,
    type PublishedFile,
} from "./fetch-model-file.ts";
import { listModels } from "./list-models.ts";
import { type FilePlaces, type ModelFile, modelFiles } from "./model-files.ts";
import { inspectCurrentConfig, stopController } from "./session.ts";

/** `bimedix2 pull`, as it was typed. */
export interface PullOptions {
    /** A copy of a models folder on a server of the clinic's own. */
    readonly from?: string;
    readonly acceptLicence: boolean;
    /** Whether the files that are there are checked, and none is fetched. */
    readonly check: boolean;
    readonly json: boolean;
}

/**
 * Fetches a model's files into the clinic's folder, or says how they are made where nobody publishes them.
 * Without a name, shows the models.
 *
 * @returns `failure` when a file is missing or wrong afterwards.
 * @throws `config-invalid` (no such model, licence not accepted), `download-failed`, `aborted`.
 */
export async function pull(name: string | undefined, options: PullOptions): Promise<ExitCode> {
    const places = {
        clinic: process.cwd(),
        product: packageRoot(),
        hub: hubSettings(process.env),
        ...(options.from === undefined ? {} : { from: serverAddress(options.from) }),
    };
    if (name === undefined) return listModels(places, options.json);
    const profile = openProfile(name, places);
    const files = modelFiles(profile, places);
    if (options.check) return await checkModelFiles(name, files, options.json, news, signal());
    if (profile.server !== undefined) {
        say(explainServer(name, profile.server));
        return exitCode.success;
    }
    expectAccepted(name, profile, options.acceptLicence);
    const missing = await fetchAll(files, signal());
    if (missing.length > 0) {
        await explainConversion(profile, missing, files);
        return exitCode.failure;
    }
    say(explainUse(name, profile));
    return exitCode.success;
}

function signal(): AbortSignal {
    return stopController().signal;
}

function say(text: string): void {
    process.stdout.write(`${text}\n`);
}

const news: FetchNews = {
    say: (text) => process.stderr.write(`${text}\n`),
    progress: (label) => createDownloadProgress(label, process.stderr, process.stderr.isTTY),
};

function serverAddress(text: string): string {
    if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
    throw new AppError("config-invalid", "--from must be an address that begins with https://.", {
        remedy: "Write the address under which your server shows its models folder, like https://files.our-clinic.example/models.",
    });
}

function openProfile(name: string, { clinic, product }: FilePlaces): ModelProfile {
    const found = findModelProfile(name, [clinic, product]);
    if ("profile" in found) return found.profile;
    if ("faults" in found) throw configInvalid(found.faults);
    throw new AppError("config-invalid", `The name of the model ${found.unknown}`, {
        remedy: "bimedix2 pull without a name shows all models.",
    });
}

/** Nothing is fetched of a model whose licence has not been accepted. */
function expectAccepted(name: string, { licence, ...profile }: ModelProfile, said: boolean): void {
    const { model } = inspectCurrentConfig().settings;
    const isAccepted = said || (model.profile === name && model.acceptLicence);
    if (!licence.mustBeAccepted || isAccepted) return;
    throw new AppError(
        "config-invalid",
        `The model ${profile.name} may be used only under its licence, ${licence.name} (${licence.url}): "${licence.notice}"`,
        {
            remedy: `Read it. If you accept it, run: bimedix2 pull ${name} --accept-licence`,
        },
    );
}

/** @returns the files that nobody publishes and that are not there. */
async function fetchAll(files: readonly ModelFile[], stop: AbortSignal): Promise<ModelFile[]> {
    const absent: ModelFile[] = [];
    for (const file of files) {
        if (await isRight(file, stop)) news.say(`${file.name} is there already.`);
        else absent.push(file);
    }
    const published = absent.filter((file): file is PublishedFile => file.source !== undefined);
    const planned: { file: PublishedFile; expected: Awaited<ReturnType<typeof expectedOf>> }[] = [];
    for (const file of published) {
        const { licence } = file.source;
        if (licence !== undefined) news.say(`${file.name} has a licence of its own: ${licence}.`);
        planned.push({ file, expected: await expectedOf(file, stop) });
    }
    await expectRoom(planned.map(({ file: { path }, expected }) => ({ path, ...expected })));
    for (const { file, expected } of planned) await fetchModelFile(file, expected, news, stop);
    return absent.filter(({ source }) => source === undefined);
}

/** A file that is there but wrong is set aside. */
async function isRight({ path, name, source }: ModelFile, stop: AbortSignal): Promise<boolean> {
    if (!existsSync(path)) return false;
    const fault = await faultOf(path, source ?? {}, news.progress, stop);
    if (typeof fault !== "string") return true;
    news.say(`${name} is not what it should be: ${fault}. It is set aside as ${path}.wrong.`);
    await rename(path, `${path}.wrong`);
    return false;
}

async function explainConversion(
    { conversion, name, sources }: ModelProfile,
    missing: readonly ModelFile[],
    files: readonly ModelFile[],
): Promise<void> {
    const names = missing.map((file) => file.name).join(" and ");
    if (conversion === undefined) {
        say(`Nobody publishes ${names}. Put it there yourself; ${name} is from:`);
        for (const source of sources) say(`  ${source}`);
        return;
    }
    const { folder } = await installedNodeLlamaCpp(packageRoot());
    const bundlePath = join(folder, "llama", "gitRelease.bundle");
    say(
        `Nobody publishes ${names}. Make what is missing from the authors' checkpoint, once, on a machine with enough memory and disk, with these commands (docs/models.md explains them):\n`,
    );
    say(conversionSteps({ ...conversion, files, bundlePath }));
    say(
        "\nOther machines of yours can fetch the results: put the models folder on a web server of your own and use --from.",
    );
}

function explainServer(name: string, { url, model }: NonNullable<ModelProfile["server"]>): string {
    return [
        `There is nothing to fetch: this model answers on a server with the OpenAI-compatible interface.`,
        `Start one that has ${model} at ${url} (docs/model-server.md), for example: vllm serve ${model}`,
        `If it is elsewhere or has another name, copy models/${name}.yaml into the models folder here and change server in it.`,
        `Then write "profile: ${name}" below "model:" in clinic.yaml; bimedix2 doctor tries it.`,
    ].join("\n");
}

function explainUse(name: string, { licence }: ModelProfile): string {
    const lines = ["model:", `  profile: ${name}`];
    if (licence.mustBeAccepted) lines.push("  acceptLicence: true");
    return `The model is ready. Write in clinic.yaml:\n\n${lines.join("\n")}\n\nThen bimedix2 doctor checks everything.`;
}
