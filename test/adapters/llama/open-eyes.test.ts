import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, demoFiles, openDemo, samplePicture, system, user } from "./demo-model.ts";

let folder: string;
let otherModels: string;
beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-projector-"));
    otherModels = join(folder, "other.mmproj.gguf");
    const file = await readFile(demoFiles.projector);
    const tensor = Buffer.from("mm.2.weight");
    // After the name: the number of dimensions (4 bytes), the first (8 bytes), the second
    file.writeBigUInt64LE(96n, file.indexOf(tensor) + tensor.length + 12);
    await writeFile(otherModels, file);
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
    ["no projector", () => undefined, /No projector/],
    ["a missing projector", () => join(folder, "no.mmproj.gguf"), /no\.mmproj\.gguf/],
    ["another model's projector", () => otherModels, /another model.* 96 .* 192/],
    ["a language model as projector", () => demoFiles.model, /bimedix2-demo\.gguf/],
])("answers text with %s, and says why it does not see", async (_, projectorPath, reason) => {
    const model = await openDemo({ projectorPath: projectorPath() });
    try {
        expect(model.description.vision).toEqual({
            status: "unavailable",
            reason: expect.stringMatching(reason) as string,
            remedy: expect.stringMatching(/projector/) as string,
        });
        const text = await ask(model, "a", [system("English"), user("What is my name?")]);
        expect(text.stop).toBe("end");
        const picture = await samplePicture("xray_left_01.png");
        const seen = ask(model, "a", [system("English"), user("What is this?", picture)]);
        await expect(seen).rejects.toMatchObject({
            code: "companion-unavailable",
            message: expect.stringMatching(reason) as string,
        });
        expect(picture.loads).toBe(0);
    } finally {
        await model.close();
    }
});
