import { gql } from "@urql/core";
import type { graphql as Typed } from "./gql";

/** A document of the contract with the types that the generator found for it. Its fragments come from vite.graphql.ts. */
export const graphql = ((source: string) => gql(source)) as unknown as typeof Typed;
