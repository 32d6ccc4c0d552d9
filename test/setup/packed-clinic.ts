/** The product as a clinic gets it: the packed archive, installed with npm into an empty folder. */
import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
    chmodSync,
    chownSync,
    cpSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { packageRoot } from "../../src/package-root.ts";

const run = promisify(execFile);

const packedSchema = z
    .array(
        z.object({
            filename: z.string(),
            size: z.number(),
            files: z.array(z.object({ path: z.string(), size: z.number(), mode: z.number() })),
        }),
    )
    .length(1);

/** What `npm pack` has made. */
export interface Packed {
    readonly path: string;
    readonly bytes: number;
    readonly files: readonly {
        readonly path: string;
        readonly size: number;
        readonly mode: number;
    }[];
}

/** Packs the repository; the build must be there already. */
export async function pack(folder: string): Promise<Packed> {
    const options = { cwd: packageRoot(), maxBuffer: 16 * 1024 ** 2 };
    const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
    const { stdout } = await run("npm", args, options);
    const [packed] = packedSchema.parse(JSON.parse(stdout));
    if (packed === undefined) throw new Error("npm has packed nothing.");
    return { path: join(folder, packed.filename), bytes: packed.size, files: packed.files };
}

/** A user who may read the product and not change it. */
const nobody = 65_534;

/**
 * An empty folder into which the product was installed. The product is read-only there; as root, the
 * program runs as another user, whom the rights bind.
 */
export class PackedClinic {
    /** The clinic's folder: with spaces and Arabic letters, as people name theirs. */
    readonly path: string;
    readonly #parent: string;
    readonly #other = process.getuid?.() === 0 && mayRun(nobody);
    readonly #started: ChildProcess[] = [];

    constructor() {
        this.#parent = mkdtempSync(join(tmpdir(), "bimedix2-packed-"));
        chmodSync(this.#parent, 0o755);
        this.path = join(this.#parent, "عيادة النور 1");
        mkdirSync(this.path);
    }

    /** The product within the folder. */
    get product(): string {
        return join(this.path, "node_modules", "bimedix2-chat");
    }

    /** Where the packed archive may lie. */
    get downloads(): string {
        return this.#parent;
    }

    /**
     * `npm install` of the archive. Its dependencies have the versions of the repository's lock file, so that
     * they come out of npm's cache, which the repository's own installation has filled.
     */
    async install(archive: string): Promise<void> {
        const write = (name: string, value: object): void =>
            writeFileSync(join(this.path, name), JSON.stringify(value));
        write("package.json", { name: "clinic", private: true });
        write("package-lock.json", productionLock());
        const flags = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
        await run("npm", ["install", ...flags, archive], { cwd: this.path });
        this.#reuseCompiledPart();
        await run("chmod", ["-R", "a+rX,a-w", join(this.path, "node_modules")]);
        if (this.#other) {
            chownSync(this.path, nobody, nobody);
            await run("chown", ["-R", String(nobody), join(this.path, "data")]);
        }
    }

    /** Starts a command there. Output is read with {@link outputOf}. */
    launch(command: string, args: readonly string[], apiRoot: string): ChildProcess {
        const child = spawn(command, args, {
            cwd: this.path,
            env: {
                PATH: process.env["PATH"],
                HOME: this.path,
                LANG: "en_GB.UTF-8",
                TELEGRAM_API_ROOT: apiRoot,
                npm_config_update_notifier: "false",
            },
            stdio: "pipe",
            ...(this.#other ? { uid: nobody, gid: nobody } : {}),
        });
        this.#started.push(child);
        return child;
    }

    /** Ends what was started there and removes everything. */
    async close(): Promise<void> {
        for (const child of this.#started) {
            if (child.exitCode !== null || child.signalCode !== null) continue;
            child.kill("SIGTERM");
            await once(child, "exit");
        }
        await run("chmod", ["-R", "u+w", this.#parent]);
        rmSync(this.#parent, { recursive: true, force: true });
    }

    /**
     * What takes a minute to compile and has a test of its own; it is linked here, against what was
     * installed here.
     */
    #reuseCompiledPart(): void {
        const built = join(packageRoot(), ".cache/companion");
        for (const key of readdirSync(built).filter((name) => /^\d/.test(name))) {
            const to = join(this.path, "data/companion", key, "libcompanion.a");
            mkdirSync(dirname(to), { recursive: true });
            cpSync(join(built, key, "libcompanion.a"), to);
        }
    }
}

/** The repository's lock file without what only developers need, and without half a gigabyte for GPUs. */
function productionLock(): object {
    const lock = lockSchema.parse(
        JSON.parse(readFileSync(join(packageRoot(), "package-lock.json"), "utf8")),
    );
    const leftOut = /@node-llama-cpp\/.*-(?:cuda|vulkan)/;
    const packages: Record<string, object> = { "": { name: "clinic" } };
    for (const [place, entry] of Object.entries(lock.packages)) {
        if (place === "" || entry.dev || entry.devOptional || leftOut.test(place)) continue;
        const optional = Object.entries(entry.optionalDependencies ?? {});
        const kept = optional.filter(([name]) => !leftOut.test(name));
        packages[place] = { ...entry, optionalDependencies: Object.fromEntries(kept) };
    }
    return { name: "clinic", lockfileVersion: 3, requires: true, packages };
}

const lockSchema = z.object({
    packages: z.record(
        z.string(),
        z.looseObject({
            dev: z.boolean().default(false),
            devOptional: z.boolean().default(false),
            optionalDependencies: z.record(z.string(), z.string()).optional(),
        }),
    ),
});

function mayRun(uid: number): boolean {
    return spawnSync(process.execPath, ["--version"], { uid, gid: uid }).status === 0;
}
