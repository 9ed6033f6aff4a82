import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** Reads and changes the filters that live in the address; an empty value leaves the address. */
export function useUrlState() {
  const [params, setParams] = useSearchParams();
  const change = useCallback(
    (values: Record<string, string | null | undefined>, options: { push?: boolean } = {}) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [key, value] of Object.entries(values)) {
            if (value) next.set(key, value);
            else next.delete(key);
          }
          return next;
        },
        { replace: !options.push },
      );
    },
    [setParams],
  );
  return { params, change };
}

/** The value when it is one of those allowed, else nothing: addresses are written by hand too. */
export function oneOf<Value extends string>(value: string | null, allowed: readonly Value[]): Value | undefined {
  return allowed.find((one) => one === value);
}
