//! Cells to typed rows, with problems (R73).
