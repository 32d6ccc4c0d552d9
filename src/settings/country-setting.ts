import { z } from "zod";
import { type CountryCode, countryCodes, countryNamed } from "./countries.ts";

const expected =
    "the two letters of a country, like SA for Saudi Arabia (docs/configuration.md lists them)";

/** A country, by its code; who writes its name is told the code. */
export function country(): z.ZodLiteral<CountryCode> {
    return z.literal([...countryCodes], {
        error: ({ input }) => {
            const meant = typeof input === "string" ? countryNamed(input) : undefined;
            return meant === undefined ? expected : `the two letters of a country: write ${meant}`;
        },
    });
}
