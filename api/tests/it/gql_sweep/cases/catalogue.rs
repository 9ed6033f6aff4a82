//! Changes of the catalogue.

use super::Agent::MayNot;
use super::Stranger::Denied;
use super::{Case, case};
use serde_json::json;

pub(super) const CASES: &[Case] = &[
    case(
        "startImport",
        "mutation($i: StartImportInput!) { startImport(input: $i) { import { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "fileId": t.file }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "startImport",
        "mutation($i: StartImportInput!) { startImport(input: $i) { import { id } userErrors { code } } }",
        |m, t| json!({ "companyId": m.company, "fileId": t.file }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "remapImport",
        "mutation($i: RemapImportInput!) { remapImport(input: $i) { import { id } userErrors { code } } }",
        |_, t| json!({ "importId": t.import, "mapping": [] }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "cancelImport",
        "mutation($i: ImportInput!) { cancelImport(input: $i) { import { id } userErrors { code } } }",
        |_, t| json!({ "id": t.import }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "addRow",
        "mutation($i: AddRowInput!) { addRow(input: $i) { row { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "kind": "PRODUCT", "cells": { "name": "New" } }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "updateRow",
        "mutation($i: UpdateRowInput!) { updateRow(input: $i) { row { id } userErrors { code } } }",
        |_, t| json!({ "id": t.row, "cells": { "name": "Taken" } }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "deleteRow",
        "mutation($i: DeleteRowInput!) { deleteRow(input: $i) { row { id } userErrors { code } } }",
        |_, t| json!({ "id": t.row }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "publishCatalogue",
        "mutation($i: PublishCatalogueInput!) { publishCatalogue(input: $i) { catalogue { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "rollBackCatalogue",
        "mutation($i: RollBackCatalogueInput!) { rollBackCatalogue(input: $i) { catalogue { id } userErrors { code } } }",
        |_, t| json!({ "versionId": t.version }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "discardDraft",
        "mutation($i: DiscardDraftInput!) { discardDraft(input: $i) { catalogue { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "exportCatalogue",
        "mutation($i: ExportCatalogueInput!) { exportCatalogue(input: $i) { url userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "format": "CSV" }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "exportCatalogue",
        "mutation($i: ExportCatalogueInput!) { exportCatalogue(input: $i) { url userErrors { code } } }",
        |m, t| json!({ "companyId": m.company, "versionId": t.version, "format": "CSV" }),
        Denied,
        MayNot,
        true,
    ),
];
