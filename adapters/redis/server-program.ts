import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { AppError } from "../../src/errors.ts";

const execFileAsync = promisify(execFile);

/** A Redis (or Valkey) server that is installed on this machine. */
export interface ServerProgram {
    readonly source: "system" | "bundled";
    /** A path, or a name to be found on PATH. */
    readonly command: string;
    readonly version: string;
}

/** Redis 6 does not see files that 7 wrote: it would start empty, and conversations be gone. */
const oldestMajor = 7;

/** The servers that can be used here, best first: the system's own, then the bundled one. */
export async function findServerPrograms(packageRoot: string): Promise<readonly ServerProgram[]> {
    const found = await Promise.all([
        askVersion("system", "redis-server"),
        askVersion("system", "valkey-server"),
        askVersion("bundled", bundledPath(packageRoot)),
    ]);
    return found.filter((program) => program !== undefined);
}

/** What to do where no server program is found. */
export function redisMissing(): AppError {
    const install =
        process.platform === "darwin"
            ? "brew install redis"
            : "sudo apt install redis-server (Debian, Ubuntu), sudo dnf install valkey (Fedora), " +
              "sudo apk add redis (Alpine)";
    return new AppError(
        "redis-missing",
        `No Redis ${oldestMajor} or newer is installed, and none is bundled for ` +
            `${process.platform}-${process.arch}.`,
        { remedy: `Install it: ${install}. Or set REDIS_URL to a Redis that runs elsewhere.` },
    );
}

function bundledPath(packageRoot: string): string {
    const platform = `${process.platform}-${process.arch}`;
    return join(packageRoot, "vendor", "redis-server", platform, "redis-server");
}

async function askVersion(
    source: ServerProgram["source"],
    command: string,
): Promise<ServerProgram | undefined> {
    try {
        const { stdout } = await execFileAsync(command, ["--version"], { timeout: 10_000 });
        const version = /\bv=(\d+(?:\.\d+)*)/.exec(stdout)?.[1];
        if (version === undefined || Number.parseInt(version, 10) < oldestMajor) return undefined;
        return { source, command, version };
    } catch {
        return undefined;
    }
}
