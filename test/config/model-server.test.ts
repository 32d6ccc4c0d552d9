import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../src/package-root.ts";
import { configOf } from "./clinic-folder.ts";

const example = readFileSync(join(packageRoot(), "models/server.yaml.example"), "utf8");
const clinic = "model:\n  profile: ours\n  acceptLicence: true\n";

function faultsOf(profile: string, settings = ""): string {
    try {
        configOf({ "models/ours.yaml": profile, "clinic.yaml": `${clinic}${settings}` });
        return "none";
    } catch (error) {
        return String(error);
    }
}

describe("a profile with a server", () => {
    it("as the example has it, with its key from the environment", () => {
        const files = { "models/ours.yaml": example, "clinic.yaml": clinic };
        const { model } = configOf(files, { BIMEDIX2_MODEL_API_KEY: "sk-1" });
        expect(model).toMatchObject({ name: "The model of our clinic", contextTokens: 8192 });
        expect(model.server).toEqual({
            url: "http://127.0.0.1:8000/v1",
            model: "name-on-the-server",
            imageSide: 672,
            imageTokens: 576,
            apiKey: "sk-1",
        });
        expect(model).not.toHaveProperty("modelPath");
        expect(configOf(files).model.server).not.toHaveProperty("apiKey");
    });

    it.each([
        ["http://user:key@127.0.0.1/v1"],
        ["localhost:8000/v1"],
        ["https://host/v1?key=1"],
        ["file:///v1"],
    ])("refuses the address %s, and does not repeat it", (url) => {
        const faults = faultsOf(example.replace("http://127.0.0.1:8000/v1", url));
        expect(faults).toContain("server.url must be the address of a server");
        expect(faults).not.toContain(url);
    });

    it("has either files or a server", () => {
        const both = faultsOf(`${example}files: { model: a.gguf }\n`);
        const neither = faultsOf(example.replace(/server:\n(?: .*\n)+/, ""));
        for (const faults of [both, neither]) {
            expect(faults).toContain("in a section files, or in a section server");
        }
    });

    it("has no use for a file", () => {
        expect(faultsOf(example, "  file: model.gguf\n")).toContain("clinic.yaml, line 4");
    });
});
