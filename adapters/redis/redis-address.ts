import { AppError } from "../../src/errors.ts";

/** Where Redis listens, as it is configured. */
export type RedisAddress = { readonly socketPath: string } | { readonly url: string };

/** One server of Redis. */
export interface RedisHost {
    readonly host: string;
    readonly port: number;
}

/** Where Redis listens, understood: one server, or several that stand in for each other. */
export type RedisPlace =
    | { readonly kind: "socket"; readonly path: string }
    | ({ readonly kind: "server"; readonly database?: number } & Access)
    /** The hosts are the Sentinels; they know which server is the master of that name. */
    | ({ readonly kind: "sentinel"; readonly master: string } & Access)
    | ({ readonly kind: "cluster" } & Access);

interface Access {
    /** At least one. */
    readonly hosts: readonly [RedisHost, ...RedisHost[]];
    readonly encrypted: boolean;
    readonly username?: string;
    readonly password?: string;
}

const defaultPorts = { server: 6379, sentinel: 26379, cluster: 6379 } as const;
const form = /^redis(s?)(?:-(sentinel|cluster))?:\/\/(?:([^/]*)@)?([^/@]+)(?:\/([^/]*))?$/;
/** A host name, an IPv4 address, or an IPv6 address in brackets; then perhaps a port. */
const hostForm = /^(\[[\da-fA-F:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/;

/**
 * Understands `redis://USER:PASSWORD@HOST:6379/0`, `redis-sentinel://…@HOST,HOST/MASTER` and
 * `redis-cluster://…@HOST,HOST`; `rediss…` encrypts. A server's port may be left out.
 *
 * @throws `config-invalid`, which quotes nothing of the address.
 */
export function parseAddress(address: RedisAddress): RedisPlace {
    if ("socketPath" in address) return { kind: "socket", path: address.socketPath };
    const match = form.exec(address.url);
    if (match === null) throw malformed();
    const [, encrypted = "", mode = "server", user = "", hosts = "", path = ""] = match;
    const kind = mode as "server" | "sentinel" | "cluster";
    const access = { ...readAccess(hosts, defaultPorts[kind], user), encrypted: encrypted === "s" };
    if (kind === "sentinel") {
        if (path === "") throw malformed();
        return { kind, master: decoded(path), ...access };
    }
    if (kind === "cluster") {
        // A cluster has one database only.
        if (path !== "" && path !== "0") throw malformed();
        return { kind, ...access };
    }
    if (access.hosts.length > 1 || !/^\d{0,4}$/.test(path)) throw malformed();
    return { kind, ...access, ...(path === "" ? {} : { database: Number(path) }) };
}

/** The address without user name and password, for people. */
export function describeAddress(address: RedisAddress): string {
    const place = parseAddress(address);
    if (place.kind === "socket") return `unix:${place.path}`;
    const mode = place.kind === "server" ? "" : `-${place.kind}`;
    const hosts = place.hosts.map(({ host, port }) => `${bracketed(host)}:${port}`).join(",");
    const path = place.kind === "sentinel" ? place.master : "database" in place && place.database;
    return `redis${place.encrypted ? "s" : ""}${mode}://${hosts}${path ? `/${path}` : ""}`;
}

function readAccess(hosts: string, defaultPort: number, user: string): Omit<Access, "encrypted"> {
    const [first, ...others] = hosts.split(",").map((text) => readHost(text, defaultPort));
    if (first === undefined) throw malformed();
    const colon = user.indexOf(":");
    const username = decoded(colon === -1 ? user : user.slice(0, colon));
    const password = colon === -1 ? "" : decoded(user.slice(colon + 1));
    return {
        hosts: [first, ...others],
        ...(username === "" ? {} : { username }),
        ...(password === "" ? {} : { password }),
    };
}

function readHost(text: string, defaultPort: number): RedisHost {
    const [, host = "", portText] = hostForm.exec(text) ?? [];
    const port = portText === undefined ? defaultPort : Number(portText);
    if (host === "" || port < 1 || port > 65_535) throw malformed();
    return { host: host.replace(/^\[|\]$/g, ""), port };
}

function bracketed(host: string): string {
    return host.includes(":") ? `[${host}]` : host;
}

function decoded(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        // The decoder's error is about a part that may be the password.
        throw malformed();
    }
}

function malformed(): AppError {
    return new AppError("config-invalid", "REDIS_URL is not the address of a Redis server.", {
        remedy:
            "Write REDIS_URL=redis://USER:PASSWORD@HOST:6379, or rediss:// for an encrypted connection; " +
            "redis-sentinel://USER:PASSWORD@HOST:26379,HOST:26379/MASTER or " +
            "redis-cluster://USER:PASSWORD@HOST:6379,HOST:6379 for several servers. " +
            "Special characters in the password must be percent-encoded (@ is %40).",
    });
}
