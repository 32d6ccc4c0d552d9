import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { arabicClasses, latinClasses } from "../src/language/language-classes.ts";
import type { StoredNgramModel } from "../src/language/ngram-model.ts";
import { packageRoot } from "../src/package-root.ts";
import { readArabicExamples, readLatinExamples } from "./read-examples.ts";
import { trainNgramModel } from "./train-ngram-model.ts";

/** Trains the models that tell languages of one script apart, and writes them as source files. */
async function train(): Promise<void> {
    const root = packageRoot();
    const latin = await readLatinExamples(root);
    await store(root, "latin", trainNgramModel(latinClasses, latin, 14));
    const arabic = await readArabicExamples(root);
    await store(root, "arabic", trainNgramModel(arabicClasses, arabic, 14));
}

async function store(root: string, name: string, model: StoredNgramModel<string>): Promise<void> {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Class`;
    const source = `// Made by \`npm run train\` from training/text; do not edit.
import type { ${type} } from "./language-classes.ts";
import type { StoredNgramModel } from "./ngram-model.ts";

export const ${name}Model: StoredNgramModel<${type}> = ${JSON.stringify(model, undefined, 4)};
`;
    const file = join(root, `src/language/${name}-model.ts`);
    await writeFile(file, source);
    console.log(`${file}: ${String(Math.round(source.length / 1024))} KiB`);
}

await train();
