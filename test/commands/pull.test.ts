import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectedOf } from "../../src/commands/fetch-model-file.ts";
import { FileServer } from "../fakes/file-server.ts";
import { ask, demoFiles, openDemo, samplePicture, user } from "../adapters/llama/demo-model.ts";

const loader = fileURLToPath(new URL("../setup/typescript-loader.mjs", import.meta.url));
const program = fileURLToPath(new URL("pull-program.ts", import.meta.url));

let server: FileServer;
let folder: string;
const running: ChildProcess[] = [];
const demo: { model: Buffer; projector: Buffer } = { model: Buffer.of(), projector: Buffer.of() };

beforeAll(async () => {
    demo.model = await readFile(demoFiles.model);
    demo.projector = await readFile(demoFiles.projector);
});
beforeEach(async () => {
    server = await FileServer.open();
    folder = await mkdtemp(join(tmpdir(), "bimedix2-pull-"));
    await mkdir(join(folder, "models"));
});
afterEach(async () => {
    for (const child of running.splice(0)) child.kill("SIGKILL");
    await server.close();
    await rm(folder, { recursive: true });
});

interface Ended {
    readonly status: number | null;
    readonly out: string;
    readonly err: string;
}

function launch(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, ["--import", loader, program, "pull", ...args], {
        cwd: folder,
        env: { PATH: process.env["PATH"], HOME: folder, LANG: "en_GB.UTF-8", ...environment },
        stdio: "pipe",
    });
    running.push(child);
    const ended = (async (): Promise<Ended> => {
        const [out, err] = await Promise.all([
            text(child.stdout),
            text(child.stderr),
            once(child, "close"),
        ]);
        return { status: child.exitCode, out, err };
    })();
    return { child, ended };
}

function pull(args: readonly string[], environment?: Record<string, string>): Promise<Ended> {
    return launch(args, environment).ended;
}

function sha256(content: Buffer): string {
    return createHash("sha256").update(content).digest("hex");
}

/** A profile of the clinic's own, named ours. */
async function profile(downloads: string, more = "", mustBeAccepted = false): Promise<void> {
    const lines = `name: Our model
files:
  model: models/ours/ours.gguf
${downloads}contextTokens: 2048
maxAnswerTokens: 100
temperature: 0
licence:
  name: A licence
  notice: Not for the clinic.
  url: https://example.org/licence
  mustBeAccepted: ${mustBeAccepted}
${more}`;
    await writeFile(join(folder, "models/ours.yaml"), lines);
}

function download(path: string, content: Buffer, more = ""): string {
    return `downloads:
  model:
    address: ${server.address}${path}
    sha256: ${sha256(content)}
    bytes: ${content.length}
${more}`;
}

const own = (name = "ours.gguf"): string => join(folder, "models/ours", name);

/** Waits until the unfinished file says, behind its content, that all of its five parts but the third are complete. */
async function allButThirdKept(length: number): Promise<void> {
    for (;;) {
        const partial = await readFile(own("ours.gguf.ipull")).catch(() => Buffer.of());
        const note = partial.subarray(length).toString("latin1");
        if (/"chunks":\[2,2,[01],2,2\]/.test(note)) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

describe("bimedix2 pull", () => {
    test("fetches a model with its projector, which then really answers", async () => {
        server.files.set("/m.gguf", { content: demo.model });
        server.files.set("/p.gguf", { content: demo.projector });
        await profile(
            download(
                "/m.gguf",
                demo.model,
                `  projector:\n    address: ${server.address}/p.gguf\n    sha256: ${sha256(demo.projector)}\n`,
            ).replace("downloads:", "  projector: models/ours/eyes.gguf\ndownloads:"),
        );
        const { status, out, err } = await pull(["ours"]);
        expect([status, err]).toEqual([0, expect.stringContaining("complete and unchanged")]);
        expect(out).toContain("model:\n  profile: ours\n");
        expect(err).toMatch(/ours\.gguf {2}100 % {2}4\.9 MB of 4\.9 MB/);
        const model = await openDemo({ modelPath: own(), projectorPath: own("eyes.gguf") });
        try {
            const picture = await samplePicture("xray_left_01.png");
            const question = user("What kind of scan is this?", picture);
            expect((await ask(model, "c", [question])).text).toMatch(/x-ray/i);
        } finally {
            await model.close();
        }
        const again = await pull(["ours"]);
        expect(again).toMatchObject({ status: 0, err: expect.stringContaining("there already") });
        expect(server.ranges.map(({ path }) => path)).toEqual(["/m.gguf", "/p.gguf"]);
    });

    test("goes on after an interruption, and fetches nothing twice", async () => {
        const chunk = 5 * 2 ** 20;
        const content = Buffer.alloc(5 * chunk, "bytes of a large model ");
        server.files.set("/m.gguf", { content, stallAt: 2.5 * chunk });
        await profile(download("/m.gguf", content));
        const stalled = server.stalled();
        const { child, ended } = launch(["ours"]);
        await stalled;
        await allButThirdKept(content.length);
        child.kill("SIGINT");
        const stopped = await ended;
        expect(stopped.status).toBe(130);
        expect(existsSync(own())).toBe(false);

        const first = server.ranges.splice(0);
        const second = await pull(["ours"]);
        expect(second.status).toBe(0);
        expect(second.err).toContain("Going on with models/ours/ours.gguf");
        expect(sha256(await readFile(own()))).toBe(sha256(content));
        const starts = server.ranges.map(({ start }) => start);
        expect(Math.min(...starts)).toBe(2 * chunk);
        const sent = [...first, ...server.ranges].reduce((sum, range) => sum + range.sent, 0);
        // Half of the part that was interrupted
        expect(sent).toBe(content.length + chunk / 2);
    });

    test("sets a wrong file aside, also one that was there", async () => {
        server.files.set("/m.gguf", { content: demo.projector });
        await profile(
            `downloads:\n  model:\n    address: ${server.address}/m.gguf\n    sha256: ${sha256(demo.model)}\n`,
        );
        const wrong = await pull(["ours"]);
        expect(wrong.status).toBe(1);
        expect(wrong.err).toContain(`its checksum is ${sha256(demo.projector)} in place of`);
        expect(existsSync(own())).toBe(false);
        expect(existsSync(own("ours.gguf.wrong"))).toBe(true);

        server.files.set("/m.gguf", { content: demo.model });
        await writeFile(own(), "something else");
        const mended = await pull(["ours"]);
        expect(mended).toMatchObject({ status: 0, err: expect.stringContaining("set aside") });
        expect(sha256(await readFile(own()))).toBe(sha256(demo.model));
    });

    test.each([
        ["nothing there", "/other.gguf", {}, "There is no such file", "/other.gguf"],
        [
            "an account is needed",
            "/m.gguf",
            { token: "hf_secret" },
            "asks for an account",
            "HF_TOKEN",
        ],
        [
            "another size than the profile says",
            "/m.gguf",
            { headers: { "x-linked-size": "12" } },
            "it is another file",
            "Correct downloads",
        ],
    ])("says what to do: %s", async (_, path, more, message, remedy) => {
        server.files.set("/m.gguf", { content: demo.model, ...more });
        await profile(download(path, demo.model));
        const { status, err } = await pull(["ours"]);
        expect(status).toBe(1);
        expect(err).toContain(message);
        expect(err).toContain(remedy);
        expect(server.requests.filter((request) => request.startsWith("GET"))).toEqual([]);
    });

    test("says when a server does not answer, without waiting for long", async () => {
        const { address } = server;
        await profile(download("/m.gguf", demo.model).replace(address, "http://127.0.0.1:1"));
        const { status, err } = await pull(["ours"]);
        expect([status, err]).toEqual([
            1,
            expect.stringContaining("127.0.0.1:1 cannot be reached"),
        ]);
    });

    test("fetches nothing that does not fit on the disk", async () => {
        const bytes = 8e15;
        const headers = { "x-linked-size": String(bytes) };
        server.files.set("/m.gguf", { content: demo.model, headers });
        await profile(
            `downloads:\n  model:\n    address: ${server.address}/m.gguf\n    bytes: ${bytes}\n`,
        );
        const { status, err } = await pull(["ours"]);
        expect(status).toBe(1);
        expect(err).toMatch(/^8000000\.0 GB are needed in .*, but only [\d.]+ [GM]B are free\./m);
        expect(server.requests.filter((request) => request.startsWith("GET /m.gguf "))).toEqual([]);
    });

    test("asks for the licence before the first byte", async () => {
        server.files.set("/m.gguf", { content: demo.model });
        await profile(download("/m.gguf", demo.model), "", true);
        const refused = await pull(["ours"]);
        expect(refused.status).toBe(78);
        expect(refused.err).toContain(
            'A licence (https://example.org/licence): "Not for the clinic."',
        );
        expect(refused.err).toContain("bimedix2 pull ours --accept-licence");
        expect(server.requests).toEqual([]);

        await writeFile(
            join(folder, "clinic.yaml"),
            "model: { profile: ours, acceptLicence: true }\n",
        );
        const accepted = await pull(["ours"]);
        expect(accepted.status).toBe(0);
        expect(accepted.out).toContain("acceptLicence: true");
        const said = await pull(["ours", "--accept-licence"]);
        expect(said.status).toBe(0);
    });

    test("takes checksum and size from Hugging Face where the profile has none", async () => {
        const token = "hf_a-token";
        const path = "/someone/a-model/resolve/main/file.Q4_K_M.gguf";
        const headers = (content: Buffer) => ({
            "x-linked-etag": `"${sha256(content)}"`,
            "x-linked-size": String(demo.model.length),
        });
        const environment = { HF_ENDPOINT: server.address, HF_TOKEN: token };
        await profile("downloads:\n  model:\n    address: hf:someone/a-model/file.Q4_K_M.gguf\n");
        server.files.set(path, { content: demo.model, token, headers: headers(demo.projector) });
        const wrong = await pull(["ours"], environment);
        expect(wrong).toMatchObject({ status: 1, err: expect.stringContaining("its checksum is") });
        const renamed = path.replace("someone", "somebody");
        server.files.set(renamed, { content: demo.model, token, headers: headers(demo.model) });
        server.redirections.set(path, renamed);
        const right = await pull(["ours"], environment);
        expect(right).toMatchObject({ status: 0, err: expect.stringContaining("unchanged") });
        expect(wrong.err + right.err + right.out).not.toContain(token);
    });

    test("gives the token to no other host, whatever a redirection says", async () => {
        const elsewhere = await FileServer.open();
        elsewhere.files.set("/m.gguf", { content: demo.model });
        const path = "/someone/a-model/resolve/main/file.gguf";
        server.redirections.set(path, `${elsewhere.address}/m.gguf`);
        await profile("downloads:\n  model:\n    address: hf:someone/a-model/file.gguf\n");
        const environment = { HF_ENDPOINT: server.address, HF_TOKEN: "hf_a-token" };
        expect(await pull(["ours"], environment)).toMatchObject({ status: 0 });
        await elsewhere.close();
        expect(server.tokens).toContain("Bearer hf_a-token");
        expect(elsewhere.requests).toContain("GET /m.gguf");
        expect(elsewhere.tokens).toEqual([]);
        expect(sha256(await readFile(own()))).toBe(sha256(demo.model));
    });

    test("fetches from a copy of the clinic's own, with the checksum beside the file", async () => {
        await profile("");
        server.files.set("/files/ours/ours.gguf", { content: demo.model });
        const note = Buffer.from(`${sha256(demo.projector)}  ours.gguf\n`);
        server.files.set("/files/ours/ours.gguf.sha256", { content: note });
        const from = ["ours", "--from", `${server.address}/files/`];
        expect((await pull(from)).status).toBe(1);
        server.files.delete("/files/ours/ours.gguf.sha256");
        const { status, err } = await pull(from);
        expect([status, err]).toEqual([0, expect.stringContaining("Nobody states its checksum")]);
        expect(await readFile(own("ours.gguf.sha256"), "utf8")).toBe(
            `${sha256(demo.model)}  ours.gguf\n`,
        );
        expect((await pull(["ours", "--from", "not an address"])).status).toBe(78);
    });

    test("takes no endless page of a server that answers everything for a checksum", async () => {
        const page = createServer((request, response) => {
            if (request.method === "HEAD") return void response.end();
            const send = (): void => {
                while (!response.destroyed && response.write("<html>".repeat(10_000)));
                response.once("drain", send);
            };
            send();
        }).listen(0, "127.0.0.1");
        await once(page, "listening");
        const { port } = page.address() as AddressInfo;
        try {
            const source = { url: `http://127.0.0.1:${port}/m.gguf` };
            const file = { part: "model", name: "m.gguf", path: own(), source } as const;
            expect(await expectedOf(file, new AbortController().signal)).toEqual({});
        } finally {
            page.closeAllConnections();
            page.close();
        }
    });

    test("checks what is there", async () => {
        await profile(download("/m.gguf", demo.model));
        expect(await pull(["ours", "--check"])).toMatchObject({
            status: 1,
            out: "MISSING  models/ours/ours.gguf\n",
        });
        await mkdir(join(folder, "models/ours"));
        await writeFile(own(), demo.model);
        const json = await pull(["ours", "--check", "--json"]);
        expect(JSON.parse(json.out)).toEqual({
            profile: "ours",
            files: [{ file: "models/ours/ours.gguf", state: "right", sha256: sha256(demo.model) }],
        });
        const changed = Buffer.from(demo.model);
        changed[1000] = (changed[1000] ?? 0) ^ 1;
        await writeFile(own(), changed);
        const wrong = await pull(["ours", "--check"]);
        expect(wrong.status).toBe(1);
        expect(wrong.out).toMatch(/^WRONG {4}models\/ours\/ours\.gguf: its checksum is/);
    });

    test("says how files are made that nobody publishes", async () => {
        const { status, out } = await pull(["bimedix2-8b-bi", "--accept-licence"]);
        expect(status).toBe(1);
        for (const part of [
            "git clone https://huggingface.co/MBZUAI/BiMediX2-8B-Bi",
            "llava_surgery_v2.py -C -m BiMediX2-8B-Bi",
            "set -- -m clip-vit-large-patch14-336",
            "{'architectures': ['LlamaForCausalLM']}",
            "convert_hf_to_gguf.py BiMediX2-8B-Bi --outtype q8_0",
            join(folder, "models/bimedix2-8b-bi/bimedix2-8b-bi.gguf"),
            join(folder, "models/bimedix2-8b-bi/bimedix2-8b-bi.mmproj.gguf"),
        ]) {
            expect(out).toContain(part);
        }
        const bundle = /git clone (\S+gitRelease\.bundle) llama\.cpp/.exec(out)?.[1] ?? "";
        expect(existsSync(bundle)).toBe(true);
    });

    test("shows all models, and what is there of them", async () => {
        await profile("");
        const { status, out } = await pull([]);
        expect(status).toBe(0);
        expect(out).toMatch(/^\* demo +3 million +ar, en +yes +here +there +MIT$/m);
        expect(out).toMatch(
            /^ {2}medgemma-4b +4 billion +en +on a server +here +to fetch +Health/m,
        );
        const list = JSON.parse((await pull(["--json"])).out) as { profile: string }[];
        expect(list.find((model) => model.profile === "llama-3.1-8b")).toEqual({
            profile: "llama-3.1-8b",
            name: "Llama 3.1 8B Instruct",
            parameters: "8 billion",
            languages: ["en"],
            pictures: "no",
            runs: "here",
            licence: "Llama 3.1 Community License",
            mustBeAccepted: true,
            files: "to fetch",
            downloadBytes: 4_920_739_232,
            isChosen: false,
        });
        const unknown = await pull(["bimedix2-8b-by"]);
        expect(unknown).toMatchObject({
            status: 78,
            err: expect.stringContaining("Did you mean bimedix2-8b-bi?"),
        });
        const onServer = await pull(["lingshu-7b-server"]);
        expect(onServer).toMatchObject({
            status: 0,
            out: expect.stringContaining("vllm serve lingshu-medical-mllm/Lingshu-7B"),
        });
    });
});
