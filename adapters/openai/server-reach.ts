import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/** How far what is sent to a server goes. */
export type ServerReach = "this machine" | "private network" | "elsewhere";

const here = new BlockList();
here.addSubnet("127.0.0.0", 8, "ipv4");
here.addAddress("::1", "ipv6");

// RFC 1918, 3927, 6598 (carriers' and overlay networks), 4193 and 4291
const privately = new BlockList();
privately.addSubnet("10.0.0.0", 8, "ipv4");
privately.addSubnet("172.16.0.0", 12, "ipv4");
privately.addSubnet("192.168.0.0", 16, "ipv4");
privately.addSubnet("169.254.0.0", 16, "ipv4");
privately.addSubnet("100.64.0.0", 10, "ipv4");
privately.addSubnet("fc00::", 7, "ipv6");
privately.addSubnet("fe80::", 10, "ipv6");

/** Where the server of an address is; by all that its name stands for. A name that nobody knows is elsewhere. */
export async function serverReach(url: string): Promise<ServerReach> {
    const host = new URL(url).hostname.replace(/^\[(.+)\]$/, "$1");
    const addresses = isIP(host) === 0 ? await addressesOf(host) : [host];
    const isIn = (list: BlockList): boolean =>
        addresses.length > 0 &&
        addresses.every((it) => list.check(it, isIP(it) === 6 ? "ipv6" : "ipv4"));
    if (isIn(here)) return "this machine";
    return isIn(privately) ? "private network" : "elsewhere";
}

async function addressesOf(host: string): Promise<string[]> {
    const found = await lookup(host, { all: true }).catch(() => []);
    return found.map(({ address }) => address);
}
