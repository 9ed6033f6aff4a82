//! Headings of files mapped to columns (R72).
