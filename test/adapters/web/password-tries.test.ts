import { afterEach, expect, test } from "vitest";
import { type PageWorld, startPage } from "./page-world.ts";

const password = "correct horse battery";
const publicAddress = "https://assistant.clinic.example";
let world: PageWorld | undefined;

afterEach(async () => {
    await world?.close();
    world = undefined;
});

/** A page on this machine behind a web server; the port is known beforehand. */
async function openBehindWebServer() {
    const before = await startPage({ password });
    await before.close();
    const { port } = new URL(before.origin);
    world = await startPage({ password, publicAddress, port: Number(port) });
    const signIn = async (
        word: string,
        more: Readonly<Record<string, string>>,
    ): Promise<number> => {
        const body = JSON.stringify({ password: word });
        const headers = { Origin: publicAddress, Host: "assistant.clinic.example", ...more };
        return (await before.ask("/api/session", { method: "POST", headers, body })).status;
    };
    return { ...before, acts: world.acts, signIn };
}

async function wrongTries(
    count: number,
    signIn: (word: string) => Promise<number>,
): Promise<readonly number[]> {
    const statuses: number[] = [];
    while (statuses.length < count) statuses.push(await signIn("wrong horse"));
    return statuses;
}

test("behind a web server who guesses locks out nobody else, whatever they say of themselves", async () => {
    const { signIn, origin } = await openBehindWebServer();
    const attacker = (word: string, claimed = "198.51.100.7"): Promise<number> =>
        signIn(word, { "X-Forwarded-For": `${claimed}, 203.0.113.9` });
    expect(await wrongTries(6, attacker)).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await attacker(password, "192.0.2.1")).toBe(429);
    expect(await signIn(password, { "X-Forwarded-For": "198.51.100.7" })).toBe(204);
    // At the machine itself, as through SSH
    expect(await signIn(password, { Host: new URL(origin).host, Origin: origin })).toBe(204);
});

test("a network of IPv6 has no more tries than an address", async () => {
    const { signIn } = await openBehindWebServer();
    const statuses: number[] = [];
    for (const end of ["::1", ":1::2", ":0:0:0:3", "::4", "::5", ":ffff:ffff:ffff:ffff"]) {
        const address = `2001:db8:0:7${end}`;
        statuses.push(await signIn("wrong horse", { "X-Forwarded-For": address }));
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await signIn(password, { "X-Forwarded-For": "2001:db8:0:8::1" })).toBe(204);
});

test("many addresses together cannot guess without end", async () => {
    const { signIn } = await openBehindWebServer();
    const statuses: number[] = [];
    for (let count = 0; count < 201; count += 1) {
        const headers = { "X-Forwarded-For": `203.0.113.${String(count)}` };
        statuses.push(await signIn("wrong horse", headers));
    }
    expect([...new Set(statuses.slice(0, 200))]).toEqual([401]);
    expect(statuses.at(-1)).toBe(429);
});

test("the password cannot be guessed where figures are read", async () => {
    const { ask, signIn, acts } = await openBehindWebServer();
    const from = { "X-Forwarded-For": "203.0.113.9" };
    const read = async (word: string): Promise<number> => {
        const headers = { ...from, Authorization: `Bearer ${word}` };
        return (await ask("/metrics", { headers })).status;
    };
    expect(await wrongTries(6, read)).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await read(password)).toBe(429);
    expect(await signIn(password, from)).toBe(429);
    expect(acts.map(({ what }) => what)).toEqual(
        Array.from({ length: 5 }, () => "sign-in-refused"),
    );
});

test("a program that reads figures again and again uses up no tries, and gives nobody new ones", async () => {
    const { ask } = await openBehindWebServer();
    const read = async (word: string): Promise<number> => {
        const headers = { "X-Forwarded-For": "203.0.113.9", Authorization: `Bearer ${word}` };
        return (await ask("/metrics", { headers })).status;
    };
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) {
        statuses.push(await read(password), await read("wrong horse"));
    }
    expect(statuses).toEqual([200, 401, 200, 401, 200, 401, 200, 401, 200, 401, 429, 429]);
});
