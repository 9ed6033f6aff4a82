import { useQuery } from "urql";
import { graphql } from "@/shared/api/graphql";

export const ViewerQuery = graphql(`
  query Viewer {
    viewer { id email emailRefusal name role companies { ...CompanyCore } }
    setup { needsOwner demo version }
  }
`);

/** Who is signed in, with the companies they may open. */
export function useViewer() {
  const [result, refetch] = useQuery({ query: ViewerQuery });
  return {
    viewer: result.data?.viewer,
    setup: result.data?.setup,
    error: result.data ? undefined : result.error,
    loading: !result.data && result.fetching,
    refetch: () => refetch({ requestPolicy: "network-only" }),
  };
}
