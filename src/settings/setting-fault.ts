import { clinicFileSchema } from "./clinic-file.ts";
import type { SettingChange } from "./edit-clinic-file.ts";

/** What is wrong with a setting's value, as a sentence; `undefined`: nothing. */
export function settingFault({ path, value }: SettingChange): string | undefined {
    const nested = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
    const issue = clinicFileSchema
        .safeParse(nested)
        .error?.issues.find(({ path: place }) => place.join(".") === path.join("."));
    return issue && `It must be ${issue.message}.`;
}
