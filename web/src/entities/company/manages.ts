import { createContext, useContext } from "react";

const ManagesContext = createContext(false);
export const ManagesProvider = ManagesContext.Provider;

/** Whether the person manages the company; else they talk to its customers. The server decides, this only hides. */
export function useManages(): boolean {
  return useContext(ManagesContext);
}
