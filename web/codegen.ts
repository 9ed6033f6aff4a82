import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  // Printed by `x8 schema`; a field that is not in it fails the build.
  schema: "../schema.graphql",
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
