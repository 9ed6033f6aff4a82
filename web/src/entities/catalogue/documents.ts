import { graphql } from "@/shared/api/graphql";

export const VersionHead = graphql(`
  fragment VersionHead on CatalogueVersion {
    id
    number
    status
    rowCount
    problemCount
    createdAt
    publishedAt
  }
`);

export const RowParts = graphql(`
  fragment RowParts on CatalogueRow {
    id
    number
    key
    kind
    cells
    leftOut
    problems { row column code severity value message suggestion }
  }
`);

export const CatalogueOverview = graphql(`
  query CatalogueOverview($id: ID!) {
    company(id: $id) {
      id
      catalogue {
        id
        published { ...VersionHead columns { key heading internal required kind } }
        draft { ...VersionHead columns { key heading internal required kind } }
        versions(first: 20) { nodes { ...VersionHead } }
      }
      imports(first: 3) { nodes { id fileName status createdAt problemCount rowsRead } }
    }
  }
`);

export const DraftRows = graphql(`
  query DraftRows($id: ID!, $offset: Int, $first: Int, $search: String, $onlyProblems: Boolean) {
    company(id: $id) {
      id
      catalogue {
        id
        draft {
          id
          rows(offset: $offset, first: $first, search: $search, onlyProblems: $onlyProblems) {
            nodes { ...RowParts }
            totalCount
          }
        }
      }
    }
  }
`);

export const PublishedRows = graphql(`
  query PublishedRows($id: ID!, $offset: Int, $first: Int, $search: String, $onlyProblems: Boolean) {
    company(id: $id) {
      id
      catalogue {
        id
        published {
          id
          rows(offset: $offset, first: $first, search: $search, onlyProblems: $onlyProblems) {
            nodes { ...RowParts }
            totalCount
          }
        }
      }
    }
  }
`);

export const DraftDiff = graphql(`
  query DraftDiff($id: ID!) {
    company(id: $id) {
      id
      catalogue {
        id
        draft {
          id
          columns { key heading }
          diff { added changed removed unchanged sample { key name change columns } }
        }
      }
    }
  }
`);

export const UpdateRow = graphql(`
  mutation UpdateRow($input: UpdateRowInput!) {
    updateRow(input: $input) { row { ...RowParts } userErrors { field code message } }
  }
`);

export const DeleteRow = graphql(`
  mutation DeleteRow($input: DeleteRowInput!) {
    deleteRow(input: $input) { row { id } userErrors { field code message } }
  }
`);

export const AddRow = graphql(`
  mutation AddRow($input: AddRowInput!) {
    addRow(input: $input) { row { ...RowParts } userErrors { field code message } }
  }
`);

export const PublishCatalogue = graphql(`
  mutation PublishCatalogue($input: PublishCatalogueInput!) {
    publishCatalogue(input: $input) {
      catalogue { id published { ...VersionHead } draft { ...VersionHead } }
      userErrors { field code message }
    }
  }
`);

export const DiscardDraft = graphql(`
  mutation DiscardDraft($input: DiscardDraftInput!) {
    discardDraft(input: $input) {
      catalogue { id published { ...VersionHead } draft { ...VersionHead } }
      userErrors { field code message }
    }
  }
`);

export const RollBack = graphql(`
  mutation RollBack($input: RollBackCatalogueInput!) {
    rollBackCatalogue(input: $input) {
      catalogue { id published { ...VersionHead } draft { ...VersionHead } }
      userErrors { field code message }
    }
  }
`);

export const ExportCatalogue = graphql(`
  mutation ExportCatalogue($input: ExportCatalogueInput!) {
    exportCatalogue(input: $input) { url userErrors { field code message } }
  }
`);

export const StartImport = graphql(`
  mutation StartImport($input: StartImportInput!) {
    startImport(input: $input) { import { id status } userErrors { field code message } }
  }
`);

export const RemapImport = graphql(`
  mutation RemapImport($input: RemapImportInput!) {
    remapImport(input: $input) { import { id status } userErrors { field code message } }
  }
`);

export const ImportRuns = graphql(`
  query ImportRuns($id: ID!) {
    company(id: $id) {
      id
      imports(first: 20) {
        nodes {
          id
          fileName
          status
          rowsRead
          rowsTotal
          bytesRead
          bytesTotal
          problemCount
          createdAt
          finishedAt
          fileProblem { code message suggestion column row }
          mapping { index heading column how sample }
          version { id }
        }
      }
    }
  }
`);
