import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mendPlaces } from "../../src/commands/mend-files.ts";
import { findOpenPlaces } from "../../src/commands/private-places.ts";

let folder: string;

beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "bimedix2-mend-"))));
afterEach(async () => await rm(folder, { recursive: true }));

const place = (...path: readonly string[]): string => join(folder, ...path);
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

async function config() {
    await mkdir(place("data"), { mode: 0o700 });
    const dataKeys = { from: "data-folder", path: place("data", "keys", "data.key") } as const;
    return { dataFolder: place("data"), dataKeys };
}

test("whoever puts a link in place of a secret does not choose whose file is closed", async () => {
    const places = await config();
    await writeFile(place("of-somebody-else"), "");
    await chmod(place("of-somebody-else"), 0o644);
    await symlink(place("of-somebody-else"), place(".env"));
    const [mending, ...others] = await mendPlaces(places, folder, []);
    expect(others).toEqual([]);
    expect(mending).toMatchObject({ mended: false, remedy: expect.stringContaining("chmod") });
    expect(mending?.text).toContain("is a link");
    expect(await modeOf(place("of-somebody-else"))).toBe(0o644);
});

test("a file to which clinic.yaml refers is a secret too; what a container hands in is not looked at", async () => {
    const places = await config();
    await writeFile(place("token"), "");
    await chmod(place("token"), 0o644);
    const files = [place("token"), "/run/secrets/token"];
    expect(findOpenPlaces(places, folder, files).map(({ path }) => path)).toEqual(
        files.slice(0, 1),
    );
    expect(await mendPlaces(places, folder, files)).toMatchObject([{ mended: true }]);
    expect(await modeOf(place("token"))).toBe(0o600);
    expect(findOpenPlaces(places, folder, files)).toEqual([]);
});
