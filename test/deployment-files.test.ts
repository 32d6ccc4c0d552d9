/** The unit, the image, the Compose file and the workflow must fit the program. */
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { packageRoot } from "../src/package-root.ts";
import { environmentSchema } from "../src/settings/environment.ts";
import { configOf } from "./config/clinic-folder.ts";
import { commandLinesIn, expectToExist } from "./setup/command-lines.ts";
import { codeBlocks, codeLines } from "./setup/markdown.ts";

const read = (path: string): string => readFileSync(join(packageRoot(), path), "utf8");
const isThere = (path: string): boolean => existsSync(join(packageRoot(), path));
const captures = (text: string, pattern: RegExp): readonly string[] =>
    [...text.matchAll(pattern)].map(([, captured = ""]) => captured);

const guide = read("docs/deployment.md");
const unit = read("deploy/bimedix2.service");
const dockerfile = read("deploy/Dockerfile");
const manifest = z
    .object({ files: z.array(z.string()), scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read("package.json")));
/** The time that the program takes to finish, and what docs/scaling.md adds to it. */
const graceSeconds = configOf({}).queue.finishWithinMs / 1000 + 20;

const serviceSchema = z.object({
    image: z.string(),
    command: z.array(z.string()),
    build: z.object({ context: z.string(), dockerfile: z.string(), target: z.string() }).optional(),
    profiles: z.array(z.string()).default([]),
    networks: z.array(z.string()),
    ports: z.array(z.string()).default([]),
    stop_grace_period: z.string(),
    environment: z.record(z.string(), z.string()).default({}),
    volumes: z.array(z.union([z.string(), z.object({ source: z.string(), target: z.string() })])),
});
const compose = z
    .object({
        name: z.string(),
        services: z.record(z.string(), serviceSchema),
        networks: z.record(z.string(), z.object({ internal: z.boolean() }).nullable()),
        volumes: z.record(z.string(), z.null()),
    })
    .parse(parse(read("deploy/compose.yaml"), { merge: true }));
const { redis, ...programs } = compose.services;

test("all of them name variables that the program reads", () => {
    const texts = [unit, dockerfile, ...Object.values(programs).map((one) => JSON.stringify(one))];
    const named = texts.flatMap((text) =>
        captures(text, /\b((?:BIMEDIX2|TELEGRAM|WHATSAPP|REDIS|STAFF)_[A-Z_]+)\b/g),
    );
    expect(named.length).toBeGreaterThan(4);
    for (const name of named) expect(Object.keys(environmentSchema.shape)).toContain(name);
});

describe("deploy/bimedix2.service", () => {
    const values = (name: string): readonly string[] =>
        captures(unit, new RegExp(`^${name}=(.*)$`, "gm"));

    test("starts the program with a role that exists, also as it may be adapted", async () => {
        const starts = [unit, ...codeBlocks(guide).map(({ lines }) => lines.join("\n"))]
            .flatMap((text) => captures(text, /^ExecStart=(.+)$/gm))
            .concat(captures(unit, /"(start --role \w+)"/g).map((start) => `bimedix2 ${start}`));
        expect(starts).toHaveLength(4);
        for (const commandLine of commandLinesIn(starts)) await expectToExist(commandLine);
        for (const place of captures(
            `${unit}${read("deploy/bimedix2.sh")}`,
            /opt\/bimedix2\/([\w./]+)/g,
        ))
            expect(isThere(place), place).toBe(true);
        expect(() =>
            accessSync(join(packageRoot(), "deploy/bimedix2.sh"), constants.X_OK),
        ).not.toThrow();
    });

    test("never gives up, and gives the program the time that it needs to stop", () => {
        expect(values("Restart")).toEqual(["always"]);
        expect(values("StartLimitIntervalSec")).toEqual(["0"]);
        // The program stops its Redis itself, after the last answers.
        expect(values("KillMode")).toEqual(["mixed"]);
        expect(values("TimeoutStopSec").map(Number)).toEqual([graceSeconds]);
    });

    test("uses the places that the guide prepares", () => {
        const commands = codeBlocks(guide).flatMap(({ lines }) => lines);
        const folders = commands.filter((line) => line.startsWith("sudo install -d"));
        for (const place of [...values("WorkingDirectory"), "/var/lib/bimedix2"]) {
            expect(folders).toContainEqual(expect.stringMatching(` ${place}$`));
        }
        expect(values("EnvironmentFile")).toEqual(["/etc/bimedix2/.env"]);
        expect(values("StateDirectory")).toEqual(["bimedix2"]);
        expect(commands).toContain("BIMEDIX2_DATA_FOLDER=/var/lib/bimedix2");
    });

    test.each([
        ["PrivateDevices"],
        ["DevicePolicy"],
        ["DeviceAllow"],
        // It implies DeviceAllow.
        ["ProtectClock"],
        ["MemoryDenyWriteExecute"],
        ["ProcSubset"],
        ["RestrictNamespaces"],
        ["SystemCallFilter"],
        ["PrivateNetwork"],
    ])("does not take away what the GPU, Node.js or the browser need: %s", (name) => {
        expect(values(name)).toEqual([]);
    });
});

describe("deploy/compose.yaml", () => {
    test("starts roles that exist, each on an image that the Dockerfile makes", async () => {
        const stages = captures(dockerfile, /^FROM \S+ AS ([\w-]+)$/gm);
        for (const { command, build, image, stop_grace_period } of Object.values(programs)) {
            await expectToExist(command.join(" "));
            expect(stages).toContain(build?.target);
            expect(image).toBe(`bimedix2-chat:${build?.target ?? ""}`);
            expect(isThere(join("deploy", build?.context ?? "", build?.dockerfile ?? ""))).toBe(
                true,
            );
            expect(stop_grace_period).toBe(`${String(graceSeconds)}s`);
        }
        const roles = Object.values(programs).map(({ command }) => command.at(-1));
        expect(new Set(roles)).toEqual(new Set(["all", "adapters", "worker"]));
    });

    test("keeps Redis durable and out of reach", () => {
        expect(redis?.command.join(" ")).toBe(
            "redis-server --appendonly yes --appendfsync always --maxmemory-policy noeviction",
        );
        expect(redis?.ports).toEqual([]);
        expect(redis?.networks).toEqual(["store"]);
        expect(redis?.volumes).toEqual(["redis:/data"]);
        expect(compose.networks["store"]?.internal).toBe(true);
    });

    test("opens Meta's port to the machine alone, and no other", () => {
        const { port } = z
            .object({ platforms: z.object({ whatsappCloud: z.object({ port: z.number() }) }) })
            .parse(parse(read("clinic.example.yaml"))).platforms.whatsappCloud;
        const ports = Object.values(programs).flatMap((program) => program.ports);
        expect(new Set(ports)).toEqual(new Set([`127.0.0.1:${String(port)}:${String(port)}`]));
    });

    test("puts the files where the program looks for them, and secrets into no variable", () => {
        for (const { environment, volumes } of Object.values(programs)) {
            expect(Object.keys(environment)).toEqual(["REDIS_URL", "BIMEDIX2_DATA_KEY_FILE"]);
            const targets = volumes.map((volume) =>
                typeof volume === "string" ? volume : volume.target,
            );
            const folder = captures(dockerfile, /^WORKDIR (\/clinic)$/gm).join();
            expect(targets).toEqual([
                `${folder}/.env`,
                `${folder}/clinic.yaml`,
                "/keys",
                `${folder}/models`,
                "data:/data",
            ]);
        }
        expect(dockerfile).toContain("ENV BIMEDIX2_DATA_FOLDER=/data");
    });

    test("has the services, profiles and volumes that the guide names", async () => {
        const lines = codeLines(guide).filter((line) => line.startsWith("docker "));
        const profiles = Object.values(programs).flatMap((program) => program.profiles);
        for (const line of lines) {
            for (const profile of captures(line, /--profile (\w+)/g))
                expect(profiles).toContain(profile);
            const services = [
                ...captures(line, / exec ([a-z-]+)/g),
                ...captures(line, / restart (.+)$/g).flatMap((names) => names.split(" ")),
            ];
            for (const service of services) expect(Object.keys(programs)).toContain(service);
            for (const volume of captures(line, /bimedix2_(\w+):/g)) {
                expect(Object.keys(compose.volumes)).toContain(volume);
            }
            for (const image of captures(line, /(redis:[\d.]+-\w+)/g))
                expect(image).toBe(redis?.image);
            for (const file of captures(line, /--file (deploy\/\S+)/g))
                expect(isThere(file)).toBe(true);
        }
        expect(compose.name).toBe("bimedix2");
        for (const commandLine of commandLinesIn(dockerfile.split("\n")))
            await expectToExist(commandLine);
    });
});

test("the image holds all that the program needs, and is built from nothing else", () => {
    const [copied = ""] = captures(dockerfile, /cp -a ([^&]+)&&/g);
    // Documents and the schema for editors are for people.
    const needed = manifest.files.filter(
        (name) => !/^(dist|docs|deploy|\.env)|\.md$|\.schema\.json$/.test(name),
    );
    const withinFolders = manifest.files.filter((name) => /^(?!.*\.md$).*\//.test(name));
    for (const name of [...needed, "node_modules", ".cache"].filter(
        (one) => !withinFolders.includes(one),
    ))
        expect(copied.split(/\s+/)).toContain(name);
    for (const name of withinFolders) expect(dockerfile).toContain(` ${name} `);
    const admitted = captures(read(".dockerignore"), /^!(.+)$/gm);
    for (const name of admitted.filter((pattern) => !pattern.includes("*")))
        expect(isThere(name), name).toBe(true);
    for (const name of captures(dockerfile, /^COPY (package\.json .*) \.\/$/gm)
        .join(" ")
        .split(" ")) {
        expect(admitted).toContain(name);
    }
    for (const secret of [".env", "clinic.yaml", "keys", "data", "models"])
        expect(admitted).not.toContain(secret);
    for (const script of captures(dockerfile, /npm run ([\w:-]+)/g))
        expect(manifest.scripts).toHaveProperty(script);
});

test("the workflow runs the repository's own checks", () => {
    const { jobs } = z
        .object({
            jobs: z.record(
                z.string(),
                z.object({ steps: z.array(z.object({ run: z.string().optional() })) }),
            ),
        })
        .parse(parse(read(".github/workflows/check.yml")));
    const commands = Object.values(jobs).flatMap(({ steps }) =>
        steps.flatMap(({ run }) => run ?? []),
    );
    expect(commands).toContain(".ci/run");
    expect(() => accessSync(join(packageRoot(), ".ci/run"), constants.X_OK)).not.toThrow();
    expect(codeBlocks(read("README.md")).map(({ lines }) => lines.join())).toContain(
        read(".ci/run").trimEnd().split("\n").at(-1),
    );
    // With the tests, all that "npm run check" runs.
    const scripts = captures(commands.join("\n"), /^npm run ([\w:-]+)$/gm);
    expect(scripts).toEqual(
        captures(manifest.scripts["check"] ?? "", /npm run --silent ([\w:-]+)/g),
    );
});
