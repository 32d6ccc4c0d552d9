/** What the documents name must be there: files, headings, settings of npm. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { packageRoot } from "../src/package-root.ts";
import { codeLines, codeSpans, headingNames, innerLinks } from "./setup/markdown.ts";

const read = (path: string): string => readFileSync(join(packageRoot(), path), "utf8");
const isThere = (path: string): boolean => existsSync(join(packageRoot(), path));
const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read("package.json")));

const folders = ["", "docs", "bench", "prompts", "rules/review", "rules/triage", "training"];
const documents = folders
    .flatMap((folder) => readdirSync(join(packageRoot(), folder)).map((name) => join(folder, name)))
    // The texts of the assistant are no documents.
    .filter((path) => /^(?!prompts\/.*\.(?:ar|en)\.md).*\.md$/.test(path))
    .map((path) => ({ path, text: read(path) }));

/** A path within the repository, as documents write them; no wildcard, and no file that is made later. */
const place =
    /^(?:adapters|bench|bin|deploy|docs|native|prompts|rules|src|test|training|vendor)\/[\w./-]*$/;

test.each(documents)("$path leads to documents and headings that are there", ({ path, text }) => {
    for (const link of innerLinks(text)) {
        const [file = "", heading] = link.split("#");
        const target = file === "" ? path : join(dirname(path), file);
        expect(isThere(target), link).toBe(true);
        if (heading) expect(headingNames(read(target)), link).toContain(decodeURI(heading));
    }
});

test.each(documents)("$path names files that are there", ({ path, text }) => {
    for (const span of codeSpans(text).filter((one) => place.test(one))) {
        const here = join(dirname(path), span);
        const found = [span, here, `${span}.en.md`].some(isThere);
        expect(found, `${path}: ${span}`).toBe(true);
    }
});

test.each(documents)("$path names scripts of npm that are there", ({ text }) => {
    const named = codeLines(text).flatMap((line) =>
        [...line.matchAll(/\bnpm (?:run )?(check|test(?::\w+)?|start|(?<=run )[\w:-]+)/g)].map(
            ([, script = ""]) => script,
        ),
    );
    for (const script of named) expect(Object.keys(scripts)).toContain(script);
});
