import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Pictures large enough that a decoder would turn to the disk, if it ever did. */
const script = `
    import sharp from "sharp";
    import { prepareImage } from "./src/images/prepare-image.ts";
    import { dicomFile, grey16Attributes, transferSyntaxes } from "./test/images/dicom-file.ts";
    const plain = (width, height) =>
        sharp({ create: { width, height, channels: 3, background: "#406080" } }).withMetadata({ orientation: 6 });
    const files = [
        await plain(7000, 5000).jpeg({ progressive: true }).toBuffer(),
        dicomFile(2000, 1500, grey16Attributes, Buffer.alloc(6_000_000, 5), { transferSyntax: transferSyntaxes.deflated }),
    ];
    const limits = { maxBytes: 200_000_000, maxPixels: 50_000_000 };
    for (const file of files) console.log((await prepareImage(file, { side: 84, limits })).id);
`;

function run(
    code: string,
    shellSetting = "",
): { readonly status: number | null; readonly output: string } {
    const node = `"$0" --import ./test/setup/typescript-loader.mjs --input-type=module --eval "$1"`;
    const child = spawnSync("sh", ["-c", `${shellSetting} exec ${node}`, process.execPath, code], {
        cwd: root,
        encoding: "utf8",
    });
    return { status: child.status, output: child.stdout };
}

/** No file may grow beyond nothing. */
const noFiles = "ulimit -f 0;";

test("no picture touches the disk on its way, not even as a temporary file", () => {
    const free = run(script);
    expect(free.output).toMatch(/^(?:[0-9a-f]{64}\n){2}$/);
    expect(run(script, noFiles)).toEqual(free);

    const write = `
        import { tmpdir } from "node:os";
        import { rmSync, writeFileSync } from "node:fs";
        const file = tmpdir() + "/bimedix2-no-files-" + process.pid;
        try { writeFileSync(file, "x"); console.log("written"); } finally { rmSync(file); }`;
    expect(run(write).output).toBe("written\n");
    expect(run(write, noFiles).output).toBe("");
});
