import type { AnyVariables, TypedDocumentNode } from "@urql/core";
import { useState } from "react";
import { useClient } from "urql";
import { faultOf, type Refusal, refusalText } from "./errors";

// Fields that no form shows: what is wrong with them is said of the whole form.
const UNSEEN = new Set([
  "id",
  "companyId",
  "importId",
  "versionId",
  "fileId",
  "conversationId",
  "channelId",
  "kind",
  "sheet",
  "cells",
]);

type Payload = { userErrors: Refusal[] };

export type ActionResult<Data> = { data: Data; refusals: [] } | { data: undefined; refusals: Refusal[] };

/**
 * Runs one mutation. Refusals and faults come back as worded errors by field, so that a form
 * can show them beside its inputs; `busy` is true while it runs.
 */
export function useAction<Data extends object, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Refusal[]>([]);

  async function run(variables: Variables): Promise<ActionResult<Data>> {
    setBusy(true);
    setErrors([]);
    const result = await client.mutation(document, variables).toPromise();
    setBusy(false);
    let refusals: Refusal[] = [];
    if (result.error) {
      const fault = faultOf(result.error);
      refusals = [{ code: fault.code, message: fault.text }];
    } else if (result.data) {
      for (const payload of Object.values(result.data) as Payload[])
        if (payload && typeof payload === "object" && Array.isArray(payload.userErrors))
          refusals.push(...payload.userErrors.map((refusal) => ({ ...refusal, message: refusalText(refusal) })));
    }
    setErrors(refusals);
    if (refusals.length > 0 || !result.data) return { data: undefined, refusals };
    return { data: result.data, refusals: [] };
  }

  /** The worded error of one field, or of the whole form when no field is named. */
  function errorOf(field?: string): string | undefined {
    return errors.find((error) => {
      const named = error.field?.at(-1)?.split(".").at(-1);
      return field ? named === field : !named || UNSEEN.has(named);
    })?.message;
  }

  return { run, busy, errors, errorOf, clear: () => setErrors([]) };
}
