import { describe, expect, it } from "vitest";
import { ask, openDemo, samplePicture, system, user } from "./demo-model.ts";

describe("a model that is written to as its own file says", () => {
    it("answers as with the template of that name, and sees", async () => {
        const picture = await samplePicture("xray_left_01.png");
        const messages = [system("English"), user("What kind of scan is this?", picture)];
        const answers: string[] = [];
        for (const template of ["llama3", "gguf"] as const) {
            const model = await openDemo({ template, sequences: 1 });
            answers.push((await ask(model, "c", messages)).text);
            await model.close();
        }
        expect(answers[0]).toMatch(/x-ray/i);
        expect(answers[1]).toBe(answers[0]);
    });

    it("ends its answer at a token of the profile", async () => {
        const messages = [system("English"), user("What is a fever?")];
        const whole = await openDemo({ projectorPath: undefined, sequences: 1 });
        const { text } = await ask(whole, "c", messages);
        await whole.close();
        expect(text.indexOf(".")).toBeGreaterThan(0);
        const stopping = await openDemo({ projectorPath: undefined, sequences: 1, stops: ["."] });
        const answer = await ask(stopping, "c", messages);
        await stopping.close();
        expect(answer).toMatchObject({ text: text.slice(0, text.indexOf(".")), stop: "end" });
    });

    it("is refused with a template of another family", async () => {
        await expect(openDemo({ template: "gemma" })).rejects.toMatchObject({
            code: "model-invalid",
            message: "The model's vocabulary has no token <bos>, which the template gemma needs.",
        });
    });
});
