export * from "./bits";
export * from "./button";
export * from "./dialog";
export * from "./field";
export * from "./menu";
export * from "./page";
export * from "./states";
export * from "./toast";
