import { describePlatform } from "../../contracts/platform.ts";
import { createCloudWorld } from "./cloud-world.ts";

describePlatform("WhatsApp's Cloud API", createCloudWorld);
