import { expect, test } from "vitest";
import { endedBeforeSending, networkCode } from "../../src/messaging/request-silence.ts";

function fault(code: string, message = code): Error {
    return Object.assign(new Error(message), { code });
}
const wrapped = (cause: Error): Error => new TypeError("fetch failed", { cause });

test.each([
    fault("ECONNREFUSED"),
    wrapped(fault("ENOTFOUND")),
    wrapped(fault("EHOSTUNREACH", "connect EHOSTUNREACH 192.0.2.1:443")),
    wrapped(fault("UND_ERR_CONNECT_TIMEOUT")),
    fault("CERT_HAS_EXPIRED"),
])("%s: the request cannot have arrived", (error) => {
    expect(endedBeforeSending(error)).toBe(true);
});

test.each([
    fault("ECONNRESET"),
    // An established connection can end with it as well.
    wrapped(fault("EHOSTUNREACH", "read EHOSTUNREACH")),
    wrapped(fault("UND_ERR_SOCKET")),
    new DOMException("This operation was aborted", "AbortError"),
    "no error at all",
])("%s: it may have arrived", (error) => {
    expect(endedBeforeSending(error)).toBe(false);
});

test("a code is shown, and no words that could hold an address", () => {
    expect(networkCode(wrapped(fault("ECONNRESET")))).toBe("ECONNRESET");
    expect(networkCode(new Error("https://host/bot123:secret"))).toBeUndefined();
    expect(networkCode(fault("a secret"))).toBeUndefined();
});
