import type { MediaKind, MediaPartsFragment } from "@/shared/api/gql/graphql";

/** What of the catalogue holds which kind of media. */
export function mediaKindOf(column: string): MediaKind | undefined {
  if (column === "image_url") return "IMAGE";
  if (column === "video_url") return "VIDEO";
  return undefined;
}

/** What is shown of a file here: one that this program serves comes by the way that this page came. */
export function previewOf(media: Pick<MediaPartsFragment, "thumbnailUrl">): string | undefined {
  return media.thumbnailUrl ? hereOf(media.thumbnailUrl) : undefined;
}

/** A video without a picture of its own: its first frame is one, where the browser plays its type. */
export function filmOf(media: Pick<MediaPartsFragment, "kind" | "thumbnailUrl" | "url">): string | undefined {
  if (media.kind !== "VIDEO" || media.thumbnailUrl || !media.url) return undefined;
  // Some browsers draw nothing of a video before it has been moved on.
  return `${hereOf(media.url)}#t=0.1`;
}

function hereOf(address: string): string {
  const url = URL.parse(address);
  return url?.pathname.startsWith("/media/") ? url.pathname : address;
}

const MOST = { IMAGE: 10_000_000, VIDEO: 100_000_000 };
const ENDINGS: Record<string, MediaKind> = {
  jpg: "IMAGE",
  jpeg: "IMAGE",
  png: "IMAGE",
  gif: "IMAGE",
  webp: "IMAGE",
  mp4: "VIDEO",
  avi: "VIDEO",
  mov: "VIDEO",
};

export const ACCEPTED = Object.keys(ENDINGS)
  .map((ending) => `.${ending}`)
  .join(",");

/** What can be seen to be wrong with a file before it is sent; its bytes are judged by the server. */
export function refusalOf(file: Pick<File, "name" | "size">): string | undefined {
  const kind = ENDINGS[file.name.split(".").at(-1)?.toLowerCase() ?? ""];
  if (!kind) return "UNSUPPORTED_TYPE";
  if (file.size === 0) return "EMPTY";
  return file.size > MOST[kind] ? "TOO_LARGE" : undefined;
}
