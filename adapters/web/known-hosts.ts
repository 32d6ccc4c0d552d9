import { isIP } from "node:net";

/** What decides which names the page answers to. */
export interface HostSettings {
    /** The address at which the page listens. */
    readonly host: string;
    /** Where a web server passes it on, for example `https://assistant.clinic.example`. */
    readonly publicAddress?: string;
}

const loopbackNames: readonly string[] = ["localhost", "127.0.0.1", "::1"];

/**
 * Whether a request means this page by its `Host` header. A foreign page could have its own name
 * lead to this machine and read what is answered (DNS rebinding): only names that are known to be
 * ours are answered to. An address in digits needs no name, so that cannot happen with it.
 */
export function isKnownHost(
    hostHeader: string | undefined,
    { host, publicAddress }: HostSettings,
): boolean {
    const name = hostNameOf(hostHeader);
    if (name === undefined) return false;
    const known = [...loopbackNames, host.toLowerCase()];
    if (publicAddress !== undefined) known.push(hostNameOf(new URL(publicAddress).host) ?? "");
    return known.includes(name) || (isIP(name) !== 0 && !isLoopbackName(host));
}

/** Whether a name or an address means this machine alone. */
export function isLoopbackName(name: string): boolean {
    return loopbackNames.includes(name.toLowerCase()) || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** The name in a `Host` header, in small letters, without port and brackets. */
export function hostNameOf(header: string | undefined): string | undefined {
    const address = `http://${header ?? ""}`;
    if (header === undefined || !/^[\w.:[\]-]+$/.test(header) || !URL.canParse(address)) {
        return undefined;
    }
    return new URL(address).hostname.replace(/^\[(.+)\]$/, "$1").toLowerCase();
}

/** What a browser says of where a request comes from. */
export interface RequestOrigin {
    readonly host: string | undefined;
    readonly origin: string | undefined;
    /** The header `Sec-Fetch-Site`. */
    readonly fetchSite: string | undefined;
}

/**
 * Whether a request that changes something comes from the page itself, and not from a foreign page
 * that uses the administrator's browser. What says nothing of where it comes from is refused.
 */
export function isOwnOrigin(
    { host, origin, fetchSite }: RequestOrigin,
    { publicAddress }: HostSettings,
): boolean {
    if (fetchSite !== undefined && fetchSite !== "same-origin") return false;
    if (origin === undefined || !URL.canParse(origin)) return false;
    const { host: from, protocol } = new URL(origin);
    if (!/^https?:$/.test(protocol)) return false;
    return from === host?.toLowerCase() || origin === publicAddress;
}
