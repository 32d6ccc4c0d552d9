/** Keeps a number linked in a process of its own, and says how it stands; ends with its input. */
import { keepLinked } from "../../../adapters/whatsapp-web/session.ts";
import { createLogger } from "../../../src/log.ts";
import { quickSessionTimings } from "./kept-session.ts";

const [sessionFolder = "", browserPath = "", webVersion = ""] = process.argv.slice(2);
const stop = new AbortController();
process.stdin.resume().on("end", () => stop.abort());
await keepLinked(
    {
        sessionFolder,
        browserPath,
        webVersion,
        account: "whatsapp-web:main",
        display: {
            show: (_account, state) => {
                console.log(state.name, state.name === "failed" ? state.reason : "");
            },
        },
        logger: createLogger("silent"),
        timings: quickSessionTimings,
    },
    async ({ lost }) => {
        await new Promise((resolve) => {
            for (const signal of [lost, stop.signal]) signal.addEventListener("abort", resolve);
        });
    },
    stop.signal,
);
