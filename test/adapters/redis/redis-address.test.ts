import { describe, expect, it } from "vitest";
import { describeAddress, parseAddress } from "../../../adapters/redis/redis-address.ts";

describe("the address of Redis", () => {
    it.each([
        ["redis://localhost", { kind: "server", hosts: [{ host: "localhost", port: 6379 }] }],
        [
            "rediss://anna:p%40ss%3A@redis.clinic.example:6380/2",
            {
                kind: "server",
                hosts: [{ host: "redis.clinic.example", port: 6380 }],
                encrypted: true,
                username: "anna",
                password: "p@ss:",
                database: 2,
            },
        ],
        [
            "redis://:secret@[::1]:6379",
            { hosts: [{ host: "::1", port: 6379 }], password: "secret" },
        ],
        [
            "redis-sentinel://a,b:26380/clinic%20master",
            {
                kind: "sentinel",
                master: "clinic master",
                encrypted: false,
                hosts: [
                    { host: "a", port: 26_379 },
                    { host: "b", port: 26_380 },
                ],
            },
        ],
        [
            "rediss-cluster://user:secret@10.0.0.1:7000,10.0.0.2:7001",
            {
                kind: "cluster",
                encrypted: true,
                username: "user",
                password: "secret",
                hosts: [
                    { host: "10.0.0.1", port: 7000 },
                    { host: "10.0.0.2", port: 7001 },
                ],
            },
        ],
    ])("understands %s", (url, place) => {
        expect(parseAddress({ url })).toMatchObject(place);
    });

    it.each([
        "http://user:hidden@localhost",
        "redis://user:hidden@",
        "redis://:hidden@a,b",
        "redis://:hidden@a:0",
        "redis://:hidden@a:70000",
        "redis://:hidden@a/database",
        "redis://:hid%den@a",
        "redis://:hidden@a b",
        "redis-sentinel://:hidden@a:26379",
        "redis-sentinel://:hidden@a:26379/",
        "redis-cluster://:hidden@a/1",
        "redis-cluster://:hidden@a,",
        "redis-elsewhere://:hidden@a",
        "localhost:6379",
        "",
    ])("refuses %s with the remedy and without the password", (url) => {
        try {
            parseAddress({ url });
            expect.unreachable();
        } catch (error) {
            expect(error).toMatchObject({
                code: "config-invalid",
                remedy: expect.stringContaining("percent-encoded") as string,
            });
            expect(String(error)).not.toContain("hid");
        }
    });

    it.each([
        ["redis://user:hidden@localhost", "redis://localhost:6379"],
        ["rediss://:hidden@[::1]/2", "rediss://[::1]:6379/2"],
        ["redis-sentinel://u:hidden@a,b/m", "redis-sentinel://a:26379,b:26379/m"],
        ["rediss-cluster://u:hidden@a,b:1", "rediss-cluster://a:6379,b:1"],
    ])("is described without user and password: %s", (url, description) => {
        expect(describeAddress({ url })).toBe(description);
    });

    it("describes a socket", () => {
        expect(describeAddress({ socketPath: "/run/redis.sock" })).toBe("unix:/run/redis.sock");
    });
});
