//! Packs and session counts (R104).
