import type { CombinedError } from "@urql/core";
import i18next from "i18next";

/** One refusal of a mutation, by field. */
export type Refusal = { field?: string[] | null; code: string; message: string };

/** Our own words for a code of this field, else for the code; the server's when we have none. */
export function refusalText({ field, code, message }: Refusal): string {
  return i18next.t([`refused.${field?.at(-1)}.${code}`, `errors.${code}`], { defaultValue: message });
}

export type Fault = { code: string; text: string; requestId?: string; permission?: string };

/** What a failed request means to the person in front of the screen. */
export function faultOf(error: CombinedError): Fault {
  const first = error.graphQLErrors[0];
  const extensions = (first?.extensions ?? {}) as Record<string, unknown>;
  const code = error.networkError ? "OFFLINE" : typeof extensions.code === "string" ? extensions.code : "INTERNAL";
  return {
    code,
    text: i18next.t(`errors.${code}`, { defaultValue: first?.message ?? i18next.t("errors.INTERNAL") }),
    requestId: typeof extensions.requestId === "string" ? extensions.requestId : undefined,
    permission: typeof extensions.permission === "string" ? extensions.permission : undefined,
  };
}
