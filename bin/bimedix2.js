#!/usr/bin/env node
import { main } from "../dist/src/main.js";

process.stdout.on("error", () => {
    // A reader that has gone (`| head`) wants no more. Who serves patients ends in its own way.
    if (process.stdout.listenerCount("error") === 1) process.exit();
});
process.exitCode = await main(process.argv.slice(2));
// Everything is closed. Should something keep the process all the same, it shall not: who waits for
// its end, a script or a service manager, would wait for ever.
setTimeout(() => process.exit(), 5_000).unref();
