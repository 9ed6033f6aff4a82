//! Phone numbers as contacts (R111).
