/** `bimedix2` from the sources, for tests that run it as a process. */
import { main } from "../../src/main.ts";

process.exit(await main(process.argv.slice(2)));
