import { userInfo } from "node:os";

/** Who types the command: the user of the operating system, or its number where it has no name. */
export function currentUser(): string {
    try {
        return userInfo().username;
    } catch {
        return `user ${String(process.getuid?.() ?? "unknown")}`;
    }
}
