import { getLlama } from "node-llama-cpp";
import { expect, it } from "vitest";
import { LlamaLog } from "../../../adapters/llama/llama-log.ts";
import { loadModel } from "../../../adapters/llama/load-model.ts";
import { openRunner } from "../../../adapters/llama/open-runner.ts";
import { AppError } from "../../../src/errors.ts";
import { createLogger } from "../../../src/log.ts";
import { demoFiles } from "./demo-model.ts";

const log = new LlamaLog(createLogger("silent"));

it("tells the lack of memory from a broken model, and what to change", async () => {
    const llama = await getLlama({ gpu: false, build: "never", progressLogs: false });
    const percents: number[] = [];
    const load = () =>
        loadModel(llama, demoFiles.model, 0, log, (percent) => percents.push(percent));
    const model = await load();
    expect(percents.at(-1)).toBe(100);
    expect(percents).toEqual([...new Set(percents)].toSorted((a, b) => a - b));

    // Half a gigabyte of conversations in the place of twenty megabytes
    await llama.setRamCap(20 * 2 ** 20);
    const limits = { contextTokens: 2048, positions: 256 * 2048, sequences: 256, threads: 1 };
    const missing = new AppError("companion-unavailable", "There is no compiler.");
    await expect(openRunner(missing, model, limits, log)).rejects.toMatchObject({
        code: "model-out-of-memory",
        remedy: expect.stringContaining("model.conversationsInMemory") as string,
    });
    await model.dispose();
    await llama.setRamCap(null);

    await expect(
        loadModel(llama, import.meta.filename, 0, log, () => undefined),
    ).rejects.toMatchObject({ code: "model-invalid" });
});
