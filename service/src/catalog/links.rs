//! Links of our own media in catalogue rows: where they stand, and how they go before their file does (R88).

use super::cell::Cells;
use super::rows::Edit;
use super::{draft, repo};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::Result;
use domain::catalog::row::Cell;
use entity::catalogue_row::{self, Column};
use entity::catalogue_version;
use entity::stored::VersionStatus;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Select,
};
use uuid::Uuid;

/// Rows changed in one transaction, so that SQLite's writer is never held long.
const CHUNK: u64 = 200;

/// In how many rows a link stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Of the catalogue that customers are served.
    pub published: u64,
    /// Of the draft.
    pub draft: u64,
}

impl Links {
    /// In how many rows at most people see it: a row of the draft and the one that it came from are one.
    #[must_use]
    pub fn rows(self) -> u64 {
        Ord::max(self.published, self.draft)
    }
}

/// Rows of a version that hold a link with this name in any cell; names of media hold small letters and digits only, no sign
/// that a pattern knows.
fn holding(scope: &CompanyScope, version_id: Uuid, public_key: &str) -> Select<catalogue_row::Entity> {
    let cells = Expr::col((catalogue_row::Entity, Column::Cells)).cast_as(Alias::new("text"));
    repo::rows(scope, version_id).filter(cells.like(format!("%{public_key}%")))
}

/// In how many rows in use a link stands.
pub(crate) async fn links(ctx: &Ctx, scope: &CompanyScope, public_key: &str) -> Result<Links> {
    let db = &ctx.db().read(scope);
    let Some(catalogue) = repo::find(db, scope).await? else { return Ok(Links::default()) };
    let mut links = Links::default();
    if let Some(published) = catalogue.published_version_id {
        links.published = holding(scope, published, public_key).count(db).await?;
    }
    if let Some(draft) = catalogue.draft_version_id {
        links.draft = holding(scope, draft, public_key).count(db).await?;
    }
    Ok(links)
}

/// Empties the cells of the draft that hold a link; where only the published catalogue holds it, a draft is made from that.
/// Customers go on seeing it until the draft is published.
pub(crate) async fn empty_links(ctx: &Ctx, scope: &CompanyScope, public_key: &str) -> Result<()> {
    if links(ctx, scope, public_key).await?.rows() == 0 {
        return Ok(());
    }
    let draft_id = draft::ensure(ctx, scope).await?;
    loop {
        let mut edit = Edit::begin(ctx, scope, draft_id).await?;
        if empty_some(&mut edit, scope, draft_id, public_key).await? == 0 {
            return edit.tx.rollback().await;
        }
        edit.commit().await?;
    }
}

/// Takes a link out of all versions that are not in use, so that none of them brings it back.
pub(crate) async fn scrub_links(ctx: &Ctx, scope: &CompanyScope, public_key: &str) -> Result<()> {
    let old = catalogue_version::Entity::find()
        .filter(catalogue_version::Column::CompanyId.eq(scope.id()))
        .filter(catalogue_version::Column::Status.eq(VersionStatus::Superseded))
        .filter(catalogue_version::Column::Number.gt(0))
        .limit(crate::page::MAX_SIZE)
        .all(&ctx.db().read(scope))
        .await?;
    for version in old {
        while holding(scope, version.id, public_key).count(&ctx.db().read(scope)).await? > 0 {
            let mut edit = Edit::of_version(ctx, scope, version.id).await?;
            if empty_some(&mut edit, scope, version.id, public_key).await? == 0 {
                edit.tx.rollback().await?;
                break;
            }
            edit.commit().await?;
            ctx.engine().catalogues.forget(version.id).await;
        }
    }
    Ok(())
}

async fn empty_some(edit: &mut Edit<'_>, scope: &CompanyScope, version_id: Uuid, public_key: &str) -> Result<usize> {
    let rows = holding(scope, version_id, public_key).order_by_asc(Column::Position).limit(CHUNK).all(&edit.tx).await?;
    for row in &rows {
        let mut cells = Cells::from_json(&row.cells);
        for cell in cells.0.values_mut() {
            if let Cell::Text(text) = cell
                && text.contains(public_key)
            {
                let left = without(text, public_key);
                *cell = if left.is_empty() { Cell::Empty } else { Cell::Text(left) };
            }
        }
        cells.0.retain(|_, cell| !matches!(cell, Cell::Empty));
        edit.put_cells(row, &cells).await?;
    }
    Ok(rows.len())
}

/// A text without the words that hold a name.
fn without(text: &str, name: &str) -> String {
    let ends = |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '|');
    let kept: String = text.split_inclusive(ends).filter(|word| !word.contains(name)).collect();
    kept.trim_matches(ends).to_owned()
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn only_the_link_goes() {
        let link = "https://x8.example/media/abc23.jpg";
        assert_eq!(without(link, "abc23"), "");
        assert_eq!(without(&format!("{link}, https://shop.example/a.jpg"), "abc23"), "https://shop.example/a.jpg");
        assert_eq!(without(&format!("https://shop.example/a.jpg;{link}"), "abc23"), "https://shop.example/a.jpg");
        assert_eq!(without(&format!("See {link} here"), "abc23"), "See here");
        assert_eq!(without("nothing of it", "abc23"), "nothing of it");
    }
}
