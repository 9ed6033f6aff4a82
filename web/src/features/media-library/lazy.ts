import { lazy } from "react";

/** The library, loaded when it is first opened. */
export const MediaLibrary = lazy(async () => ({ default: (await import("./library")).MediaLibrary }));
