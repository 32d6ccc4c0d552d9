import { run as capacity } from "./capacity.ts";
import { run as decode } from "./decode.ts";
import { run as draft } from "./draft.ts";
import { run as firstToken } from "./first-token.ts";
import { run as guesses } from "./guesses.ts";
import { run as image } from "./image.ts";
import { run as language } from "./language.ts";
import { run as load } from "./load.ts";
import { run as overhead } from "./overhead.ts";
import { run as parallel } from "./parallel.ts";
import { run as queue } from "./queue.ts";
import { run as resume } from "./resume.ts";
import { run as triage } from "./triage.ts";
import { run as turn } from "./turn.ts";
import { run as turns } from "./turns.ts";
import { run as watch } from "./watch.ts";
import { run as whatsapp } from "./whatsapp.ts";

/** The benchmarks: each prints one JSON line with a ratio to a peer measured in the same run. */
const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
    capacity,
    decode,
    draft,
    "first-token": firstToken,
    guesses,
    image,
    language,
    load,
    overhead,
    parallel,
    queue,
    resume,
    triage,
    turn,
    turns,
    watch,
    whatsapp,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in benchmarks));
if (names.length === 0 || unknown.length > 0) {
    console.error(`Usage: npm run bench -- ${Object.keys(benchmarks).join("|")}`);
    process.exitCode = 2;
} else {
    for (const name of names) await benchmarks[name]?.();
}
