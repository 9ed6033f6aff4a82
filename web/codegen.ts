import { existsSync } from "node:fs";
import type { CodegenConfig } from "@graphql-codegen/cli";

// The api crate prints the contract at the root of the project; the copy here serves until then.
const schema = existsSync("../schema.graphql") ? "../schema.graphql" : "schema.dev.graphql";

const config: CodegenConfig = {
  schema,
  documents: ["src/**/*.{ts,tsx}", "!src/shared/api/gql/**"],
  generates: {
    "src/shared/api/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        defaultScalarType: "unknown",
        scalars: { DateTime: "string", Date: "string", JSON: "Record<string, unknown>", Int64String: "string" },
      },
    },
  },
};

export default config;
