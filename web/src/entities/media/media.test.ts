import { describe, expect, it } from "vitest";
import { filmOf, mediaKindOf, previewOf, refusalOf } from "./media";

describe("media", () => {
  it("is told by the ending before it is sent, and by its size", () => {
    expect(refusalOf({ name: "Rose.JPG", size: 10_000_000 })).toBeUndefined();
    expect(refusalOf({ name: "rose.jpg", size: 10_000_001 })).toBe("TOO_LARGE");
    expect(refusalOf({ name: "rose.mov", size: 100_000_000 })).toBeUndefined();
    expect(refusalOf({ name: "rose.mov", size: 100_000_001 })).toBe("TOO_LARGE");
    expect(refusalOf({ name: "rose.svg", size: 10 })).toBe("UNSUPPORTED_TYPE");
    expect(refusalOf({ name: "rose", size: 10 })).toBe("UNSUPPORTED_TYPE");
    expect(refusalOf({ name: "rose.png", size: 0 })).toBe("EMPTY");
  });

  it("comes from here where this program serves it", () => {
    expect(previewOf({ thumbnailUrl: "https://shop.example/media/abc.png" })).toBe("/media/abc.png");
    const outside = "https://res.cloudinary.com/demo/image/upload/c_limit/v1/x8/media/abc.png";
    expect(previewOf({ thumbnailUrl: outside })).toBe(outside);
    expect(previewOf({ thumbnailUrl: null })).toBeUndefined();
  });

  it("is its own picture where a video has none", () => {
    const video = { kind: "VIDEO", thumbnailUrl: null, url: "https://shop.example/media/abc.mp4" } as const;
    expect(filmOf(video)).toBe("/media/abc.mp4#t=0.1");
    expect(filmOf({ ...video, thumbnailUrl: "https://res.cloudinary.com/demo/abc.jpg" })).toBeUndefined();
    expect(filmOf({ ...video, url: null })).toBeUndefined();
    expect(filmOf({ ...video, kind: "IMAGE" })).toBeUndefined();
  });

  it("belongs to two columns", () => {
    expect(["image_url", "video_url", "website_url"].map(mediaKindOf)).toEqual(["IMAGE", "VIDEO", undefined]);
  });
});
