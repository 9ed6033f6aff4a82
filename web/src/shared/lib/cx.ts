import { type ClassValue, clsx } from "clsx";

let merge = (classes: string) => classes;

/**
 * Joins class names. Inside of a company's pages a later Tailwind class wins over an earlier one of the same kind;
 * the merging is brought by the shell, so that the sign-in page need not carry it.
 */
export function cx(...values: ClassValue[]): string {
  return merge(clsx(values));
}

/** Sets how conflicting classes are settled. */
export function mergeClassesWith(settle: (classes: string) => string): void {
  merge = settle;
}
