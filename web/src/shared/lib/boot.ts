/** What the server wrote into the page, so that the first content needs no extra round trip. */
export type Boot = {
  locale?: string;
  theme?: "light" | "dark" | "system";
  version?: string;
  demo?: boolean;
  viewer?: unknown;
};

/** Reads the `#boot` block; an empty or broken block means "nothing known". */
export function readBoot(document: Document): Boot {
  try {
    const value: unknown = JSON.parse(document.getElementById("boot")?.textContent?.trim() || "{}");
    return typeof value === "object" && value !== null ? (value as Boot) : {};
  } catch {
    return {};
  }
}
