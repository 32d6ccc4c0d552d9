import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { AppError } from "../../src/errors.ts";

const run = promisify(execFile);

/** What must be installed to build the companion. */
export interface BuildTools {
    /** Arguments that choose CMake's build program; none: its default. */
    readonly generator: readonly string[];
}

type Tool = "git" | "cmake" | "compiler" | "make";

const toolNames: Record<Tool, string> = {
    git: "git",
    cmake: "CMake",
    compiler: "a C++ compiler",
    make: "make or ninja",
};

const commands: Record<Tool, readonly string[]> = {
    git: ["git"],
    cmake: ["cmake"],
    compiler: ["c++", "g++", "clang++"],
    make: ["make", "ninja"],
};

/**
 * Checks that the companion can be built on this machine.
 *
 * @throws `companion-unavailable` naming everything that is missing and the command that installs it.
 */
export async function findBuildTools(): Promise<BuildTools> {
    if (process.platform === "win32") {
        throw new AppError("companion-unavailable", "Pictures cannot be read on Windows itself.", {
            remedy: "Run the program inside WSL 2 (the Windows Subsystem for Linux).",
        });
    }
    const missing: Tool[] = [];
    for (const tool of ["git", "cmake", "compiler", "make"] as const) {
        if ((await firstWorking(commands[tool])) === undefined) missing.push(tool);
    }
    if (missing.length > 0) {
        throw new AppError(
            "companion-unavailable",
            `Pictures need a small native part that is built once, and ${list(missing)} ${missing.length > 1 ? "are" : "is"} missing.`,
            { remedy: await installationAdvice(missing) },
        );
    }
    const makeWorks = (await firstWorking(["make"])) !== undefined;
    return { generator: makeWorks ? [] : ["-G", "Ninja"] };
}

async function firstWorking(candidates: readonly string[]): Promise<string | undefined> {
    for (const command of candidates) {
        const works = await run(command, ["--version"]).then(
            () => true,
            () => false,
        );
        if (works) return command;
    }
    return undefined;
}

function list(tools: readonly Tool[]): string {
    return tools.map((tool) => toolNames[tool]).join(", ");
}

interface PackageSource {
    readonly install: string;
    readonly packages: Record<Tool, string>;
}

const debian: PackageSource = {
    install: "sudo apt-get install --yes",
    packages: { git: "git", cmake: "cmake", compiler: "g++", make: "make" },
};

const packageSources: Record<string, PackageSource> = {
    debian,
    ubuntu: debian,
    fedora: {
        install: "sudo dnf install --assumeyes",
        packages: { git: "git", cmake: "cmake", compiler: "gcc-c++", make: "make" },
    },
    alpine: {
        install: "apk add",
        packages: { git: "git", cmake: "cmake", compiler: "g++", make: "make" },
    },
    arch: {
        install: "sudo pacman -S",
        packages: { git: "git", cmake: "cmake", compiler: "gcc", make: "make" },
    },
    suse: {
        install: "sudo zypper install",
        packages: { git: "git", cmake: "cmake", compiler: "gcc-c++", make: "make" },
    },
};

async function installationAdvice(missing: readonly Tool[]): Promise<string> {
    if (process.platform === "darwin") {
        const xcode = missing.some((tool) => tool !== "cmake");
        const cmake = missing.includes("cmake");
        return `Install it with: ${[xcode ? "xcode-select --install" : "", cmake ? "brew install cmake" : ""].filter(Boolean).join(" && ")}`;
    }
    const source = packageSources[await linuxFamily()] ?? debian;
    const packages = missing.map((tool) => source.packages[tool]);
    return `Install it with: ${source.install} ${packages.join(" ")}`;
}

async function linuxFamily(): Promise<string> {
    const release = await readFile("/etc/os-release", "utf8").catch(() => "");
    const words = [...release.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)]
        .flatMap((match) => (match[1] ?? "").split(" "))
        .map((word) => (word === "rhel" || word === "centos" ? "fedora" : word));
    return words.find((word) => word in packageSources) ?? "debian";
}
