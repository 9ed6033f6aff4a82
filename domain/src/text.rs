//! Folding, transliteration and number formats shared by every comparison of texts.
