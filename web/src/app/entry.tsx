import { Navigate, useLocation } from "react-router";
import { companyPath } from "@/entities/company/company";
import { useViewer } from "@/entities/company/viewer";
import { storage } from "@/shared/lib/storage";
import { Failed } from "@/shared/ui/states";

/** The bare address: leads to where this person has work. */
export function EntryPage() {
  const { viewer, setup, error, loading, refetch } = useViewer();
  const { hash } = useLocation();
  if (error) return <Failed error={error} retry={refetch} className="min-h-dvh justify-center" />;
  if (loading || !setup) return null;
  if (!viewer || setup.needsOwner || hash.startsWith("#code=")) return <Navigate to={`/sign-in${hash}`} replace />;
  const last = storage.get("x8.company");
  const company = viewer.companies.find((one) => one.code === last) ?? viewer.companies[0];
  return <Navigate to={company ? companyPath(company.code, "home") : "/welcome"} replace />;
}
