/** The program as an administrator runs it: real processes in an empty folder. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { packageRoot } from "../../src/package-root.ts";
import type { BotApi } from "../fakes/bot-api.ts";

const program = join(packageRoot(), "bin/bimedix2.js");

/** How a run of the program ended. */
export interface Ended {
    readonly status: number | null;
    readonly out: string;
    readonly err: string;
}

/** What a run is given. */
export interface RunOptions {
    readonly input?: string;
    readonly environment?: Readonly<Record<string, string>>;
}

/** An empty folder in which the program runs, and the processes that were started there. */
export class ProgramFolder {
    readonly path: string;
    readonly #started: ChildProcess[] = [];

    private constructor(path: string) {
        this.path = path;
    }

    /**
     * A new folder, with a clinic.yaml that spares the machine.
     *
     * @param settings More of clinic.yaml; default: patients need not agree to anything.
     */
    static async create(settings = withoutConsent): Promise<ProgramFolder> {
        const path = await mkdtemp(join(tmpdir(), "bimedix2-"));
        await writeFile(join(path, "clinic.yaml"), `${settings}${sparing}`);
        return new ProgramFolder(path);
    }

    /** Starts the program. */
    launch(
        args: readonly string[],
        environment: Readonly<Record<string, string>> = {},
    ): ChildProcess {
        const child = spawn(process.execPath, [program, ...args], {
            cwd: this.path,
            env: {
                PATH: process.env["PATH"],
                HOME: this.path,
                LANG: "en_GB.UTF-8",
                ...environment,
            },
            stdio: "pipe",
        });
        this.#started.unshift(child);
        return child;
    }

    /** Ends another process together with the folder, after the program's own. */
    adopt(child: ChildProcess): void {
        this.#started.push(child);
    }

    /** Runs the program to its end. */
    async run(
        args: readonly string[],
        { input = "", environment }: RunOptions = {},
    ): Promise<Ended> {
        const child = this.launch(args, environment);
        child.stdin?.end(input);
        const ended = once(child, "close");
        const [out, err] = await Promise.all([read(child.stdout), read(child.stderr), ended]);
        return { status: child.exitCode, out, err };
    }

    /** `bimedix2 start` as a service, once it says that it serves. */
    async serve(
        api: BotApi,
        environment: Readonly<Record<string, string>> = {},
        args: readonly string[] = [],
    ): Promise<ChildProcess> {
        const child = this.launch(["start", ...args], {
            TELEGRAM_BOT_TOKEN: api.token,
            TELEGRAM_API_ROOT: api.apiRoot,
            ...environment,
        });
        child.stderr?.resume();
        let out = "";
        for await (const chunk of child.stdout ?? []) {
            out += String(chunk);
            if (/^ {2}(?:Telegram|role) /m.test(out)) break;
        }
        child.stdout?.resume();
        return child;
    }

    /** Ends all processes and removes the folder. */
    async close(): Promise<void> {
        for (const child of this.#started) {
            if (child.exitCode === null && child.signalCode === null) {
                child.kill("SIGTERM");
                await once(child, "exit");
            }
        }
        await rm(this.path, { recursive: true, force: true });
    }
}

/** Settings that spare the machine. */
const sparing = "model:\n  threads: 1\n  gpu: cpu\n";
const withoutConsent = "consent:\n  required: false\n";
export const oneThread = `${withoutConsent}${sparing}`;

function read(stream: Readable | null): Promise<string> {
    return stream ? text(stream) : Promise.resolve("");
}
