#!/usr/bin/env node
import { main } from "../dist/src/main.js";

process.exitCode = await main(process.argv.slice(2));
// Everything is closed. Should something keep the process all the same, it shall not: who waits for
// its end, a script or a service manager, would wait for ever.
setTimeout(() => process.exit(), 5_000).unref();
