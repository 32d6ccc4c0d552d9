import { defineConfig } from "vitest/config";

export default defineConfig({
    test: {
        include: ["test/**/*.test.ts"],
        globalSetup: ["test/setup/global.ts"],
        reporters: ["default", "./test/setup/closing-line-reporter.ts"],
        pool: "forks",
        // Two cores: more workers only make llama.cpp's threads wait for each other.
        maxWorkers: 2,
        testTimeout: 60_000,
        hookTimeout: 300_000,
        expect: { poll: { timeout: 20_000 } },
    },
});
