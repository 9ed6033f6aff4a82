import { createContext, useContext } from "react";
import type { CompanyCoreFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";

export const CompanyCore = graphql(`
  fragment CompanyCore on Company {
    id
    code
    name
    type
    status
    shopType
    currency
    timezone
    language
    city
  }
`);

export type CompanyInView = CompanyCoreFragment;

const CompanyContext = createContext<CompanyInView | null>(null);
export const CompanyProvider = CompanyContext.Provider;

/** The company whose pages are open. */
export function useCompany(): CompanyInView {
  const company = useContext(CompanyContext);
  if (!company) throw new Error("outside of a company's pages");
  return company;
}

/** The address of a page of this company. */
export function companyPath(code: string, rest: string): string {
  return `/c/${encodeURIComponent(code)}/${rest}`;
}

export function useCompanyPath(): (rest: string) => string {
  const { code } = useCompany();
  return (rest) => companyPath(code, rest);
}
