//! The last gate before a reply leaves (R67, R78, R79, R90).
