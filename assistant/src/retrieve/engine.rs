//! The tantivy index over one catalogue version: which rows are worth ranking.

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::{Index, IndexReader, ReloadPolicy, TantivyDocument, Term};

/// The least heap that tantivy's writer accepts; it is dropped once the index is built.
const WRITER_BYTES: usize = 15_000_000;

/// Rows that are ranked for one query.
const CANDIDATES: usize = 256;

/// The words of one row, already reduced to forms and joined by spaces.
pub(crate) struct Row {
    /// Forms of the name.
    pub(crate) name: String,
    /// Forms of category, tags and unit.
    pub(crate) meta: String,
    /// Forms of the description and the details.
    pub(crate) body: String,
}

/// The built index.
pub(crate) struct Engine {
    reader: IndexReader,
    row: Field,
    fields: [(Field, f32); 3],
}

impl Engine {
    /// Builds the index in RAM.
    pub(crate) fn build(rows: &[Row]) -> tantivy::Result<Self> {
        let indexing =
            TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(IndexRecordOption::WithFreqs);
        let options = TextOptions::default().set_indexing_options(indexing);
        let mut schema = Schema::builder();
        let row = schema.add_u64_field("row", STORED);
        let name = schema.add_text_field("name", options.clone());
        let meta = schema.add_text_field("meta", options.clone());
        let body = schema.add_text_field("body", options);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, WRITER_BYTES)?;
        for (number, texts) in rows.iter().enumerate() {
            let mut document = TantivyDocument::default();
            document.add_u64(row, number as u64);
            document.add_text(name, &texts.name);
            document.add_text(meta, &texts.meta);
            document.add_text(body, &texts.body);
            writer.add_document(document)?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { reader, row, fields: [(name, 4.0), (meta, 2.0), (body, 1.0)] })
    }

    /// Rows with any of these forms, best first.
    pub(crate) fn candidates<'a>(&self, forms: impl Iterator<Item = &'a str>) -> Vec<usize> {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for form in forms {
            for (field, boost) in self.fields {
                let term = TermQuery::new(Term::from_field_text(field, form), IndexRecordOption::WithFreqs);
                clauses.push((Occur::Should, Box::new(BoostQuery::new(Box::new(term), boost))));
            }
        }
        if clauses.is_empty() {
            return Vec::new();
        }
        let searcher = self.reader.searcher();
        let query = BooleanQuery::new(clauses);
        let Ok(found) = searcher.search(&query, &TopDocs::with_limit(CANDIDATES).order_by_score()) else {
            return Vec::new();
        };
        found
            .into_iter()
            .filter_map(|(_, address)| searcher.doc::<TantivyDocument>(address).ok())
            .filter_map(|document| document.get_first(self.row).and_then(|value| value.as_u64()))
            .filter_map(|number| usize::try_from(number).ok())
            .collect()
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}
